"""Where signals point, and what a decision would tell."""

import itertools

import pytest

from api.execute import Executor
from api.limits import Limits
from api.moderation.loaders import MOST_MARKED
from api.node_ids import to_global_id
from backend.moderation.decisions import Decision, Ruling, decide
from backend.moderation.details import author_cases_of
from backend.moderation.history import list_decided
from backend.moderation.marks import MOST_MARKS, marks_in
from backend.moderation.queue import QueueFilter
from backend.moderation.reasons import ReasonCode
from backend.platform.authz import Role
from tests.fixtures.counting import count_queries
from tests.fixtures.operations import ask_all
from tests.moderation.support import GROUND, held_comment, held_proposal
from tests.proposals.support import OTHER_WORDS, published


@pytest.mark.parametrize(
    ("text", "signal", "marked"),
    [
        ("Du er en jævla idiot, ordfører.", "word_list", ["jævla", "idiot"]),
        ("For en i d i o t du er.", "word_list", ["i d i o t"]),
        ("Se https://bit.ly/abc for mer.", "links", ["https://bit.ly/abc"]),
        ("Nei til dette!!!!!!!!", "repetition", ["!!!!!!!!"]),
        ("Skriv til ola.nordmann@gmail.com i dag.", "personal_data", ["ola.nordmann@gmail.com"]),
        ("Et trygt og greit forslag om sykkelvei.", "none", []),
    ],
)
def test_marks_are_where_the_signals_point(text: str, signal: str, marked: list[str]) -> None:
    marks = marks_in(text, "nb")
    assert [text[mark.start : mark.end] for mark in marks] == marked
    assert {mark.signal for mark in marks} <= {signal}


def test_marks_never_overlap_and_are_bounded() -> None:
    marks = marks_in("idiot " * 500, "nb")
    assert len(marks) == MOST_MARKS
    assert all(first.end <= then.start for first, then in itertools.pairwise(marks))


async def test_the_preview_is_what_the_author_is_shown(fresh, person, topic_id) -> None:
    topic, moderator = await topic_id(), await person(role=Role.MODERATOR)
    _, case_id = await held_proposal(await person(), topic)
    known = {"id": to_global_id("ModerationCase", case_id)}
    reasons = {"reasonCode": "OFF_TOPIC", "reasonText": "Hører **ikke** til her."}
    found = (
        await ask_all(
            fresh, moderator, "ShowModerationCase", **known, withPreview=True, decision="REJECT", **reasons
        )
    )["moderationCase"]
    preview = found["preview"]
    assert preview["subject"] == "Forslaget ditt ble ikke publisert"
    assert preview["reasons"] == ["Hører ikke til temaet."]
    assert "<strong>ikke</strong>" in preview["reasonHtml"]
    approved = (
        await ask_all(fresh, moderator, "ShowModerationCase", **known, withPreview=True, decision="APPROVE")
    )["moderationCase"]
    assert approved["preview"]["subject"] == "Forslaget ditt er publisert"
    dismissed = (
        await ask_all(fresh, moderator, "ShowModerationCase", **known, withPreview=True, decision="DISMISS")
    )["moderationCase"]
    assert dismissed["preview"] is None


async def test_decisions_are_listed_the_latest_first_for_those_in_charge(fresh, person, topic_id) -> None:
    topic, moderator = await topic_id(), await person(role=Role.MODERATOR)
    author = await person()
    proposal_id = await published(author, topic, OTHER_WORDS)
    _, first = await held_proposal(author, topic)
    _, then = await held_comment(await person(), proposal_id, topic, "Når skjer dette?")
    for case_id in (first, then):
        await decide(moderator, case_id, Ruling(Decision.REJECT, 1, ReasonCode.OTHER, GROUND))
    async with count_queries() as statements:
        rows = await list_decided(moderator, QueueFilter(), after=None, limit=10)
    assert statements.count == 1
    assert [row.id for row in rows] == [then, first]
    assert rows[0].decided_at is not None
    older = await list_decided(moderator, QueueFilter(), after=(rows[0].decided_at, rows[0].id), limit=10)
    assert [row.id for row in older] == [first]
    about = await author_cases_of(moderator, [first, then])
    assert about == {}
    _, third = await held_comment(author, proposal_id, topic, "Hvem betaler for dette?")
    assert [row.id for row in (await author_cases_of(moderator, [third]))[third]] == [first]
    elsewhere = await person(role=Role.MODERATOR, topic_id=await topic_id("kommunegarden"))
    assert await author_cases_of(elsewhere, [third]) == {}
    assert await list_decided(elsewhere, QueueFilter(), after=None, limit=10) == []
    mine = QueueFilter(claimed_by_me=True)
    assert await list_decided(await person(role=Role.MODERATOR), mine, after=None, limit=10) == []


async def test_marks_are_for_a_few_texts_at_once(fresh, person, topic_id) -> None:
    author, topic, moderator = await person(), await topic_id(), await person(role=Role.MODERATOR)
    proposal_id = await published(author, topic, OTHER_WORDS)
    for number in range(MOST_MARKED + 1):
        await held_comment(await person(), proposal_id, topic, f"Kommentar nummer {number} om saken.")
    marks = "... on ModerationCaseConnection { nodes { marks { start } } }"
    text = f"query ($n: Int!) {{ moderationQueue(first: $n) {{ {marks} }} }}"
    executor = Executor(fresh)
    prepared = executor.ad_hoc.prepare(text, None, {"n": 100}, Limits())
    few = await executor.run(prepared, {"n": MOST_MARKED}, moderator, language="nb")
    assert few.errors == []
    many = await executor.run(prepared, {"n": MOST_MARKED + 1}, moderator, language="nb")
    assert many.errors[0]["extensions"]["problem"]["code"] == "too_many_marked"
