"""What came of an import, for people, for a file and for the row that remembers it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from backend.imports.errors import RowError
from backend.imports.masking import mask
from backend.imports.merging import Settlement
from backend.imports.plan import ImportPlan
from backend.imports.prepare import Masked

MOST_IN_RUN: Final = 1_000
"""How many entries of each list the row of a run keeps; `figures` has the true totals."""


@dataclass(frozen=True, slots=True)
class UnchangedState:
    """The file has a proposal in one state and the platform in another, which stays. "answered/accepted"."""

    key: str
    line: int
    in_file: str
    here: str


@dataclass(slots=True)
class ImportReport:
    """Counts are proposals. `total` = created + updated + unchanged once the import is through.

    `left_out` are the keys of proposals that bad rows kept out. `masked` covers what this run wrote. `warnings` are
    about rows that are taken in all the same.
    """

    plan: ImportPlan
    file_name: str
    errors: tuple[RowError, ...]
    left_out: tuple[str, ...]
    total: int
    dry_run: bool = False
    run_id: int | None = None
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    links_without_target: int = 0
    seconds: float = 0.0
    warnings: tuple[RowError, ...] = ()
    masked: list[Masked] = field(default_factory=list)
    unchanged_states: list[UnchangedState] = field(default_factory=list)

    def taken_up(self, created: int, updated: int) -> None:
        """Go on from what an earlier attempt at this run has stored, which is met again as unchanged."""
        self.created, self.updated = created, updated
        self.unchanged = -created - updated

    @property
    def done(self) -> int:
        """Proposals dealt with so far."""
        return self.created + self.updated + self.unchanged

    @property
    def figures(self) -> dict[str, int]:
        """Every total, by name."""
        return {
            "rows_read": self.plan.rows_read,
            "rows_refused": self.plan.rows_refused,
            "rows_held_back": self.plan.rows_held_back,
            "proposals": self.total,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "errors": len(self.errors),
            "warnings": len(self.warnings),
            "left_out": len(self.left_out),
            "keys_settled": self.plan.keys_settled,
            "settlements": len(self.plan.settlements),
            "masked": len(self.masked),
            "states_kept": len(self.unchanged_states),
            "links_without_target": self.links_without_target,
        }

    def as_json(self, most: int | None = None) -> dict[str, Any]:
        """Plain values; at most `most` entries in each list, and no personal data in any value."""
        return {
            "file": self.file_name,
            "sha256": self.plan.digest,
            "source": self.plan.mapping.source,
            "mapping": self.plan.mapping.name,
            "dry_run": self.dry_run,
            "seconds": round(self.seconds, 2),
            "repeated_keys_rule": self.plan.mapping.repeats,
            "ignored_columns": list(self.plan.ignored_columns),
            "figures": self.figures,
            "errors": [error_json(error) for error in self.errors[:most]],
            "warnings": [error_json(error) for error in self.warnings[:most]],
            "left_out": [mask(key)[0] for key in self.left_out[:most]],
            "settlements": [_settlement(item) for item in self.plan.settlements[:most]],
            "masked": [self._masked(item) for item in self.masked[:most]],
            "states_kept": [
                {"key": item.key, "line": item.line, "in_file": item.in_file, "here": item.here}
                for item in self.unchanged_states[:most]
            ],
        }

    def _masked(self, item: Masked) -> dict[str, Any]:
        column = self.plan.mapping.columns.get(item.field, item.field)
        return {"key": item.key, "line": item.line, "column": column, "kind": item.kind.value}


def error_json(error: RowError) -> dict[str, Any]:
    """One error; personal data in the refused value is masked, as reports are passed around."""
    return {
        "line": error.line,
        "column": error.column,
        "value": mask(error.value)[0],
        "code": error.code,
        "message": mask(error.message)[0],
    }


def _settlement(item: Settlement) -> dict[str, Any]:
    return {
        "key": item.key,
        "column": item.column,
        "kept": mask(item.winning)[0],
        "dropped": [mask(value)[0] for value in item.dropped],
        "lines": list(item.lines),
    }


Progress = Callable[[int, int], None]
"""Told how many proposals are done, of how many."""
