"""What was wrong in the rows of a run's file, kept to be read page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from backend.imports.errors import MESSAGES, RowError
from backend.imports.masking import mask
from backend.platform.database import execute, fetch

MOST_STORED: Final = 10_000
"""Errors of one run that are kept; nobody mends more by hand, and a file may be wrong in every row."""

_AT_ONCE: Final = 1_000
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class RowErrorRow:
    """One thing wrong; `line` is 1-based, 0 for the file as a whole. Nothing of it is personal data."""

    run_id: int
    ordinal: int
    line: int
    column: str
    value: str
    code: str
    detail: str

    @property
    def as_error(self) -> RowError:
        """The error, which knows its sentence."""
        return RowError(self.line, self.column, self.value, self.code, self.detail)


def bad_lines(errors: Sequence[RowError]) -> int:
    """How many rows have something wrong with them; the file as a whole is none."""
    return len({error.line for error in errors if error.line})


async def store_errors(municipality_id: int, run_id: int, errors: Sequence[RowError]) -> None:
    """Keep a run's errors instead of those it had; part of the caller's unit of work."""
    await execute(
        "DELETE FROM import_row_error WHERE municipality_id = $1 AND run_id = $2", municipality_id, run_id
    )
    for at in range(0, min(len(errors), MOST_STORED), _AT_ONCE):
        part = errors[at : min(at + _AT_ONCE, MOST_STORED)]
        await execute(
            """INSERT INTO import_row_error
                   (municipality_id, run_id, ordinal, line, column_name, value, code, detail)
               SELECT $1, $2, * FROM unnest($3::int[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[])""",
            municipality_id,
            run_id,
            [at + number for number in range(1, len(part) + 1)],
            [error.line for error in part],
            [_storable(error.column) for error in part],
            [_storable(error.value) for error in part],
            [error.code for error in part],
            [_storable(error.detail) for error in part],
        )


def _storable(text: str) -> str:
    """Masked, short, and without what PostgreSQL cannot store: a refused value may be any bytes."""
    storable = text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return mask(storable[: 2 * _LONGEST], _LONGEST)[0]


async def errors_of_runs(
    municipality_id: int, run_ids: Sequence[int], *, after: int, limit: int
) -> dict[int, list[RowErrorRow]]:
    """The errors of each run after the one numbered `after`, in the order of the file, at most `limit` of each."""
    rows = await fetch(
        """SELECT e.* FROM unnest($2::bigint[]) AS r(id) CROSS JOIN LATERAL (
               SELECT run_id, ordinal, line, column_name, value, code, detail FROM import_row_error
               WHERE municipality_id = $1 AND run_id = r.id AND ordinal > $3 ORDER BY ordinal LIMIT $4) e
           ORDER BY e.run_id, e.ordinal""",
        municipality_id,
        run_ids,
        after,
        limit,
    )
    found: dict[int, list[RowErrorRow]] = {run_id: [] for run_id in run_ids}
    for row in rows:
        if row["code"] in MESSAGES:
            found[row["run_id"]].append(RowErrorRow(*row.values()))
    return found
