"""Counts derived from the ledgers: in windows while people are active, from the first row when proved.

They are in `proposal_activity`, a narrow row for each proposal: rewriting the proposal itself would write every index
over its words again, a few milliseconds each.
"""

from dataclasses import dataclass
from datetime import timedelta

from backend.platform.database import execute, fetch, fetch_row, fetch_value, unit_of_work
from backend.platform.locks import Lock
from backend.platform.outbox import enqueue_soon
from backend.platform.tags import changed
from backend.proposals.sql import support_change

COUNT_WITHIN = timedelta(seconds=3)
"""How long supports gather before they are counted, each proposal once; whoever supports gets the exact count at
once, and lists follow."""

SLICE_EVENTS = 5_000
"""The most events that one transaction counts, unless one of the ledger's own transactions wrote more."""

_SLICES = 40
"""The most slices that one call takes; what is left then is counted by the next one."""


async def count_supports(municipality_id: int) -> int:
    """Add every settled support event to its proposal's count, once; returns how many counts were changed.

    A backlog is taken in slices, and each is committed by itself: what is counted stays counted, wherever the counting
    ends. So call it outside a unit of work. One counter works at a time: a second one leaves a request for another
    count, and returns 0.
    """
    counted = 0
    for _ in range(_SLICES):
        rows, is_last = await _count_slice(municipality_id)
        counted += rows
        if is_last:
            return counted
    await ask_for_count(municipality_id)
    return counted


async def _count_slice(municipality_id: int) -> tuple[int, bool]:
    """How many counts were changed, and whether nothing is left that could be counted now.

    The window ends at the oldest transaction still running, so no event can appear behind it later; what may be
    behind it is asked for again.
    """
    async with unit_of_work():
        if not await fetch_value(
            "SELECT pg_try_advisory_xact_lock($1, $2)", Lock.COUNT_SUPPORTS, municipality_id
        ):
            await ask_for_count(municipality_id)
            return 0, True
        window = await fetch_row(
            """INSERT INTO support_window AS w (municipality_id, counted_to) VALUES ($1, 0)
               ON CONFLICT (municipality_id) DO UPDATE SET counted_to = w.counted_to
               RETURNING counted_to, pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS settled""",
            municipality_id,
        )
        assert window is not None
        begin, settled = window["counted_to"], window["settled"]
        end = await _end_of_slice(municipality_id, begin, settled)
        rows = await _add(municipality_id, begin, end)
        may_be_more = await fetch_value(
            """UPDATE support_window SET counted_to = $2 WHERE municipality_id = $1
               RETURNING $2 < pg_current_xact_id()::text::bigint
                   OR EXISTS (SELECT FROM support_event WHERE municipality_id = $1 AND txid >= $2)""",
            municipality_id,
            end,
        )
        if may_be_more and end == settled:
            await ask_for_count(municipality_id)
        if rows:
            await changed(["supports"])
    return rows, end == settled


async def _end_of_slice(municipality_id: int, begin: int, settled: int) -> int:
    """The number of the transaction that the slice ends before: those of the ledger are never split."""
    end: int = await fetch_value(
        """WITH waiting AS (SELECT txid FROM support_event WHERE municipality_id = $1 AND txid >= $2 AND txid < $3)
           SELECT CASE WHEN cut IS NULL THEN $3::bigint ELSE greatest(cut, (SELECT min(txid) + 1 FROM waiting)) END
           FROM (SELECT (SELECT txid FROM waiting ORDER BY txid OFFSET $4 LIMIT 1) AS cut) c""",
        municipality_id,
        begin,
        settled,
        SLICE_EVENTS,
    )
    return end


async def _add(municipality_id: int, begin: int, end: int) -> int:
    rows = await fetch(
        f"""UPDATE proposal_activity act SET supports = act.supports + d.delta
           FROM (SELECT proposal_id, sum({support_change()})::int AS delta
                 FROM support_event WHERE municipality_id = $1 AND txid >= $2 AND txid < $3
                 GROUP BY proposal_id) d
           WHERE act.municipality_id = $1 AND act.proposal_id = d.proposal_id AND d.delta <> 0
           RETURNING act.proposal_id""",
        municipality_id,
        begin,
        end,
    )
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
_PROVE = f"""
    SELECT act.proposal_id, f.subject, f.stored, f.derived
    FROM proposal_activity act
    CROSS JOIN LATERAL (VALUES
        ('supports', act.supports, (
            SELECT coalesce(sum({support_change("e.")}), 0)::int FROM support_event e
            WHERE e.municipality_id = act.municipality_id AND e.proposal_id = act.proposal_id
              AND e.txid < (SELECT counted_to FROM support_window w WHERE w.municipality_id = $1))),
        ('comments', act.comments, (
            SELECT count(*)::int FROM comment c
            WHERE c.municipality_id = act.municipality_id AND c.subject_type = 'proposal'
              AND c.subject_id = act.proposal_id AND c.state = 'published'))
    ) AS f(subject, stored, derived)
    WHERE act.municipality_id = $1 AND f.stored <> f.derived
    ORDER BY act.proposal_id LIMIT 1000
"""


async def recount(municipality_id: int, *, repair: bool) -> list[Drift]:
    """Compare every stored count with its ledger; at most 1,000 differences are returned.

    Each difference becomes a row of `recount_alarm`. With `repair` the stored figures are set right as well.
    Counting waits meanwhile.
    """
    async with unit_of_work():
        await execute("SELECT pg_advisory_xact_lock($1, $2)", Lock.COUNT_SUPPORTS, municipality_id)
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
                    f"""UPDATE proposal_activity SET {drift.subject} = $3
                        WHERE municipality_id = $1 AND proposal_id = $2""",
                    municipality_id,
                    drift.proposal_id,
                    drift.derived,
                )
                await changed([f"proposal:{drift.proposal_id}"])
    return drifts


async def count_comments(municipality_id: int, proposal_id: int) -> None:
    """Set a proposal's number of published comments from its comments; part of the caller's unit of work."""
    # A statement sees what was there when it began: whoever waited for the row has to count after that.
    await execute(
        "SELECT FROM proposal_activity WHERE municipality_id = $1 AND proposal_id = $2 FOR NO KEY UPDATE",
        municipality_id,
        proposal_id,
    )
    await execute(
        """UPDATE proposal_activity act SET active_at = greatest(act.active_at, c.latest), comments = c.published
           FROM (SELECT count(*) AS published, max(published_at) AS latest FROM comment
                 WHERE municipality_id = $1 AND subject_type = 'proposal' AND subject_id = $2 AND state = 'published') c
           WHERE act.municipality_id = $1 AND act.proposal_id = $2""",
        municipality_id,
        proposal_id,
    )
    await changed(["activity", f"proposal:{proposal_id}"])
