"""What has come of the proposals, in figures: of each topic, and of all together.

They are stored and not counted by whoever reads: the front page is asked for more often than anything else, and a
median and a number of people would have to be drawn from every proposal, comment and support there is. A job counts
anew soon after a proposal's state changed, and every minute, since supports come and deadlines pass by themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from backend.platform.database import execute, fetch, fetch_row, unit_of_work
from backend.platform.locks import Lock
from backend.platform.outbox import enqueue_soon
from backend.platform.sql import one_of
from backend.platform.tags import changed
from backend.proposals.queries import PUBLIC_SQL
from backend.proposals.sql import gives_support, is_co_author
from backend.proposals.states import ANSWERED_STATES, AWAITING_ANSWER

TAG = "figures"
_WITHIN = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class FiguresRow:
    """What has come of the public proposals of one topic, or of all, without those imported that do not count.

    `imported` are those others: public, and left out of every other figure.
    `waiting` are those that have no answer yet, `overdue` those of them whose time is up. `median_days` are from
    publication to answer, None before the first answer.
    """

    proposals: int = 0
    answered: int = 0
    waiting: int = 0
    overdue: int = 0
    supports: int = 0
    median_days: float | None = None
    imported: int = 0


@dataclass(frozen=True, slots=True)
class OverallRow:
    """The figures of all topics; `participants` are people with something public or a support to their name."""

    figures: FiguresRow
    participants: int
    open_topics: int

    @property
    def answered_percent(self) -> int:
        """The share of proposals that are answered; never 100 while one is not."""
        return self.figures.answered * 100 // self.figures.proposals if self.figures.proposals else 0


_COLUMNS = "proposals, answered, waiting, overdue, supports, median_days, imported"
_COUNTED = "(p.source IS NULL OR t.counts_imported)"
_WAITING = one_of("p.state", AWAITING_ANSWER)
_ANSWERED = one_of("p.state", ANSWERED_STATES)
_PARTICIPANTS = f"""
    SELECT count(DISTINCT coalesce((SELECT b.resident_id FROM account_binding b
        WHERE b.municipality_id = $1 AND b.employee_id = a.id), a.id)) FROM account a
    WHERE a.municipality_id = $1 AND a.kind = 'person' AND a.deleted_at IS NULL AND (
        EXISTS (SELECT FROM proposal p WHERE p.municipality_id = $1 AND p.author_id = a.id
                AND {PUBLIC_SQL})
        OR EXISTS (SELECT FROM proposal_invitation i
                   JOIN proposal p ON p.municipality_id = i.municipality_id AND p.id = i.proposal_id
                   WHERE i.municipality_id = $1 AND i.accepted_by_id = a.id AND {is_co_author("i.")}
                     AND {PUBLIC_SQL})
        OR EXISTS (SELECT FROM comment c WHERE c.municipality_id = $1 AND c.author_id = a.id AND c.state = 'published')
        OR EXISTS (SELECT FROM support_event e WHERE e.municipality_id = $1 AND e.account_id = a.id
                   AND {gives_support("e.")} AND NOT EXISTS (
                       SELECT FROM support_event w WHERE w.municipality_id = $1 AND w.proposal_id = e.proposal_id
                       AND w.account_id = a.id AND w.previous = e.ordinal)))"""
# One statement, one snapshot: the figures of the topics add up to those of all.
_COUNT = f"""
    WITH counted AS (
        SELECT t.id AS topic_id, count(p.id) FILTER (WHERE {_COUNTED})::int AS proposals,
               count(p.id) FILTER (WHERE {_COUNTED} AND {_ANSWERED})::int AS answered,
               count(p.id) FILTER (WHERE {_COUNTED} AND {_WAITING})::int AS waiting,
               count(p.id) FILTER (WHERE {_COUNTED} AND {_WAITING} AND p.answer_due_at < now())::int AS overdue,
               coalesce(sum(act.supports) FILTER (WHERE {_COUNTED}), 0)::int AS supports,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM p.answered_at - p.published_at) / 86400)
                   FILTER (WHERE {_COUNTED} AND {_ANSWERED} AND p.answered_at >= p.published_at) AS median_days,
               count(p.id) FILTER (WHERE NOT {_COUNTED})::int AS imported
        FROM topic t LEFT JOIN proposal p ON p.municipality_id = t.municipality_id AND p.topic_id = t.id
            AND {PUBLIC_SQL}
        LEFT JOIN proposal_activity act ON act.municipality_id = p.municipality_id AND act.proposal_id = p.id
        WHERE t.municipality_id = $1 GROUP BY GROUPING SETS ((t.id), ())
    )
    INSERT INTO proposal_figures AS f (municipality_id, topic_id, {_COLUMNS}, participants)
    SELECT $1, topic_id, {_COLUMNS}, CASE WHEN topic_id IS NULL THEN ({_PARTICIPANTS}) END FROM counted
    ON CONFLICT (municipality_id, coalesce(topic_id, 0)) DO UPDATE
    SET ({_COLUMNS}, participants) = (excluded.proposals, excluded.answered, excluded.waiting, excluded.overdue,
                                      excluded.supports, excluded.median_days, excluded.imported,
                                      excluded.participants)
    WHERE (f.proposals, f.answered, f.waiting, f.overdue, f.supports, f.median_days, f.imported, f.participants)
        IS DISTINCT FROM (excluded.proposals, excluded.answered, excluded.waiting, excluded.overdue,
                          excluded.supports, excluded.median_days, excluded.imported, excluded.participants)
    RETURNING f.id
"""


async def count_figures(municipality_id: int) -> int:
    """Count all figures anew; returns how many rows changed. One counter works at a time, so the latest wins."""
    async with unit_of_work():
        await execute("SELECT pg_advisory_xact_lock($1, $2)", Lock.COUNT_FIGURES, municipality_id)
        rows = await fetch(_COUNT, municipality_id)
        if rows:
            await changed([TAG])
    return len(rows)


async def ask_for_figures(municipality_id: int) -> None:
    """Have the figures counted within a moment; part of the caller's unit of work."""
    payload = {"municipality_id": municipality_id}
    await enqueue_soon("count_figures", str(municipality_id), payload, within=_WITHIN)


async def overall_figures(municipality_id: int) -> OverallRow:
    """The figures of all topics together, as last counted; topics are open or not as of now."""
    row = await fetch_row(
        f"""SELECT {_COLUMNS}, participants,
                   (SELECT count(*) FROM topic t WHERE t.municipality_id = $1 AND t.opens_at <= now()
                    AND (t.closes_at IS NULL OR t.closes_at > now()))::int AS open_topics
            FROM (VALUES (1)) one LEFT JOIN proposal_figures f ON f.municipality_id = $1
                AND coalesce(f.topic_id, 0) = 0""",
        municipality_id,
    )
    assert row is not None
    *figures, participants, open_topics = row.values()
    counted = FiguresRow() if participants is None else FiguresRow(*figures)
    return OverallRow(counted, participants or 0, open_topics)


async def figures_of_topics(municipality_id: int, topic_ids: Sequence[int]) -> dict[int, FiguresRow]:
    """The figures of each of these topics, as last counted; one that is not counted yet has none."""
    rows = await fetch(
        f"""SELECT topic_id, {_COLUMNS} FROM proposal_figures
            WHERE municipality_id = $1 AND coalesce(topic_id, 0) = ANY($2)""",
        municipality_id,
        topic_ids,
    )
    found = {topic_id: FiguresRow() for topic_id in topic_ids}
    return found | {topic_id: FiguresRow(*figures) for topic_id, *figures in (row.values() for row in rows)}
