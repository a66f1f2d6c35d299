"""From an empty database to an answered proposal, in production settings, by the commands of docs/deploy.md alone."""

import asyncio
import contextlib
import json
import shutil
import ssl
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.node_ids import from_global_id
from backend.accounts.addresses import callback_path
from backend.platform.settings import Settings
from tests.accounts.trial.support import listening, served
from tests.fixtures.certificate import write_certificate
from tests.imports.commands import samskap
from tests.notifications.post_office import PostOffice
from tests.system.processes import ROOT, Town, free_port, town
from web.trial import create_trial_provider

SITE = "https://samskap.example"
DOCUMENTS: dict[str, str] = json.loads((ROOT / "graphql/operations/manifest.json").read_text())
WITHIN = 60.0
GROUPS = {"samskap-saksbehandler": "planner", "samskap-moderator": "moderator", "samskap-admin": "admin"}
TEXT = {
    "title": "Benker langs Sandvikselva",
    "body": "Eldre trenger flere steder å hvile på turen langs elva.",
}


class _Proxy(httpx.AsyncBaseTransport):
    """Ends TLS as the proxy in front does: what is asked of the site reaches the process in plain HTTP."""

    def __init__(self, port: int, certificate: Path) -> None:
        self._port = port
        self._inner = httpx.AsyncHTTPTransport(verify=ssl.create_default_context(cafile=str(certificate)))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        address = request.url
        if address.host == httpx.URL(SITE).host:
            address = address.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        # Another request: the visitor's own keeps the address it is for, which decides where cookies go.
        passed = httpx.Request(request.method, address, headers=request.headers, stream=request.stream)
        return await self._inner.handle_async_request(passed)

    async def aclose(self) -> None:
        await self._inner.aclose()


@dataclass
class Visitor:
    """Somebody with a browser, logged in or not."""

    http: httpx.AsyncClient

    async def log_in(self, person: str, provider: str) -> None:
        """The whole way to the provider and back."""
        started = await self.http.get(f"{SITE}/login/{provider}")
        assert started.status_code == 303, started.text
        chosen = await self.http.get(f"{started.headers['location']}&person={person}&fault=")
        assert chosen.status_code == 302, chosen.text
        answer = await self.http.get(chosen.headers["location"])
        assert answer.status_code == 303, answer.text
        assert self.http.cookies.get("__Host-samskap")

    async def ask(self, operation: str, **variables: Any) -> Any:
        """The answer's only field; there must be neither errors nor a problem."""
        sent = {"documentId": DOCUMENTS[operation], "variables": variables}
        shown = (await self.http.post(f"{SITE}/graphql", json=sent)).json()
        assert "errors" not in shown, shown["errors"]
        (value,) = shown["data"].values()
        assert not (isinstance(value, dict) and value.get("__typename", "").endswith("Problem")), value
        return value

    async def until(self, what: Callable[[Any], Any], operation: str, **variables: Any) -> Any:
        """Ask again until `what` of the answer is true."""
        deadline = time.monotonic() + WITHIN
        while not what(answer := await self.ask(operation, **variables)):
            assert time.monotonic() < deadline, answer
            await asyncio.sleep(0.1)
        return answer


@dataclass
class Place:
    """What a municipality has set up before it starts anything, and the visitors who come."""

    town: Town
    port: int
    settings: Settings
    stack: contextlib.AsyncExitStack
    certificate: Path

    async def visitor(self, person: str | None = None, provider: str = "idporten") -> Visitor:
        http = httpx.AsyncClient(transport=_Proxy(self.port, self.certificate), timeout=20)
        made = Visitor(await self.stack.enter_async_context(http))
        if person:
            await made.log_in(person, provider)
        return made

    async def command(self, *arguments: str) -> None:
        """One of the commands of the docs, to its end."""
        assert f"samskap {arguments[0]}" in (ROOT / "docs/deploy.md").read_text()
        code, _, errors = await samskap(self.settings, *arguments, **self.town.environment)
        assert code == 0, errors

    def start(self, name: str, *arguments: str) -> None:
        """One of the processes of the docs' table."""
        assert f"`samskap {' '.join(arguments)}`" in (ROOT / "docs/deploy.md").read_text()
        self.town.start(name, "ops.cli", *arguments)

    async def readiness(self, status: int) -> dict[str, Any]:
        """What readiness says of its parts, once it answers with this status."""
        deadline = time.monotonic() + WITHIN
        while True:
            with contextlib.suppress(httpx.TransportError):
                answer = await (await self.visitor()).http.get(f"{SITE}/health/ready")
                if answer.status_code == status:
                    parts: dict[str, Any] = answer.json()["parts"]
                    return parts
            assert time.monotonic() < deadline, "readiness never said so"
            await asyncio.sleep(0.2)


def _clients() -> list[dict[str, Any]]:
    return [
        {
            "client_id": "site",
            "client_secret": "hemmelig",
            "issuer": name,
            "redirect_uris": [SITE + callback_path(name)],
            "post_logout_redirect_uris": [f"{SITE}/"],
        }
        for name in ("idporten", "entra")
    ]


def _providers(base: str) -> str:
    common = {"client_id": "site", "client_secret": "hemmelig"}
    return json.dumps(
        [
            {"key": "idporten", "profile": "idporten", "issuer": f"{base}/idporten", **common},
            {"key": "entra", "profile": "entra", "issuer": f"{base}/entra", "group_roles": GROUPS, **common},
        ]
    )


@pytest.fixture
async def place(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    """An empty database, Redis, a login provider over TLS and a mail server; nothing of ours has run."""
    home = Path(tempfile.mkdtemp(prefix="samskap-prod-"))
    certificate, key = write_certificate(home)
    bound, address = listening()
    base, port, office = address.replace("http:", "https:"), free_port(), PostOffice()
    await office.open()
    app = create_trial_provider(_clients(), base)
    tls = {"ssl_certfile": str(certificate), "ssl_keyfile": str(key)}
    environment = {
        "SAMSKAP_ENV": "production",
        "SAMSKAP_BASE_URL": SITE,
        "SAMSKAP_PROVIDERS": _providers(base),
        "SAMSKAP_SMTP_URL": office.url,
        "SAMSKAP_CONTACT_EMAIL": "samskap@example.org",
        "SAMSKAP_MAIL_DIR": "",
        "SAMSKAP_PORT": str(port),
        "SSL_CERT_FILE": str(certificate),
    }
    try:
        with served(app, bound, **tls):
            async with town(home, **environment) as made, contextlib.AsyncExitStack() as stack:
                settings = Settings(
                    database_url=made.environment["SAMSKAP_DATABASE_URL"],
                    database_owner_url=made.postgres.url,
                    redis_url=made.redis.url,
                )
                yield Place(made, port, settings, stack, certificate)
    finally:
        await office.close()
        shutil.rmtree(home, ignore_errors=True)


async def test_an_empty_database_becomes_a_place_where_a_proposal_is_answered(place: Place) -> None:
    await place.command("migrate")
    await place.command("migrate")
    place.start("web", "serve")
    assert all(part["ok"] for part in (await place.readiness(200)).values())
    for queue in ("relay", "fast"):
        place.start(queue, "worker", "--queue", queue)

    topic = await _topic(await place.visitor("nokkelknippe", "entra"))
    author = await place.visitor("fiolin")
    handed_in = await author.ask(
        "CreateProposal", topic=topic, input={**TEXT, "language": "nb"}, submit=True, idempotencyKey="en"
    )
    number = handed_in["proposal"]["id"]
    await author.until(lambda page: page and page["state"] == "PUBLISHED", "ProposalPage", id=number)
    planner = await place.visitor("linjal", "entra")
    await planner.ask("StartAssessment", id=number)
    answer = {"outcome": "ACCEPTED", "reason": "Benkene settes opp til våren.", "language": "nb"}
    await planner.ask("AnswerProposal", id=number, input=answer, idempotencyKey="svar")
    page = await (await place.visitor()).http.get(f"{SITE}/nb/forslag/{from_global_id(number)[1]}")
    assert page.status_code == 200
    assert "Benkene settes opp til våren." in page.text


async def _topic(admin: Visitor) -> str:
    made = await admin.ask(
        "CreateTopic",
        slug="benker",
        content={
            "texts": [
                {
                    "language": "nb",
                    "title": "Benker",
                    "summary": "Hvor skal de stå?",
                    "body": "Fortell oss hvor det trengs en benk.",
                }
            ]
        },
        frame={
            "goals": [1],
            "opensAt": (datetime.now(UTC) - timedelta(days=1)).isoformat(),
            "answerDays": 90,
            "moderationMode": "PUBLISH_AT_ONCE",
        },
        idempotencyKey="tema",
    )
    topic: str = made["topic"]["id"]
    return topic


async def test_a_database_without_its_municipality_is_not_ready(place: Place) -> None:
    await place.command("migrate")
    # As after a change of SAMSKAP_MUNICIPALITY that no `samskap migrate` followed.
    place.town.environment["SAMSKAP_MUNICIPALITY"] = "301"
    place.start("web", "serve")
    assert "samskap migrate" in (await place.readiness(503))["municipality"]["detail"]
    await place.command("migrate")
    await place.readiness(200)
