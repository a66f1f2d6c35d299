"""Counting after a dump was restored into a new cluster.

Windows of counting go by PostgreSQL's transaction numbers, and a new cluster numbers from the start: what was
restored would seem to lie in the future. So the restored ledger is marked as one old transaction, and the
window begins right behind it.
"""

from dataclasses import dataclass

from backend.platform.database import execute, fetch, fetch_value, unit_of_work
from backend.platform.locks import Lock
from backend.platform.tags import changed
from backend.proposals.sql import support_change

# PostgreSQL keeps the numbers below 3 to itself, so nothing new is ever counted as restored.
_RESTORED, _WINDOW = 1, 3
# A statement's share, so that none runs into the time limit, however long the ledger is.
_EVENTS_AT_ONCE = 20_000
_PROPOSALS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Restored:
    """How many events of supports were marked, and how many proposals had a wrong count."""

    events: int
    proposals: int


async def recount_restored(municipality_id: int) -> Restored:
    """Mark the restored ledger of supports as counted and set every count right: all of it, or nothing.

    Doing it again, or without need, changes nothing that matters. No alarm is raised: a dump may hold supports
    that were not counted yet.
    """
    async with unit_of_work():
        await execute("SELECT pg_advisory_xact_lock($1, $2)", Lock.COUNT_SUPPORTS, municipality_id)
        events = await _mark(municipality_id)
        await execute(
            """INSERT INTO support_window (municipality_id, counted_to) VALUES ($1, $2)
               ON CONFLICT (municipality_id) DO UPDATE SET counted_to = excluded.counted_to""",
            municipality_id,
            _WINDOW,
        )
        wrong = await _set_right(municipality_id)
        await changed(["supports", "proposals", *(f"proposal:{number}" for number in wrong)])
    return Restored(events, len(wrong))


async def _mark(municipality_id: int) -> int:
    last: int | None = 0
    marked = 0
    # The ledger lets its numbers be changed, and only these, for whoever says so.
    await execute("SELECT set_config('samskap.restoring', 'on', true)")
    while last is not None:
        (row,) = await fetch(
            """WITH part AS (SELECT id FROM support_event WHERE municipality_id = $1 AND id > $2
                             ORDER BY id LIMIT $3),
                    done AS (UPDATE support_event e SET txid = $4 FROM part
                             WHERE e.municipality_id = $1 AND e.id = part.id AND e.txid <> $4 RETURNING e.id)
               SELECT (SELECT max(id) FROM part) AS last, (SELECT count(*) FROM done) AS marked""",
            municipality_id,
            last,
            _EVENTS_AT_ONCE,
            _RESTORED,
        )
        last, marked = row["last"], marked + row["marked"]
    await execute("SELECT set_config('samskap.restoring', 'off', true)")
    return marked


async def _set_right(municipality_id: int) -> list[int]:
    wrong: list[int] = []
    last = 0
    while ids := await fetch_value(
        """SELECT array_agg(id ORDER BY id) FROM (
               SELECT id FROM proposal WHERE municipality_id = $1 AND id > $2 ORDER BY id LIMIT $3) part""",
        municipality_id,
        last,
        _PROPOSALS_AT_ONCE,
    ):
        rows = await fetch(
            f"""UPDATE proposal_activity act SET supports = d.supports, comments = d.comments
               FROM (SELECT q.id,
                        (SELECT coalesce(sum({support_change("e.")}), 0)::int
                         FROM support_event e
                         WHERE e.municipality_id = $1 AND e.proposal_id = q.id AND e.txid < $3) AS supports,
                        (SELECT count(*)::int FROM comment c
                         WHERE c.municipality_id = $1 AND c.subject_type = 'proposal' AND c.subject_id = q.id
                           AND c.state = 'published') AS comments
                     FROM unnest($2::bigint[]) AS q (id)) d
               WHERE act.municipality_id = $1 AND act.proposal_id = d.id
                 AND (act.supports, act.comments) <> (d.supports, d.comments)
               RETURNING act.proposal_id AS id""",
            municipality_id,
            ids,
            _WINDOW,
        )
        wrong += [row["id"] for row in rows]
        last = ids[-1]
    return wrong
