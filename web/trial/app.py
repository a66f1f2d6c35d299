"""Puts the trial provider together: two OpenID Connect issuers, a Maskinporten and a population register."""

import ipaddress
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from web.trial.clients import TrialClient, read_clients
from web.trial.issuer import Issuer
from web.trial.keys import SigningKey
from web.trial.maskinporten import MachineClient, Maskinporten
from web.trial.pages import page
from web.trial.people import Person, by_unique_key, load_people
from web.trial.profiles import PROFILES
from web.trial.protocol import IssuerParts
from web.trial.register import TrialRegister
from web.trial.state import Memory


class TrialRefusedError(Exception):
    """The trial provider may not run here; the message is one clear sentence."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What stands behind the application, for tests: `app.state.trial`."""

    issuers: Mapping[str, Issuer]
    maskinporten: Maskinporten
    register: TrialRegister


def is_loopback(host: str) -> bool:
    """Whether this host name or address can only be reached from this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _checked_base(base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise TrialRefusedError("The issuer's address is https, or http on a loopback address.")
    if parts.query or parts.fragment or not parts.netloc:
        raise TrialRefusedError("The issuer's address has a host and neither query nor fragment.")
    return base_url.rstrip("/")


def create_trial_provider(
    clients: Iterable[TrialClient | Mapping[str, Any]],
    base_url: str,
    people: Iterable[Person] | None = None,
    *,
    machines: Iterable[MachineClient] = (),
    clock: Callable[[], float] = time.time,
) -> Starlette:
    """The application, to be served at `base_url`.

    The issuers are `base_url` with /idporten, /entra and /maskinporten. Without `people` those of the seed
    file log in. `clock` gives seconds since 1970. Keys and state are new with each call. Raises
    TrialRefusedError in production, ClientsError or PeopleError for lists that cannot be used.
    """
    if os.environ.get("SAMSKAP_ENV") == "production":
        raise TrialRefusedError("The trial login does not exist in production.")
    base = _checked_base(base_url)
    known = _as_clients(clients)
    who = load_people() if people is None else by_unique_key(people)
    issuers: dict[str, Issuer] = {
        profile.name: Issuer(
            IssuerParts(
                url=f"{base}/{profile.name}",
                profile=profile,
                clients={client.client_id: client for client in known if client.issuer == profile.name},
                key=SigningKey.generate(),
                memory=Memory(clock),
            ),
            who,
        )
        for profile in PROFILES
    }
    maskinporten = Maskinporten(f"{base}/maskinporten", machines, SigningKey.generate(), clock)
    register = TrialRegister(who, maskinporten.key, clock)
    return _assemble(Trial(issuers, maskinporten, register), urlsplit(base).path)


def _as_clients(clients: Iterable[TrialClient | Mapping[str, Any]]) -> tuple[TrialClient, ...]:
    entries = list(clients)
    ready = [entry for entry in entries if isinstance(entry, TrialClient)]
    return (*ready, *read_clients([entry for entry in entries if not isinstance(entry, TrialClient)]))


def _assemble(trial: Trial, path: str) -> Starlette:
    async def home(request: Request) -> Response:
        return page("home.html", issuers=_overview(trial))

    async def health(request: Request) -> Response:
        return Response(status_code=204)

    routes = [
        Route("/", home, methods=["GET"]),
        Route("/health", health, methods=["GET"]),
        *(Mount(f"/{name}", routes=issuer.routes) for name, issuer in trial.issuers.items()),
        # RFC 8414 puts the well-known part before the issuer's path; Maskinporten puts it after.
        Route("/.well-known/oauth-authorization-server/maskinporten", trial.maskinporten.metadata),
        Mount("/maskinporten", routes=trial.maskinporten.routes),
        Mount("/folkeregister", routes=trial.register.routes),
    ]
    app = Starlette(routes=[Mount(path, routes=routes)] if path else routes)
    app.state.trial = trial
    return app


def _overview(trial: Trial) -> list[tuple[str, str, str]]:
    rows = [
        (
            issuer.parts.profile.title,
            f"{issuer.parts.url}/.well-known/openid-configuration",
            issuer.address("end_session"),
        )
        for issuer in trial.issuers.values()
    ]
    machine = f"{trial.maskinporten.url}/.well-known/oauth-authorization-server"
    return [*rows, ("Maskinporten", machine, "")]
