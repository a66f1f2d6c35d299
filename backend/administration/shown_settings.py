"""The settings that administrators may see. What is not listed is not shown: a new setting is a secret until then."""

from dataclasses import dataclass
from typing import Any, Final

from backend.platform.authz import Actor, administer, require
from backend.platform.settings import MachineIssuer, ProviderSettings, Settings

SHOWN: Final = (
    "env",
    "municipality",
    "municipality_name",
    "municipality_site",
    "theme_color",
    "map_attribution",
    "contact_email",
    "public_contacts",
    "maintenance",
    "base_url",
    "providers",
    "machine_issuer",
    "session_idle",
    "session_absolute",
    "access_lapse_days",
    "database_pool_min",
    "database_pool_max",
    "statement_timeout",
    "mail_from",
    "rate_limits",
    "trusted_proxies",
    "max_body",
    "operation_timeout",
    "drain_seconds",
    "answer_cache_seconds",
    "answer_cache_bytes",
    "page_cache_bytes",
    "log_level",
)


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """A setting as text; empty when it is not set."""

    name: str
    value: str


def shown_settings(settings: Settings, actor: Actor) -> list[ShownSetting]:
    """The settings of this process, in the order of `SHOWN`. Raises Unauthenticated, Forbidden."""
    require(administer(actor, None))
    return [ShownSetting(name, _text(getattr(settings, name))) for name in SHOWN]


def _text(value: Any) -> str:
    """A value without any secret that it may hold."""
    match value:
        case None:
            return ""
        case ProviderSettings():
            return f"{value.key}: {value.profile}, {value.issuer}"
        case MachineIssuer():
            return f"{value.issuer}, {value.audience}"
        case tuple():
            return "; ".join(map(_text, value))
        case dict():
            return "; ".join(f"{name}: {_text(each)}" for name, each in sorted(value.items()))
    return str(value)
