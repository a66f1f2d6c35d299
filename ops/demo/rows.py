"""Rows gathered in memory with ids of their own, and written table by table."""

from collections.abc import Iterator
from typing import Any

from backend.platform.database import fetch, unit_of_work

_ORDER = (
    "account",
    "account_display_name",
    "proposal",
    "proposal_version",
    "proposal_transition",
    "proposal_answer",
    "proposal_invitation",
    "support_event",
    "comment",
    "follow",
    "moderation_case",
    "moderation_signal",
    "report",
    "event",
)
"""Tables in the order of their references."""

_EXPRESSIONS = {("proposal", "search"): "{}::text::tsvector"}


class Rows:
    """Rows of a municipality by table."""

    def __init__(self, municipality_id: int) -> None:
        self.municipality_id = municipality_id
        self._tables: dict[str, list[dict[str, Any]]] = {}

    def add(self, table: str, **values: Any) -> None:
        """One more row; all rows of a table name the same columns."""
        self._tables.setdefault(table, []).append({"municipality_id": self.municipality_id, **values})

    def of(self, table: str) -> list[dict[str, Any]]:
        """What has been gathered for a table so far."""
        return self._tables.get(table, [])

    async def write(self) -> None:
        """Insert everything; part of the caller's unit of work."""
        for table in _ORDER:
            rows = self._tables.pop(table, [])
            if rows:
                await _insert(table, rows)


async def _insert(table: str, rows: list[dict[str, Any]]) -> None:
    columns = list(rows[0])
    values = [
        _EXPRESSIONS.get((table, column), "{}").format(f"${number}")
        for number, column in enumerate(columns, 1)
    ]
    async with unit_of_work() as connection:
        await connection.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(values)})",
            [[row[column] for column in columns] for row in rows],
        )


async def reserve(table: str, count: int) -> Iterator[int]:
    """So many ids of a table, ascending, that nobody else will get."""
    rows = await fetch(
        "SELECT nextval(pg_get_serial_sequence($1, 'id')) AS id FROM generate_series(1, $2)", table, count
    )
    return iter([row["id"] for row in rows])
