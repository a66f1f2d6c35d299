"""The whole journey of a proposal among the 4,403 imported ones, over HTTP as any client would.

People log in through the trial provider, everything they do goes to /graphql by the ids of trusted documents,
and a real relay and worker do the rest.
"""

import asyncio
import email
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import default as readable
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from redis.asyncio import Redis

from backend.platform.settings import Settings
from tests.accounts.conftest import Browser
from tests.fixtures.provider import TrialProvider
from tests.system.processes import start_ours
from web.app import create_app

# Published, told, written: each of them takes far less on a machine of its own.
WITHIN = 20.0
IMPORTED_AND_PUBLIC = 4355
TITLE = "Tryggare sykkelveg langs Sandvikselva"
BODY = "Barn som syklar til skulen langs elva, treng ein sykkelveg med lys og eit gjerde mot bilane."
SANDVIKA = {"longitude": 10.5264, "latitude": 59.8907}
ROUND_SANDVIKA = {"west": 10.50, "south": 59.88, "east": 10.55, "north": 59.90}
ELSEWHERE = {"west": 10.60, "south": 59.88, "east": 10.70, "north": 59.95}


@dataclass
class Visitor:
    """Somebody with a browser, logged in or not."""

    browser: Browser
    documents: dict[str, str]

    async def ask(self, operation: str, **variables: Any) -> Any:
        """The answer's only field; there must be no errors."""
        answer = await self.browser.http.post(
            f"{self.browser.settings.base_url}/graphql",
            json={"documentId": self.documents[operation], "variables": variables},
        )
        shown = answer.json()
        assert "errors" not in shown, shown["errors"]
        (value,) = shown["data"].values()
        return value

    async def done(self, operation: str, **variables: Any) -> Any:
        """What came of a mutation that was not refused."""
        payload = await self.ask(operation, **variables)
        assert not payload["__typename"].endswith("Problem"), payload
        return payload

    async def until(self, what: Callable[[Any], Any], operation: str, **variables: Any) -> Any:
        """Ask again until `what` of the answer is true; that value."""
        deadline = time.monotonic() + WITHIN
        while not (found := what(answer := await self.ask(operation, **variables))):
            assert time.monotonic() < deadline, answer
            await asyncio.sleep(0.1)
        return found

    async def notified(self, kind: str) -> dict[str, Any]:
        """The notification of this kind, once it is in the inbox."""

        def of_kind(viewer: Any) -> Any:
            return next((n for n in viewer["notifications"]["nodes"] if n["kind"] == kind), None)

        found: dict[str, Any] = await self.until(of_kind, "Notifications", first=50)
        return found


@dataclass
class Site:
    """The running site: making visitors, and the mails it sent."""

    visitor: Callable[..., Awaitable[Visitor]]
    mail_dir: Path

    async def mail(self, to: str, words: str) -> str:
        """The text of the mail to this address whose subject or text holds these words, once it is there."""
        deadline = time.monotonic() + WITHIN
        while True:
            for path in self.mail_dir.glob("*.eml"):
                message = email.message_from_bytes(path.read_bytes(), policy=readable)
                assert isinstance(message, EmailMessage)
                body = message.get_body(("plain",))
                text = f"{message['Subject']}\n{body.get_content() if body else ''}"
                if to in str(message["To"]) and words in text:
                    return text
            assert time.monotonic() < deadline, f"no mail to {to} with: {words}"
            await asyncio.sleep(0.1)


@pytest.fixture
async def site(
    imported_fresh: Settings, trial_provider: TrialProvider, tmp_path: Path
) -> AsyncIterator[Site]:
    """The application where the provider expects it, with a relay and a worker as processes of their own."""
    settings = replace(trial_provider.configured(imported_fresh), mail_dir=tmp_path / "mail")
    app = create_app(settings)
    config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, ws="none")
    server = uvicorn.Server(config)
    programs = [
        start_ours(name, *module, home=tmp_path, environment=_environment(settings))
        for name, module in (("relay", ["workers.relay"]), ("worker", ["workers", "--queue", "fast"]))
    ]
    async with AsyncExitStack() as stack, app.state.listener.running():
        serving = asyncio.create_task(server.serve([trial_provider.site_socket.dup()]))
        documents = {name: prepared.id for name, prepared in app.state.executor.trusted.by_name.items()}

        async def visitor(person: str | None = None, provider: str = "idporten") -> Visitor:
            http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=20))
            made = Visitor(Browser(http, settings), documents)
            if person is not None:
                answer = await made.browser.log_in(person, provider)
                assert answer.status_code == 303, answer.text
            return made

        try:
            yield Site(visitor, tmp_path / "mail")
        finally:
            for program in programs:
                await program.stop()
            server.should_exit = True
            await serving
            await app.state.rates.close()
            async with Redis.from_url(settings.redis_url) as redis:
                await redis.flushdb()


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "SAMSKAP_ENV": "test",
        "SAMSKAP_HOME": str(settings.home),
        "SAMSKAP_DATABASE_URL": settings.database_url,
        "SAMSKAP_REDIS_URL": settings.redis_url,
        "SAMSKAP_PEPPERS": ",".join(f"{number}:{key.hex()}" for number, key in settings.peppers.items()),
        "SAMSKAP_METRICS_PORT": "0",
        "SAMSKAP_MAIL_DIR": str(settings.mail_dir),
        "SAMSKAP_BASE_URL": settings.base_url,
    }


async def _topic(visitor: Visitor, slug: str) -> str:
    topics = await visitor.ask("TopicList", first=50)
    return next(node["id"] for node in topics["nodes"] if node["slug"] == slug)


async def _titles(visitor: Visitor, **variables: Any) -> list[str]:
    return [node["title"] for node in (await visitor.ask("ProposalList", **variables))["nodes"]]


async def _with_address(site: Site, person: str, address: str) -> Visitor:
    """A person who has confirmed where mails go."""
    visitor = await site.visitor(person)
    await visitor.done("UpdateProfile", input={"email": address})
    letter = await site.mail(address, "/min-side/epost/")
    secret = re.search(r"/min-side/epost/([\w-]+)", letter)
    assert secret is not None
    await visitor.done("ConfirmEmailAddress", secret=secret[1])
    return visitor


async def _submitted(author: Visitor, title: str, body: str, **more: Any) -> Any:
    return await author.ask(
        "CreateProposal",
        topic=await _topic(author, "mobilitetsstrategi"),
        input={"title": title, "body": body, **more},
        submit=True,
        idempotencyKey=title,
    )


async def _published(author: Visitor, title: str, body: str, **more: Any) -> str:
    made = await _submitted(author, title, body, **more)
    assert made["__typename"] == "ProposalChanged", made
    number: str = made["proposal"]["id"]
    await author.until(lambda page: page and page["state"] == "PUBLISHED", "ProposalPage", id=number)
    return number


async def test_a_proposal_is_found_supported_discussed_and_answered(site: Site) -> None:
    author = await _with_address(site, "fiolin", "fiolin@example.org")
    number = await _published(author, TITLE, BODY, language="nn", position=SANDVIKA)
    assert (await author.notified("PUBLISHED"))["proposal"]["title"] == TITLE
    await site.mail("fiolin@example.org", TITLE)

    reader = await site.visitor("lykt")
    await _is_found(reader)
    supported = await reader.done("SupportProposal", id=number)
    assert (supported["changed"], supported["proposal"]["supportCount"]) == (True, 1)
    await reader.done("Follow", id=number)
    said = {
        "body": "Dette trengst på vår side av elva også, særleg om vinteren.",
        "stance": "FOR",
        "language": "nn",
    }
    await reader.done("CreateComment", subject=number, input=said, idempotencyKey="kommentar")
    await reader.until(lambda page: page["commentCount"] == 1, "ProposalComments", id=number)
    shown = await author.notified("COMMENT_ON_YOURS")
    assert shown["proposal"]["id"] == number

    await _is_answered(site, number)
    for visitor in (author, reader):
        assert (await visitor.notified("ANSWERED"))["proposal"]["id"] == number
    stranger = await site.visitor()
    page = await stranger.ask("ProposalPage", id=number)
    assert (page["state"], page["outcome"], page["supportCount"]) == ("ANSWERED", "ACCEPTED", 1)
    assert "kommunens plan" in page["answer"]["reasonHtml"]
    assert [step["target"] for step in page["timeline"]] == [
        "DRAFT",
        "SUBMITTED",
        "PUBLISHED",
        "ASSESSMENT",
        "ANSWERED",
    ]
    await site.mail("fiolin@example.org", "svar")


async def _is_found(reader: Visitor) -> None:
    """By words of the other written language, by the map, and first of all in the list."""
    assert TITLE in await _titles(reader, filter={"search": "sykkelvei"})
    assert TITLE in await _titles(reader, filter={"search": "trygg skole"})
    assert await _titles(reader, filter={"box": ROUND_SANDVIKA}) == [TITLE]
    assert TITLE not in await _titles(reader, filter={"box": ELSEWHERE})
    assert (await _titles(reader, sort="NEWEST", first=20))[0] == TITLE
    near = await reader.ask("SimilarProposals", title="Trygg sykkelvei langs Sandvikselva", body=BODY)
    assert near[0]["title"] == TITLE


async def _is_answered(site: Site, number: str) -> None:
    planner = await site.visitor("linjal", "entra")
    await planner.done("StartAssessment", id=number)
    reason = "Sykkelvegen er teke inn i kommunens plan for trygge skolevegar, og blir bygd i 2027."
    answer = {"outcome": "ACCEPTED", "reason": reason, "language": "nn"}
    await planner.done("AnswerProposal", id=number, input=answer, idempotencyKey="svar")


async def test_every_imported_proposal_is_reached_page_by_page(site: Site) -> None:
    author = await site.visitor("fiolin")
    await _published(author, TITLE, BODY, language="nn", position=SANDVIKA)
    stranger = await site.visitor()
    topic = await _topic(stranger, "omastadi")
    seen: list[str] = []
    after: str | None = None
    while True:
        page = await stranger.ask("ProposalList", filter={"topic": topic}, first=100, after=after)
        seen += [node["id"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert len(seen) == len(set(seen)) == IMPORTED_AND_PUBLIC
    found = await _titles(stranger, filter={"search": "talviuintipaikka"})
    assert found
    assert TITLE not in found
    imported = await stranger.ask("ProposalPage", id=seen[0])
    assert (imported["source"], imported["language"], imported["author"]) == ("omastadi", "fi", None)
    reader = await site.visitor("lykt")
    refused = await reader.ask("SupportProposal", id=seen[0])
    assert (refused["__typename"], refused["code"]) == ("NotAllowedProblem", "not_supportable")


async def test_personal_data_is_refused_with_its_place(site: Site) -> None:
    author = await site.visitor("fiolin")
    phone = "+47 40 00 00 00"
    body = f"Ring meg gjerne på {phone} hvis dere vil vite mer om benken ved elva."
    refused = await _submitted(author, "En benk ved elva", body)
    assert (refused["__typename"], refused["field"]) == ("PersonalDataProblem", "body")
    assert body[refused["start"] : refused["end"]] == phone
    assert refused["message"]
    viewer = await author.ask("MyProposals")
    assert viewer["proposals"]["nodes"] == []


async def test_a_risky_one_waits_is_rejected_with_a_reason_and_approved_at_last(site: Site) -> None:
    author = await _with_address(site, "fiolin", "fiolin@example.org")
    rude = "De som styrer parkeringen i Sandvika, er noen drittsekker som ikke bryr seg om oss som bor her."
    made = await _submitted(author, "Slutt på dyr parkering", rude)
    number = made["proposal"]["id"]
    await author.notified("HELD")
    stranger = await site.visitor()
    assert await stranger.ask("ProposalPage", id=number) is None

    moderator = await site.visitor("vektskal", "entra")
    case = await _waiting(moderator, number)
    assert case["holdReasons"]
    refused = await moderator.ask(
        "DecideCase", id=case["id"], decision="REJECT", expectedVersion=case["contentVersion"]
    )
    assert (refused["__typename"], refused["code"]) == ("InvalidProblem", "reason_missing")
    reason = "Skriv om parkeringen, og ikke om dem som arbeider med den."
    await moderator.done(
        "DecideCase",
        id=case["id"],
        decision="REJECT",
        expectedVersion=case["contentVersion"],
        reasonCode="PERSONAL_ATTACK",
        reasonText=reason,
    )
    await author.notified("REJECTED")
    shown = (await author.ask("ProposalViewer", id=number))["moderationReason"]
    assert (shown["code"], shown["text"]) == ("PERSONAL_ATTACK", reason)
    await site.mail("fiolin@example.org", "Slutt på dyr parkering")

    milder = "Det er for dyrt å parkere i Sandvika for oss som bor her og må ha bil til jobben."
    await author.done(
        "EditProposal", id=number, input={"title": "Rimeligere parkering", "body": milder}, expectedVersion=1
    )
    await author.done("SubmitProposal", id=number)
    case = await _waiting(moderator, number)
    await moderator.done(
        "DecideCase", id=case["id"], decision="APPROVE", expectedVersion=case["contentVersion"]
    )
    await stranger.until(lambda page: page and page["state"] == "PUBLISHED", "ProposalPage", id=number)
    await author.notified("PUBLISHED")


async def _waiting(moderator: Visitor, proposal: str) -> dict[str, Any]:
    """The moderator's case about the proposal, once it is in the queue."""

    def about(queue: Any) -> Any:
        return next((case for case in queue["nodes"] if case["subject"]["id"] == proposal), None)

    found: dict[str, Any] = await moderator.until(about, "ModerationQueue")
    return found
