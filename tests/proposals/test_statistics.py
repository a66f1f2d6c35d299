"""Figures: true to what is public, kept up by a job, and told to everybody alike."""

from datetime import timedelta
from typing import Any

import pytest

import workers.proposals  # noqa: F401 - registers the job
from backend.comments.queries import Stance
from backend.comments.service import add_comment
from backend.moderation.service import screen_content
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch, fetch_value, unit_of_work
from backend.platform.settings import Settings
from backend.proposals.assessment import answer_proposal, change_status
from backend.proposals.counting import count_supports
from backend.proposals.states import Capacity, Outcome, ProposalState
from backend.proposals.statistics import (
    FiguresRow,
    OverallRow,
    count_figures,
    figures_of_topics,
    overall_figures,
)
from backend.proposals.supports import support, withdraw_support
from backend.proposals.transitions import apply_transition
from tests.fixtures.counting import count_queries
from tests.fixtures.operations import ask
from tests.fixtures.people import MakePerson
from tests.proposals.many import fill
from tests.proposals.support import OTHER_WORDS, draft, proposal_ref, published, read
from workers.job import run_row

REASON = "Vi bygger sykkelveien neste år, fordi mange barn går på skole langs elva."


async def _published_days_ago(proposal_id: int, days: int) -> None:
    await execute(
        "UPDATE proposal SET published_at = now() - $2::interval WHERE id = $1",
        proposal_id,
        timedelta(days=days),
    )


async def test_before_anything_happened_there_is_nothing(fresh: Settings) -> None:
    before = await overall_figures(3201)
    assert (before.figures, before.participants, before.answered_percent) == (FiguresRow(), 0, 0)
    assert before.open_topics == await fetch_value(
        "SELECT count(*) FROM topic WHERE now() >= opens_at AND coalesce(now() < closes_at, true)"
    )
    await count_figures(3201)
    assert await overall_figures(3201) == before
    assert await figures_of_topics(3201, [1, 999]) == {1: FiguresRow(), 999: FiguresRow()}


async def test_they_tell_what_is_public(fresh: Settings, person: MakePerson, topic_id: Any) -> None:
    here, there = await topic_id(), await topic_id("klimastrategi-2030")
    days = await fetch_value("SELECT answer_days FROM topic WHERE id = $1", here)
    author, other, planner = await person(), await person(), await person(role=Role.PLANNER)
    answered, late = await published(author, here), await published(author, here, OTHER_WORDS)
    elsewhere = await published(other, there)
    await draft(await person(), here)
    await _published_days_ago(answered, 3)
    await _published_days_ago(late, days + 1)
    for reader in (await person(), await person()):
        await support(reader, answered)
        await withdraw_support(reader, answered)
    await support(other, late)
    await support(await person(), answered)
    await answer_proposal(planner, answered, Outcome.PARTLY, REASON, "nb")
    comment = await add_comment(await person(), proposal_ref(late), "Det er en god tanke.", Stance.FOR, "nb")
    await screen_content(3201, "comment", comment, 1)
    await count_supports(3201)
    await count_figures(3201)
    of_topics = await figures_of_topics(3201, [here, there])
    assert of_topics[here].median_days == pytest.approx(3, abs=0.01)
    assert of_topics[here] == FiguresRow(2, 1, 1, 1, 2, of_topics[here].median_days)
    assert of_topics[there] == FiguresRow(1, 0, 1, 0, 0, None)
    overall = await overall_figures(3201)
    assert overall.figures == FiguresRow(3, 1, 2, 1, 2, of_topics[here].median_days)
    # Two authors, one of whom supports too, a supporter and a commenter: not who withdrew, drafted or answered.
    assert overall.participants == 4
    assert overall.answered_percent == 33
    async with unit_of_work():
        await apply_transition(
            3201, await read(elsewhere), ProposalState.HIDDEN, Capacity.MODERATOR, actor_id=None
        )
    await count_figures(3201)
    assert (await figures_of_topics(3201, [there]))[there] == FiguresRow()
    assert (await overall_figures(3201)).participants == 4, "who lost a proposal still supports"


def test_all_are_answered_only_when_all_are() -> None:
    assert OverallRow(FiguresRow(proposals=1000, answered=999), 0, 0).answered_percent == 99
    assert OverallRow(FiguresRow(proposals=2, answered=2), 0, 0).answered_percent == 100


async def test_a_step_asks_for_them_once_and_the_job_may_run_twice(
    fresh: Settings, person: MakePerson, topic_id: Any
) -> None:
    topic = await topic_id()
    await published(await person(), topic)
    await published(await person(), topic, OTHER_WORDS)
    (row,) = await fetch("SELECT id, due_at > now() AS soon FROM outbox WHERE job = 'count_figures'")
    assert row["soon"]
    await execute("UPDATE outbox SET due_at = now() WHERE id = $1", row["id"])
    await run_row(row["id"])
    await run_row(row["id"])
    assert (await overall_figures(3201)).figures.proposals == 2
    assert await count_figures(3201) == 0, "counted again, nothing changes and nobody is told"


async def test_the_deadline_follows_the_topic(fresh: Settings, person: MakePerson, topic_id: Any) -> None:
    topic = await topic_id()
    unseen, shown = await draft(await person(), topic), await published(await person(), topic)

    async def due(proposal_id: int) -> Any:
        return await fetch_value(
            "SELECT (answer_due_at - published_at)::text FROM proposal WHERE id = $1", proposal_id
        )

    await execute("UPDATE topic SET answer_days = 10 WHERE id = $1", topic)
    assert (await due(shown), await due(unseen)) == ("10 days", None)
    await _published_days_ago(shown, 11)
    assert await due(shown) == "10 days"
    await count_figures(3201)
    assert (await figures_of_topics(3201, [topic]))[topic].overdue == 1
    await execute("UPDATE topic SET answer_days = 30 WHERE id = $1", topic)
    await count_figures(3201)
    assert (await figures_of_topics(3201, [topic]))[topic].overdue == 0


async def test_everybody_is_shown_the_same(fresh: Settings, person: MakePerson, topic_id: Any) -> None:
    proposal = await published(await person(), await topic_id())
    planner = await person(role=Role.PLANNER)
    await answer_proposal(planner, proposal, Outcome.ACCEPTED, REASON, "nb")
    await change_status(planner, proposal, ProposalState.UNDER_WAY)
    await count_figures(3201)
    seen = await ask(fresh, Actor(3201), "Figures")
    assert seen == await ask(fresh, planner, "Figures")
    assert (
        seen["proposalCount"],
        seen["answeredPercent"],
        seen["medianDaysToAnswer"],
    ) == (1, 100, 0.0)
    async with count_queries() as statements:
        await ask(fresh, Actor(3201), "Figures")
    assert statements.count == 1


async def test_it_takes_no_longer_to_read_them_than_a_row(fresh: Settings, person: MakePerson) -> None:
    author = await person()
    await fill(2_000, author.account_id or 0)
    await count_figures(3201)
    overall = await overall_figures(3201)
    topics = [row["id"] for row in await fetch("SELECT id FROM topic")]
    of_topics = await figures_of_topics(3201, topics)
    assert sum(row.proposals for row in of_topics.values()) == overall.figures.proposals == 1_800
    assert sum(row.waiting for row in of_topics.values()) == overall.figures.waiting == 1_700
    plan = "\n".join(
        row[0]
        for row in await fetch(
            "EXPLAIN SELECT * FROM proposal_figures WHERE municipality_id = 3201 AND coalesce(topic_id, 0) = 0"
        )
    )
    assert "proposal " not in plan
