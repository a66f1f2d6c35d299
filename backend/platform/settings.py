"""One frozen Settings, read once from the environment.

Every variable is named `SAMSKAP_<FIELD>`. Outside `dev` and `test` a missing secret or address is an error;
nothing is guessed.
"""

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal, cast, get_args

Environment = Literal["dev", "test", "production"]
Profile = Literal["idporten", "entra"]
PREFIX = "SAMSKAP_"
THEME_COLOR = "#0b5563"
"""The municipality's colour where none is set; all shades and contrasts are made from it."""
_TILES = "https://cache.kartverket.no/v1/wmts/1.0.0/topograatone/default/webmercator/{z}/{y}/{x}.png"


class SettingsError(Exception):
    """The environment does not hold a usable configuration; the message is one clear sentence."""


@dataclass(frozen=True)
class ProviderSettings:
    """One OpenID Connect provider; `profile` decides which claims are required and trusted."""

    key: str
    profile: Profile
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    title: str = ""
    acr: tuple[str, ...] = ()
    group_roles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MachineIssuer:
    """Whose access tokens machine clients may use (the profile of Maskinporten).

    `scope_prefix` is what our scopes' names begin with there, such as `baerum:samskap.`.
    """

    issuer: str
    audience: str
    jwks_uri: str
    scope_prefix: str = ""


@dataclass(frozen=True)
class PopulationRegister:
    """Where it is looked up in which municipality people live: the National Population Register.

    `url` ends with the version (`…/offentlig-med-hjemmel/api/v1`). `issuer`, `token_url`, `client_id` and `key` (a
    private RSA key as a JWK, with its `kid`) are of the client at Maskinporten.
    """

    url: str
    issuer: str
    token_url: str
    client_id: str
    key: Mapping[str, Any] = field(repr=False)
    scope: str = "folkeregister:deling/offentligmedhjemmel"


@dataclass(frozen=True)
class Settings:
    """How this process is set up. Durations are seconds; sizes are bytes.

    `database_owner_url` is for `samskap migrate` alone: tables belong to its role, and are used by another.
    `public_contacts` are the municipality's own: numbers of eight digits, mailboxes, domains of mail (`@example.no`).
    Without `compiled_operations` graphql-core runs every operation, with the same answers.
    `map_tiles` and `address_search_url` are services of others; the word `none` in the environment does without.
    """

    env: Environment = "production"
    home: Path = Path(".samskap")
    database_url: str = field(default="", repr=False)
    database_owner_url: str = field(default="", repr=False)
    redis_url: str = field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    metrics_port: int = 9100
    base_url: str = ""
    municipality: int = 3201
    municipality_name: str = "Bærum"
    municipality_site: str = "https://www.baerum.kommune.no"
    theme_color: str = THEME_COLOR
    logo: Path | None = None
    map_tiles: str = _TILES
    map_attribution: str = "© Kartverket"
    address_search_url: str = "https://ws.geonorge.no/adresser/v1/sok"
    contact_email: str = ""
    public_contacts: tuple[str, ...] = ()
    maintenance: bool = False
    peppers: Mapping[int, bytes] = field(default_factory=dict, repr=False)
    providers: tuple[ProviderSettings, ...] = field(default=(), repr=False)
    machine_issuer: MachineIssuer | None = None
    population_register: PopulationRegister | None = field(default=None, repr=False)
    session_idle: int = 30 * 60
    session_absolute: int = 12 * 60 * 60
    access_lapse_days: int = 30
    database_pool_min: int = 2
    database_pool_max: int = 10
    statement_timeout: int = 15
    mail_from: str = "Samskap <ikke-svar@samskap.invalid>"
    smtp_url: str = field(default="", repr=False)
    mail_dir: Path | None = None
    rate_limits: Mapping[str, str] = field(default_factory=dict)
    trusted_proxies: tuple[str, ...] = ()
    max_body: int = 256 * 1024
    operation_timeout: float = 5.0
    compiled_operations: bool = True
    drain_seconds: float = 3.0
    answer_cache_seconds: int = 30
    answer_cache_bytes: int = 16 * 1024 * 1024
    page_cache_bytes: int = 16 * 1024 * 1024
    log_level: str = "INFO"
    otlp_endpoint: str = ""

    @property
    def contact(self) -> str:
        """Where people may write: the platform's own address, or in a trial without one the municipality's site."""
        return self.contact_email or self.municipality_site

    @property
    def is_trial(self) -> bool:
        """Whether synthetic people, the trial provider and introspection may exist here."""
        return self.env in ("dev", "test")

    @property
    def verifies_residence(self) -> bool:
        """Whether anybody but the person says where they live. ID-porten does not; the trial login does."""
        return self.population_register is not None or self.is_trial


def _providers(text: str) -> tuple[ProviderSettings, ...]:
    return tuple(_provider(**entry) for entry in json.loads(text))


def _provider(*, profile: str, acr: Sequence[str] = (), **entry: Any) -> ProviderSettings:
    if profile not in get_args(Profile):
        raise ValueError("the profile is idporten or entra")
    return ProviderSettings(profile=cast(Profile, profile), acr=tuple(acr), **entry)


def _rate_limits(text: str) -> dict[str, str]:
    limits = json.loads(text)
    if not isinstance(limits, dict):
        raise TypeError("rate limits are an object")
    return limits


def _peppers(text: str) -> dict[int, bytes]:
    pairs = (part.split(":", 1) for part in text.split(",") if part)
    peppers = {int(version): bytes.fromhex(value) for version, value in pairs}
    if any(len(value) < 32 for value in peppers.values()):
        raise ValueError("each pepper is at least 32 bytes in hexadecimal")
    return peppers


def _networks(text: str) -> tuple[str, ...]:
    """Addresses and networks, with commas or blanks between them."""
    return tuple(str(ip_network(part, strict=False)) for part in re.split(r"[,\s]+", text.strip()) if part)


def _contacts(text: str) -> tuple[str, ...]:
    return tuple(_contact(part.strip()) for part in text.split(",") if part.strip())


def _contact(text: str) -> str:
    if re.fullmatch(r"[^\s@]*@[\w-]+(\.[\w-]+)+", text):
        return text.lower()
    digits = re.sub(r"^(?:\+|00)47|[ .\-()]", "", text)
    if not re.fullmatch(r"[2-9][0-9]{7}", digits):
        raise ValueError("a public contact is a number of eight digits, a mailbox, or @ and a domain")
    return digits


def _color(text: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ValueError("a colour is # and six hexadecimal digits")
    return text


def _address(text: str) -> str:
    return "" if text == "none" else text


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("it is yes or no")
    return text == "yes"


def _environment(text: str) -> str:
    if text not in ("dev", "test", "production"):
        raise ValueError("it is dev, test or production")
    return text


_PARSERS: dict[str, Any] = {
    "env": _environment,
    "home": Path,
    "mail_dir": Path,
    "logo": Path,
    "map_tiles": _address,
    "address_search_url": _address,
    "theme_color": _color,
    "maintenance": _yes_or_no,
    "compiled_operations": _yes_or_no,
    "providers": _providers,
    "population_register": lambda text: PopulationRegister(**json.loads(text)),
    "machine_issuer": lambda text: MachineIssuer(**json.loads(text)),
    "peppers": _peppers,
    "public_contacts": _contacts,
    "rate_limits": _rate_limits,
    "trusted_proxies": _networks,
    "operation_timeout": float,
    "drain_seconds": float,
}


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read a Settings from `environ`.

    Raises SettingsError naming the variable that is missing, unknown or malformed.
    """
    known = {f.name: f for f in fields(Settings)}
    values: dict[str, Any] = {}
    for variable, text in environ.items():
        if not variable.startswith(PREFIX) or text == "":
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in known:
            raise SettingsError(
                f"{variable} is not a setting; see backend/platform/settings.py for those there are."
            )
        parse = _PARSERS.get(name) or (int if isinstance(known[name].default, int) else str)
        try:
            values[name] = parse(text)
        except (ValueError, TypeError, KeyError) as error:
            # The value itself may be a secret, so only its name is told.
            raise SettingsError(f"{variable} could not be read: {type(error).__name__}.") from None
    settings = Settings(**values)
    _require(settings)
    return settings


def _require(settings: Settings) -> None:
    needed = ["database_url", "redis_url", "peppers"]
    if settings.env == "production":
        # Decisions against people say whom to write to.
        needed += ["base_url", "providers", "smtp_url", "contact_email"]
    for name in needed:
        if not getattr(settings, name):
            raise SettingsError(f"{PREFIX}{name.upper()} is not set, and there is no default for it.")
    if settings.env == "production" and not settings.base_url.startswith("https://"):
        raise SettingsError(f"{PREFIX}BASE_URL begins with https:// in production: sessions travel over it.")


@cache
def get_settings() -> Settings:
    """The settings of this process."""
    return read_settings(os.environ)
