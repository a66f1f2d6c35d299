"""Counts derived from the ledgers: in windows while people are active, from the first row when proved."""

from dataclasses import dataclass
from datetime import timedelta

from backend.database import execute, fetch, fetch_row, fetch_value, unit_of_work
from backend.outbox import enqueue_soon
from backend.tags import changed

COUNT_LOCK = 7_265_062
"""The advisory lock of counting, with the municipality as its second key."""

COUNT_WITHIN = timedelta(seconds=3)
"""How long supports gather before they are counted. A count rewrites the proposal and its indexes, so each window costs
once for every proposal in it; whoever supports is told the exact count at once, and lists follow."""


async def count_supports(municipality_id: int) -> int:
    """Add every settled support event to its proposal's count, once; returns how many proposals changed.

    A window ends at the oldest transaction still running, so no event can appear behind it later; what may be
    behind it is asked for again. One counter works at a time: a second one asks again too, and returns 0.
    """
    async with unit_of_work():
        if not await fetch_value("SELECT pg_try_advisory_xact_lock($1, $2)", COUNT_LOCK, municipality_id):
            await ask_for_count(municipality_id)
            return 0
        window = await fetch_row(
            """INSERT INTO support_window AS w (municipality_id, counted_to) VALUES ($1, 0)
               ON CONFLICT (municipality_id) DO UPDATE SET counted_to = w.counted_to
               RETURNING counted_to, pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS settled""",
            municipality_id,
        )
        assert window is not None
        rows = await fetch(
            """UPDATE proposal p SET supports = p.supports + d.delta
               FROM (SELECT proposal_id, sum(CASE WHEN ordinal % 2 = 1 THEN 1 ELSE -1 END)::int AS delta
                     FROM support_event WHERE municipality_id = $1 AND txid >= $2 AND txid < $3
                     GROUP BY proposal_id) d
               WHERE p.municipality_id = $1 AND p.id = d.proposal_id RETURNING p.id""",
            municipality_id,
            window["counted_to"],
            window["settled"],
        )
        may_be_more = await fetch_value(
            """UPDATE support_window SET counted_to = $2 WHERE municipality_id = $1
               RETURNING $2 < pg_current_xact_id()::text::bigint
                   OR EXISTS (SELECT FROM support_event WHERE municipality_id = $1 AND txid >= $2)""",
            municipality_id,
            window["settled"],
        )
        if may_be_more:
            await ask_for_count(municipality_id)
        if rows:
            await changed(["supports", *(f"proposal:{row['id']}" for row in rows)])
    return len(rows)


async def ask_for_count(municipality_id: int) -> None:
    """Have supports counted within `COUNT_WITHIN`; part of the caller's unit of work."""
    await enqueue_soon(
        "count_supports", str(municipality_id), {"municipality_id": municipality_id}, within=COUNT_WITHIN
    )


@dataclass(frozen=True, slots=True)
class Drift:
    """A stored figure of one proposal that its ledger does not bear out."""

    proposal_id: int
    subject: str
    stored: int
    derived: int


# One statement is one snapshot: the window, the counts and the ledger are seen as of the same moment.
_PROVE = """
    SELECT p.id, f.subject, f.stored, f.derived
    FROM proposal p
    CROSS JOIN LATERAL (VALUES
        ('supports', p.supports, (
            SELECT coalesce(sum(CASE WHEN e.ordinal % 2 = 1 THEN 1 ELSE -1 END), 0)::int FROM support_event e
            WHERE e.municipality_id = p.municipality_id AND e.proposal_id = p.id
              AND e.txid < (SELECT counted_to FROM support_window w WHERE w.municipality_id = $1))),
        ('comments', p.comments, (
            SELECT count(*)::int FROM comment c
            WHERE c.municipality_id = p.municipality_id AND c.proposal_id = p.id AND c.state = 'published'))
    ) AS f(subject, stored, derived)
    WHERE p.municipality_id = $1 AND f.stored <> f.derived
    ORDER BY p.id LIMIT 1000
"""


async def recount(municipality_id: int, *, repair: bool) -> list[Drift]:
    """Compare every stored count with its ledger; at most 1,000 differences are returned.

    Each difference becomes a row of `recount_alarm`. With `repair` the stored figures are set right as well.
    Counting waits meanwhile.
    """
    async with unit_of_work():
        await execute("SELECT pg_advisory_xact_lock($1, $2)", COUNT_LOCK, municipality_id)
        drifts = [Drift(*row.values()) for row in await fetch(_PROVE, municipality_id)]
        for drift in drifts:
            await execute(
                """INSERT INTO recount_alarm (municipality_id, subject, subject_id, stored, derived)
                   VALUES ($1, $2, $3, $4, $5)""",
                municipality_id,
                f"proposal.{drift.subject}",
                drift.proposal_id,
                drift.stored,
                drift.derived,
            )
            if repair:
                await execute(
                    f"UPDATE proposal SET {drift.subject} = $3 WHERE municipality_id = $1 AND id = $2",
                    municipality_id,
                    drift.proposal_id,
                    drift.derived,
                )
                await changed([f"proposal:{drift.proposal_id}"])
    return drifts


async def count_comments(municipality_id: int, proposal_id: int) -> None:
    """Set a proposal's number of published comments from its comments; part of the caller's unit of work."""
    await execute(
        """UPDATE proposal SET active_at = greatest(active_at, (SELECT max(published_at) FROM comment
                WHERE municipality_id = $1 AND proposal_id = $2 AND state = 'published')),
            comments = (SELECT count(*) FROM comment
                WHERE municipality_id = $1 AND proposal_id = $2 AND state = 'published')
           WHERE municipality_id = $1 AND id = $2""",
        municipality_id,
        proposal_id,
    )
    await changed([f"proposal:{proposal_id}"])
