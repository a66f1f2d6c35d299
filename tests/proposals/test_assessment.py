"""A planner takes proposals up, answers them and tells how it goes."""

import asyncio

import asyncpg
import pytest

from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch_value
from backend.platform.errors import (
    Conflict,
    Forbidden,
    Invalid,
    LimitExceeded,
    NotFound,
    PersonalData,
    Unauthenticated,
)
from backend.proposals.assessment import answer_many, answer_proposal, change_status, start_assessment
from backend.proposals.queries import answers_of
from backend.proposals.states import Outcome, ProposalState
from tests.proposals.support import OTHER_WORDS, draft, events, published, read, timeline

REASON = "Vi bygger sykkelveien neste år, fordi mange barn går på skole langs elva."
# Synthetic, from the series that the Tax Administration keeps for testing.
SYNTHETIC_NUMBER = "01817779901"


@pytest.fixture
async def planner(person) -> Actor:
    return await person(name="Solveig Planlegger", role=Role.PLANNER)


async def test_a_proposal_is_assessed_answered_and_carried_out(fresh, person, topic_id, planner) -> None:
    proposal_id = await published(await person(), await topic_id())
    await start_assessment(planner, proposal_id)
    await answer_proposal(planner, proposal_id, Outcome.ACCEPTED, REASON, "nb")
    await change_status(planner, proposal_id, ProposalState.UNDER_WAY, "Anleggsarbeidet har begynt.")
    await change_status(planner, proposal_id, ProposalState.DONE)
    assert (await timeline(proposal_id))[3:] == [
        ("assessment", "planner", None),
        ("answered", "planner", REASON),
        ("under_way", "planner", "Anleggsarbeidet har begynt."),
        ("done", "planner", None),
    ]
    stands = await read(proposal_id)
    assert (stands.state, stands.outcome) == (ProposalState.DONE, "accepted")
    assert stands.answered_at is not None
    assert (await events(proposal_id))[-4:] == [
        "status_changed",
        "answered",
        "status_changed",
        "status_changed",
    ]
    assert await fetch_value("SELECT count(*) FROM outbox WHERE job = 'notify_event'") >= 4


async def test_answering_again_after_reopening_adds_an_answer(fresh, person, topic_id, planner) -> None:
    proposal_id = await published(await person(), await topic_id())
    first = await answer_proposal(planner, proposal_id, Outcome.DECLINED, REASON, "nb")
    with pytest.raises(Conflict, match="already_answered"):
        await answer_proposal(planner, proposal_id, Outcome.ACCEPTED, REASON, "nb")
    await change_status(planner, proposal_id, ProposalState.ASSESSMENT, "Vi har fått nye opplysninger.")
    second = await answer_proposal(planner, proposal_id, Outcome.PARTLY, REASON + " Likevel.", "nb")
    assert second > first
    in_force = (await answers_of(3201, [proposal_id]))[proposal_id]
    assert (in_force.id, in_force.outcome) == (second, "partly")
    assert [reason for state, _, reason in await timeline(proposal_id) if state == "answered"] == [
        REASON,
        REASON + " Likevel.",
    ]


async def test_an_answer_taken_back_is_in_force_no_more(fresh, person, topic_id, planner) -> None:
    proposal_id = await published(await person(), await topic_id())
    await answer_proposal(planner, proposal_id, Outcome.DECLINED, REASON, "nb")
    assert (await events(proposal_id)).count("answered") == 1
    assert "status_changed" not in await events(proposal_id)
    await change_status(planner, proposal_id, ProposalState.ASSESSMENT)
    stands = await read(proposal_id)
    assert (stands.outcome, stands.answered_at) == (None, None)
    assert (await answers_of(3201, [proposal_id]))[proposal_id].outcome == "declined"
    with pytest.raises(asyncpg.CheckViolationError):
        await execute("UPDATE proposal SET state = 'answered' WHERE id = $1", proposal_id)
    await answer_proposal(planner, proposal_id, Outcome.ACCEPTED, REASON, "nb")
    assert (await read(proposal_id)).outcome == "accepted"


async def test_of_two_planners_at_once_one_answers(fresh, person, topic_id, planner) -> None:
    proposal_id = await published(await person(), await topic_id())
    other = await person(name="Ola Planlegger", role=Role.PLANNER)
    answers = await asyncio.gather(
        answer_proposal(planner, proposal_id, Outcome.ACCEPTED, REASON, "nb"),
        answer_proposal(other, proposal_id, Outcome.DECLINED, REASON, "nb"),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "int"]
    assert await fetch_value("SELECT count(*) FROM proposal_answer WHERE proposal_id = $1", proposal_id) == 1
    assert (await events(proposal_id)).count("answered") == 1


async def test_the_same_key_answers_once(fresh, person, topic_id, planner) -> None:
    proposal_id = await published(await person(), await topic_id())
    answers = await asyncio.gather(
        *(answer_proposal(planner, proposal_id, Outcome.ACCEPTED, REASON, "nb", key="k") for _ in range(3))
    )
    assert len(set(answers)) == 1
    with pytest.raises(Conflict, match="idempotency_key_reused"):
        await answer_proposal(planner, proposal_id, Outcome.DECLINED, REASON, "nb", key="k")


async def test_only_planners_of_the_topic_answer(fresh, person, topic_id) -> None:
    author, topic = await person(), await topic_id()
    proposal_id = await published(author, topic)
    elsewhere = await person(role=Role.PLANNER, topic_id=await topic_id("kommunegarden"))
    here = await person(role=Role.PLANNER, topic_id=topic)
    for refused in (author, elsewhere, await person(role=Role.MODERATOR)):
        with pytest.raises(Forbidden):
            await answer_proposal(refused, proposal_id, Outcome.ACCEPTED, REASON, "nb")
    with pytest.raises(Unauthenticated):
        await answer_proposal(Actor(3201), proposal_id, Outcome.ACCEPTED, REASON, "nb", key="k")
    assert await answer_proposal(here, proposal_id, Outcome.ACCEPTED, REASON, "nb")


async def test_a_draft_is_unknown_to_planners(fresh, person, topic_id, planner) -> None:
    proposal_id = await draft(await person(), await topic_id())
    with pytest.raises(NotFound):
        await start_assessment(planner, proposal_id)
    with pytest.raises(NotFound):
        await answer_proposal(planner, 999_999, Outcome.ACCEPTED, REASON, "nb")


@pytest.mark.parametrize(
    ("reason", "language", "field"),
    [("For kort.", "nb", "reason"), ("x" * 10_001, "nb", "reason"), (REASON, "tlh", "language")],
)
async def test_bad_answers_are_refused(fresh, person, topic_id, planner, reason, language, field) -> None:
    proposal_id = await published(await person(), await topic_id())
    with pytest.raises(Invalid) as refusal:
        await answer_proposal(planner, proposal_id, Outcome.ACCEPTED, reason, language)
    assert refusal.value.field == field


async def test_the_municipality_may_give_its_own_number_but_nobodys_identity_number(
    fresh, person, topic_id, planner
) -> None:
    proposal_id = await published(await person(), await topic_id())
    with pytest.raises(PersonalData) as refusal:
        await answer_proposal(
            planner, proposal_id, Outcome.ACCEPTED, f"{REASON} Gjelder {SYNTHETIC_NUMBER}.", "nb"
        )
    assert refusal.value.params["start"] == len(REASON) + len(" Gjelder ")
    with pytest.raises(PersonalData):
        await change_status(planner, proposal_id, ProposalState.ASSESSMENT, f"Se {SYNTHETIC_NUMBER}")
    contact = f"{REASON} Ring oss på telefon 67 50 40 50 eller skriv til post@kommune.example.no."
    assert await answer_proposal(planner, proposal_id, Outcome.ACCEPTED, contact, "nb")


@pytest.mark.parametrize(
    ("target", "error"),
    [
        (ProposalState.DONE, Conflict),
        (ProposalState.UNDER_WAY, Conflict),
        (ProposalState.PUBLISHED, Conflict),
        (ProposalState.HIDDEN, Invalid),
        (ProposalState.ANSWERED, Invalid),
    ],
)
async def test_steps_outside_the_state_machine_are_refused(
    fresh, person, topic_id, planner, target, error
) -> None:
    proposal_id = await published(await person(), await topic_id())
    with pytest.raises(error):
        await change_status(planner, proposal_id, target)
    assert (await read(proposal_id)).state is ProposalState.PUBLISHED


async def test_many_are_answered_each_by_itself(fresh, person, topic_id) -> None:
    author, topic = await person(), await topic_id()
    planner = await person(role=Role.PLANNER, topic_id=topic)
    good = [await published(author, topic), await published(author, topic, OTHER_WORDS)]
    elsewhere = await published(await person(), await topic_id("kommunegarden"))
    arguments = [good[0], elsewhere, 999_999, good[1], good[0]]
    results = await answer_many(planner, arguments, Outcome.PARTLY, REASON, "nb", key="k")
    assert [(r.proposal_id, r.refusal and r.refusal.code) for r in results] == [
        (good[0], None),
        (elsewhere, "role_missing"),
        (999_999, "proposal_not_found"),
        (good[1], None),
    ]
    again = await answer_many(planner, good, Outcome.PARTLY, REASON, "nb", key="k")
    assert [r.answer_id for r in again] == [results[0].answer_id, results[3].answer_id]
    assert (await read(elsewhere)).state is ProposalState.PUBLISHED


async def test_many_have_a_bound_and_a_fit_reason(fresh, person, planner) -> None:
    with pytest.raises(LimitExceeded) as refusal:
        await answer_many(planner, range(1, 102), Outcome.PARTLY, REASON, "nb")
    assert refusal.value.params == {"limit": 100, "figure": 101}
    with pytest.raises(Invalid):
        await answer_many(planner, [1], Outcome.PARTLY, "kort", "nb")
    with pytest.raises(Unauthenticated):
        await answer_many(Actor(3201), [1], Outcome.PARTLY, REASON, "nb")
