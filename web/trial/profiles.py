"""How the two providers look to a client: addresses, capabilities and claims.

ID-porten: https://docs.digdir.no/docs/idporten/oidc/oidc_protocol_id_token. It gives no name, birth date or
municipality; the trial adds the last two so that clients can try providers that give them (fault `bare`
leaves them out). Entra ID: https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from backend.accounts.trial_people import pairwise_subject
from web.trial.clients import IssuerName
from web.trial.people import Person
from web.trial.state import Code

LEVELS = ("idporten-loa-substantial", "idporten-loa-high")
LOCALES = ("nb", "nn", "en", "se")
TENANT = str(uuid5(NAMESPACE_URL, "https://samskap.example/entra"))
"""The one trial tenant of Entra ID."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of provider. `paths` are below the issuer; `token_seconds` is the life of an ID token."""

    name: IssuerName
    title: str
    paths: Mapping[str, str]
    metadata: Mapping[str, Any]
    token_seconds: int
    names_itself: bool
    """Whether authorization responses carry `iss` (RFC 9207)."""
    may_log_in: Callable[[Person], bool]
    claims: Callable[[Person, Code], dict[str, Any]]
    userinfo: Callable[[Person, Code], dict[str, Any]]


def granted_acr(acr_values: str) -> str:
    """The level a request gets: high when it asks for high, else substantial."""
    return LEVELS[1] if LEVELS[1] in acr_values.split() else LEVELS[0]


def chosen_locale(ui_locales: str, person: Person) -> str:
    """The first known language that was asked for, else the person's own."""
    preferred = [word.split("-")[0] for word in ui_locales.split()]
    return next((word for word in preferred if word in LOCALES), person.language)


def _idporten_person(person: Person, code: Code) -> dict[str, Any]:
    claims: dict[str, Any] = {
        "sub": pairwise_subject("idporten", code.client_id, person),
        "locale": code.locale,
    }
    pid = person.national_identity_number
    if pid and "no_pid" not in code.scope.split() and "no_pid" not in code.login.faults:
        claims["pid"] = pid
    if "bare" not in code.login.faults:
        claims |= _origin(person)
    return claims


def _origin(person: Person) -> dict[str, Any]:
    claims: dict[str, Any] = {}
    if person.birth_date:
        claims["birthdate"] = person.birth_date.isoformat()
    if person.municipality_number:
        claims["municipality"] = person.municipality_number
        claims["municipality_name"] = person.municipality_name
    return claims


def _idporten_claims(person: Person, code: Code) -> dict[str, Any]:
    return _idporten_person(person, code) | {"acr": code.login.acr, "amr": ["TestID"]}


def _entra_claims(person: Person, code: Code) -> dict[str, Any]:
    return {
        "sub": pairwise_subject("entra", code.client_id, person),
        "oid": str(uuid5(NAMESPACE_URL, f"https://samskap.example/entra/{person.key}")),
        "tid": TENANT,
        "ver": "2.0",
        "name": person.name,
        "preferred_username": person.email or f"{person.key}@trial.example",
        "groups": list(person.groups),
    }


def _entra_userinfo(person: Person, code: Code) -> dict[str, Any]:
    claims = _entra_claims(person, code)
    return {name: claims[name] for name in ("sub", "name")} | (
        {"email": person.email} if person.email and "email" in code.scope.split() else {}
    )


IDPORTEN = Profile(
    name="idporten",
    title="ID-porten",
    paths={
        "authorization": "/authorize",
        "token": "/token",
        "userinfo": "/userinfo",
        "jwks": "/jwks.json",
        "end_session": "/logout",
    },
    metadata={
        "subject_types_supported": ["pairwise"],
        "acr_values_supported": list(LEVELS),
        "ui_locales_supported": list(LOCALES),
        "scopes_supported": ["openid", "profile", "no_pid"],
        "authorization_response_iss_parameter_supported": True,
    },
    token_seconds=120,
    names_itself=True,
    may_log_in=lambda person: person.kind == "resident" or person.serial is not None,
    claims=_idporten_claims,
    userinfo=_idporten_person,
)

ENTRA = Profile(
    name="entra",
    title="Entra ID",
    paths={
        "authorization": "/oauth2/v2.0/authorize",
        "token": "/oauth2/v2.0/token",
        "userinfo": "/oidc/userinfo",
        "jwks": "/discovery/v2.0/keys",
        "end_session": "/oauth2/v2.0/logout",
    },
    metadata={
        "subject_types_supported": ["pairwise"],
        "scopes_supported": ["openid", "profile", "email"],
    },
    token_seconds=3600,
    names_itself=False,
    may_log_in=lambda person: person.kind == "employee",
    claims=_entra_claims,
    userinfo=_entra_userinfo,
)

PROFILES = (IDPORTEN, ENTRA)
