"""A whole file read, checked and settled: what an import would write, and everything it would not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from backend.imports.errors import RowError
from backend.imports.merging import Settlement, merge_rows
from backend.imports.reader import open_rows
from backend.imports.rows import ImportedProposal, RawRow
from backend.imports.schema import ImportMapping
from backend.imports.validate import ProposalLimits, external_key, validate_row

PROGRESS_EVERY: Final = 1_000


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a file holds. Always: rows_read = rows_used + rows_refused + rows_held_back.

    `rows_refused` have errors of their own. `rows_held_back` are sound rows of a key of which another row is
    not, or of which rows differ and may not; a proposal is never imported from half of its rows.
    `keys_left_out` are the readable keys of both. `digest` is the hex SHA-256 of the file. `complete` says
    whether the trailer of an own export agrees with its rows; None: there is no trailer.
    """

    mapping: ImportMapping
    proposals: tuple[ImportedProposal, ...]
    errors: tuple[RowError, ...]
    settlements: tuple[Settlement, ...]
    rows_read: int
    rows_used: int
    rows_refused: int
    keys_left_out: tuple[str, ...]
    ignored_columns: tuple[str, ...]
    complete: bool | None
    digest: str

    @property
    def rows_held_back(self) -> int:
        """Sound rows that are not used."""
        return self.rows_read - self.rows_used - self.rows_refused

    @property
    def keys_settled(self) -> int:
        """How many proposals the settlements are about."""
        return len({item.key for item in self.settlements})


@dataclass(slots=True)
class _Sorting:
    """Rows sorted into sound and refused ones, while they are read."""

    mapping: ImportMapping
    limits: ProposalLimits
    sound: list[ImportedProposal] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    refused: int = 0
    bad_keys: set[str] = field(default_factory=set)

    def take(self, raw: RawRow) -> None:
        """Put the row where it belongs; a refused one keeps others of its key out."""
        checked = validate_row(raw, self.mapping, self.limits)
        if isinstance(checked, ImportedProposal):
            self.sound.append(checked)
            return
        self.errors += checked
        self.refused += 1
        key = external_key(raw, self.mapping)
        if key is not None:
            self.bad_keys.add(key)


def read_proposals(
    path: Path,
    mapping: ImportMapping,
    *,
    limits: ProposalLimits | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> ImportPlan:
    """Read a file into a plan. Blocking: call it in a thread. UnreadableFile: there is nothing to read.

    `on_progress` is called with the number of rows read, every `PROGRESS_EVERY` rows and at the end.
    """
    sorting = _Sorting(mapping, limits or ProposalLimits())
    with open_rows(path, mapping) as rows:
        for raw in rows:
            if on_progress is not None and rows.rows_read % PROGRESS_EVERY == 0:
                on_progress(rows.rows_read)
            sorting.take(raw)
        if on_progress is not None:
            on_progress(rows.rows_read)
        report, digest = rows.report, rows.digest()
    whole = [row for row in sorting.sound if row.external_key not in sorting.bad_keys]
    settled = merge_rows(whole, mapping)
    errors = [*report.problems, *sorting.errors, *settled.errors]
    return ImportPlan(
        mapping=mapping,
        proposals=settled.proposals,
        errors=tuple(sorted(errors, key=lambda error: error.line)),
        settlements=settled.settlements,
        rows_read=rows.rows_read,
        rows_used=sum(row.external_key not in settled.refused_keys for row in whole),
        rows_refused=sorting.refused,
        keys_left_out=tuple(sorted(sorting.bad_keys | settled.refused_keys)),
        ignored_columns=report.ignored(mapping),
        complete=report.complete,
        digest=digest,
    )
