"""What an import works with: raw rows as a file has them, and proposals as the platform will have them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backend.imports.errors import RowError
from backend.proposals.states import ANSWERED_STATES, Capacity, Outcome, ProposalState, permits

STATES: Final = frozenset(
    state.value for state in ProposalState if permits(ProposalState.NONE, state, Capacity.IMPORT)
)
"""The states that a proposal may be imported in."""

OUTCOMES: Final = frozenset(outcome.value for outcome in Outcome)
WITH_OUTCOME: Final = frozenset(state.value for state in ANSWERED_STATES)
"""In these states a proposal has an outcome, in the others it has none."""

_DIGEST_VERSION: Final = "samskap-proposal-row-1"


@dataclass(frozen=True, slots=True)
class RawRow:
    """One record: the line it starts on, its values by column name, and what was wrong with reading it.

    Values are text from CSV and any JSON value from JSON. With errors the values must not be used.
    """

    line: int
    values: Mapping[str, object]
    errors: tuple[RowError, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class ProposalLink:
    """A proposal's place in something larger, such as a plan.

    `selected` is None when the source does not say; `target` is "" when it gives numbers but no name.
    """

    target: str
    selected: bool | None = None
    numbers: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedProposal:
    """A proposal ready to be written. Coordinates are WGS84 degrees, times are aware and in UTC.

    `external_key` is unique within a source; `line` is where the file has it and no part of its content.
    """

    external_key: str
    line: int
    title: str
    body: str
    language: str
    topic: str
    state: str
    outcome: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    place_label: str = ""
    created_at: datetime | None = None
    published_at: datetime | None = None
    links: tuple[ProposalLink, ...] = ()


def link_value(link: ProposalLink) -> dict[str, object]:
    """A link as JSON has it: `{"target": …, "selected": …, "numbers": {…}}`."""
    return {"target": link.target, "selected": link.selected, "numbers": dict(link.numbers)}


def row_digest(row: ImportedProposal) -> str:
    """Hex SHA-256 of the content: equal for rows that would be stored alike, wherever they came from."""
    content = [
        _DIGEST_VERSION,
        row.external_key,
        row.title,
        row.body,
        row.language,
        row.topic,
        row.state,
        row.outcome,
        row.latitude,
        row.longitude,
        row.place_label,
        row.created_at and row.created_at.isoformat(),
        row.published_at and row.published_at.isoformat(),
        [link_value(link) for link in sorted(row.links, key=lambda link: link.target)],
    ]
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
