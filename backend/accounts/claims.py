"""What a login tells us about a person, read from the claims in each provider's own profile."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.accounts.identity_hash import NationalNumber
from backend.platform.settings import ProviderSettings
from backend.text.email_addresses import is_email_address

_BIRTH_DATE = re.compile(r"([12][0-9]{3})-[0-9]{2}-[0-9]{2}")
_MUNICIPALITY = re.compile(r"[0-9]{4}")
_LANGUAGES = ("nb", "nn", "en")


@dataclass(frozen=True, slots=True)
class LoginClaims:
    """A person as one login describes them; what the provider does not give is None.

    `groups` is None where the provider says nothing about roles. `residence_source` is who named the municipality:
    `login` or `register`.
    """

    subject: str
    number: NationalNumber | None = None
    provider_session: str | None = None
    acr: str | None = None
    birth_year: int | None = None
    home_municipality: str | None = None
    residence_source: str = "login"
    name: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    language: str = "nb"
    groups: frozenset[str] | None = None


def read_claims(provider: ProviderSettings, claims: Mapping[str, Any]) -> LoginClaims:
    """Raises Invalid when the national identity number is there but cannot be one."""
    return _READERS[provider.profile](claims)


def _idporten(claims: Mapping[str, Any]) -> LoginClaims:
    number = NationalNumber(claims["pid"]) if claims.get("pid") is not None else None
    born = _BIRTH_DATE.fullmatch(_text(claims, "birthdate") or "")
    home = _text(claims, "municipality") or ""
    return LoginClaims(
        subject=claims["sub"],
        number=number,
        provider_session=_text(claims, "sid"),
        acr=_text(claims, "acr"),
        # ID-porten itself gives no birth date, but the number tells the year.
        birth_year=int(born[1]) if born else number.birth_year if number else None,
        home_municipality=home if _MUNICIPALITY.fullmatch(home) else None,
        language=_language(claims),
    )


def _entra(claims: Mapping[str, Any]) -> LoginClaims:
    # Beyond 200 groups Entra leaves the list out; have it send only groups assigned to the application.
    groups = claims.get("groups")
    # Some directories fill in neither, or a name that is no address.
    given = (_text(claims, name) for name in ("email", "preferred_username"))
    return LoginClaims(
        subject=claims["sub"],
        provider_session=_text(claims, "sid"),
        acr=_text(claims, "acr"),
        name=_text(claims, "name"),
        email=next((email for email in given if email and is_email_address(email)), None),
        language=_language(claims),
        groups=frozenset(group for group in groups if isinstance(group, str))
        if isinstance(groups, list)
        else frozenset(),
    )


_READERS = {"idporten": _idporten, "entra": _entra}


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    value = claims.get(name)
    return value if isinstance(value, str) and 0 < len(value) <= 255 else None


def _language(claims: Mapping[str, Any]) -> str:
    given = (_text(claims, "locale") or "").split("-")[0]
    return given if given in _LANGUAGES else "nb"
