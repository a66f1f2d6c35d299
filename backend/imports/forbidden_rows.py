"""Proposals of a file that whoever imports it may not write, since they are in a topic of others."""

from typing import Final

from backend.imports.errors import RowError, row_error
from backend.imports.plan import ImportPlan
from backend.platform.database import fetch

_KEYS_AT_ONCE: Final = 5_000


async def forbidden_rows(
    municipality_id: int, plan: ImportPlan, topics: frozenset[int] | None
) -> dict[str, list[RowError]]:
    """What bars proposals from being imported into `topics` (None: all are open), by external key.

    A row may name a topic of others, or change a proposal that was imported into one.
    """
    if topics is None:
        return {}
    slugs = await _slugs(municipality_id, topics)
    elsewhere = await _elsewhere(municipality_id, plan, topics)
    topic_column, key_column = plan.mapping.columns.get("topic", "topic"), "+".join(plan.mapping.key)
    found: dict[str, list[RowError]] = {}
    for row in plan.proposals:
        errors = []
        if row.topic not in slugs:
            errors.append(row_error(row.line, "topic_not_yours", column=topic_column, value=row.topic))
        if row.external_key in elsewhere:
            errors.append(row_error(row.line, "held_elsewhere", column=key_column, value=row.external_key))
        if errors:
            found[row.external_key] = errors
    return found


async def _slugs(municipality_id: int, topics: frozenset[int]) -> set[str]:
    rows = await fetch(
        "SELECT slug FROM topic WHERE municipality_id = $1 AND id = ANY($2)", municipality_id, list(topics)
    )
    return {row["slug"] for row in rows}


async def _elsewhere(municipality_id: int, plan: ImportPlan, topics: frozenset[int]) -> set[str]:
    keys = [row.external_key for row in plan.proposals]
    found: set[str] = set()
    for at in range(0, len(keys), _KEYS_AT_ONCE):
        rows = await fetch(
            """SELECT external_key FROM proposal
               WHERE municipality_id = $1 AND source = $2 AND external_key = ANY($3) AND topic_id <> ALL($4)""",
            municipality_id,
            plan.mapping.source,
            keys[at : at + _KEYS_AT_ONCE],
            list(topics),
        )
        found.update(row["external_key"] for row in rows)
    return found
