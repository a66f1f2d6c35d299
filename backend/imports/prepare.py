"""A checked row made fit to store: cleaned, masked, indexed for search. Pure, and the slow part.

Finding personal data and indexing take about a millisecond a text, so large imports spread them over
processes.
"""

import asyncio
import os
import threading
from collections.abc import Awaitable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context, parent_process
from types import TracebackType
from typing import Final

from backend.imports.errors import RowError, row_error
from backend.imports.links import MAX_TARGET
from backend.imports.masking import mask
from backend.imports.plan import ImportPlan
from backend.imports.rows import ImportedProposal, ProposalLink, row_digest
from backend.imports.validate import ProposalLimits
from backend.proposals.content import indexed_text
from backend.text.markup import clean_text
from backend.text.personal_data.detection import PersonalDataKind, find_personal_data

_LIMITS: Final = ProposalLimits()
# In a key only what cannot be chance: a long number in a key is most often just a number.
_KINDS_IN_KEYS: Final = frozenset({PersonalDataKind.NATIONAL_IDENTITY_NUMBER, PersonalDataKind.EMAIL})
_MAX_PROCESSES: Final = 4
# Below this many texts, starting processes takes longer than the work.
_WORTH_A_PROCESS: Final = 200


@dataclass(frozen=True, slots=True)
class Masked:
    """Personal data of this kind was taken out of a field; what it was is not kept."""

    key: str
    line: int
    field: str
    kind: PersonalDataKind


@dataclass(frozen=True, slots=True)
class PreparedProposal:
    """A row as it will be stored; `digest` is that of the row as the file has it.

    `grams` is a PostgreSQL array literal: arrays of unequal lengths cannot travel as one parameter.
    """

    row: ImportedProposal
    digest: bytes
    grams: str
    search_vector: str
    masked: tuple[Masked, ...]


def unfit(plan: ImportPlan) -> dict[str, list[RowError]]:
    """Proposals that are sound by themselves and cannot be stored: what is wrong, by external key."""
    errors: dict[str, list[RowError]] = {}
    key_column, title_column = "+".join(plan.mapping.key), plan.mapping.columns.get("title", "title")
    for row in plan.proposals:
        found = []
        if any(finding.kind in _KINDS_IN_KEYS for finding in find_personal_data(row.external_key)):
            found.append(row_error(row.line, "personal_key", column=key_column))
        if not clean_text(row.title, multiline=False):
            found.append(row_error(row.line, "empty", column=title_column))
        if found:
            errors[row.external_key] = found
    return errors


def prepare_rows(rows: Sequence[ImportedProposal]) -> list[PreparedProposal]:
    """Clean, mask and index; in the order of `rows`."""
    return [_prepare(row) for row in rows]


def _prepare(row: ImportedProposal) -> PreparedProposal:
    masked: list[Masked] = []

    def masked_text(field: str, text: str, longest: int, *, multiline: bool = False) -> str:
        found, kinds = mask(clean_text(text, multiline=multiline), longest, multiline=multiline)
        masked.extend(Masked(row.external_key, row.line, field, kind) for kind in kinds)
        return found

    links: dict[str, ProposalLink] = {}
    for link in row.links:
        target = masked_text("links", link.target, MAX_TARGET)
        links.setdefault(target, replace(link, target=target))
    stored = replace(
        row,
        title=masked_text("title", row.title, _LIMITS.title_max),
        body=masked_text("body", row.body, _LIMITS.body_max, multiline=True),
        place_label=masked_text("place_label", row.place_label, _LIMITS.place_max),
        links=tuple(links.values()),
    )
    text = indexed_text(stored.title, stored.body, stored.language)
    grams = f"{{{','.join(map(str, text.grams))}}}"
    return PreparedProposal(stored, bytes.fromhex(row_digest(row)), grams, text.search_vector, tuple(masked))


class Preparer:
    """Prepares lists of rows beside the event loop, `width` of them at a time; an async context manager."""

    def __init__(self) -> None:
        self.width = min(os.cpu_count() or 1, _MAX_PROCESSES)
        # Forking a process that has threads and sockets may leave the child with a lock nobody opens.
        self._pool = ProcessPoolExecutor(
            self.width, mp_context=get_context("spawn"), initializer=_end_with_parent
        )

    async def __aenter__(self) -> "Preparer":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What waits is dropped; what runs is a fraction of a second.
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)

    def start(self, rows: Sequence[ImportedProposal]) -> Awaitable[list[PreparedProposal]]:
        """Begin at once; the result may be awaited later. Small lists start no process."""
        if len(rows) < _WORTH_A_PROCESS:
            return asyncio.ensure_future(asyncio.to_thread(prepare_rows, rows))
        return asyncio.get_running_loop().run_in_executor(self._pool, prepare_rows, rows)


def _end_with_parent() -> None:
    # The pool's own pipe is held open by its siblings, so a killed parent would leave them waiting for ever.
    threading.Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
