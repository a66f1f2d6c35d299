"""Where personal data stands in a text that is not handed in yet."""

from typing import Any

from backend.platform.authz import Actor
from backend.platform.database import fetch_value
from backend.platform.errors import PersonalData
from backend.platform.settings import Settings
from backend.proposals.personal_data_check import MESSAGES, MOST_FINDINGS, check_text
from backend.proposals.service import ProposalInput, create_proposal
from backend.text.personal_data.detection import PersonalDataKind
from tests.fixtures.counting import count_queries
from tests.fixtures.operations import ask
from tests.fixtures.people import MakePerson
from tests.proposals.support import refused_with

TITLE = "Ring 913 45 678 om sykkel"
BODY = "🚲 Skriv til ola@example.org, eller ring 913 45 678. Nummeret mitt er 01817779901."


async def test_it_points_at_all_of_it_in_the_readers_language(fresh: Settings, person: MakePerson) -> None:
    actor = await person()
    async with count_queries() as statements:
        shown = await ask(fresh, actor, "CheckText", title=TITLE, body=BODY)
    assert statements.count == 0, "nothing is stored, nothing is looked up"
    texts = {"title": TITLE, "body": BODY}
    assert [(f["field"], texts[f["field"]][f["start"] : f["end"]], f["kind"]) for f in shown["findings"]] == [
        ("title", "913 45 678", "phone"),
        ("body", "ola@example.org", "email"),
        ("body", "913 45 678", "phone"),
        ("body", "01817779901", "national_identity_number"),
    ]
    assert shown["findings"][0]["message"] == MESSAGES[PersonalDataKind.PHONE]
    assert (await ask(fresh, actor, "CheckText"))["findings"] == []


async def test_the_first_place_is_what_handing_in_refuses(
    fresh: Settings, person: MakePerson, topic_id: Any
) -> None:
    actor = await person()
    body = f"Det trengs en sykkelvei. {BODY}"
    found = (await check_text(actor, "Sykkelvei langs elva", body))[0]
    written = ProposalInput(title="Sykkelvei langs elva", body=body, language="nb")
    refusal = await refused_with(
        PersonalData, create_proposal(actor, await topic_id(), written, submit=False)
    )
    assert (refusal.field, refusal.params["start"], refusal.params["end"]) == (
        found.field,
        found.start,
        found.end,
    )
    assert await fetch_value("SELECT count(*) FROM proposal") == 0


def test_every_kind_has_its_words() -> None:
    assert set(MESSAGES) == set(PersonalDataKind)


async def test_who_may_and_how_much(fresh: Settings, person: MakePerson) -> None:
    assert (await ask(fresh, Actor(3201), "CheckText", title=TITLE))["code"] == "login_required"
    actor = await person()
    long = await ask(fresh, actor, "CheckText", body="a" * 10_000_000)
    assert (long["__typename"], long["field"]) == ("InvalidProblem", "body")
    many = await ask(fresh, actor, "CheckText", body="a@b.no " * 2_000)
    assert len(many["findings"]) == MOST_FINDINGS
