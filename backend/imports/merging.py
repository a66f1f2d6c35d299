"""Several rows of one key made into one proposal, with everything that was decided on the way."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from backend.imports.errors import RowError, row_error
from backend.imports.rows import ImportedProposal, ProposalLink, link_value
from backend.imports.schema import ImportMapping, Repeats


@dataclass(frozen=True, slots=True)
class Settlement:
    """Rows of `key` differed in `column`: `winning` is the value of the winning row, `dropped` the others.

    `lines` are those of all rows of the key, the winning row's first. A link's column reads "column target".
    """

    key: str
    column: str
    winning: str
    dropped: tuple[str, ...]
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MergedRows:
    """Proposals in the order of their first rows; keys that differ and may not are errors instead."""

    proposals: tuple[ImportedProposal, ...]
    settlements: tuple[Settlement, ...]
    errors: tuple[RowError, ...]
    refused_keys: frozenset[str]


# State and outcome are one statement: a winner's state with a loser's outcome would be nobody's.
_COMPARED: Final[Mapping[str, Callable[[ImportedProposal], object]]] = {
    "title": lambda row: row.title,
    "body": lambda row: row.body,
    "topic": lambda row: row.topic,
    "language": lambda row: row.language,
    "latitude": lambda row: row.latitude,
    "longitude": lambda row: row.longitude,
    "place_label": lambda row: row.place_label,
    "state": lambda row: row.state if row.outcome is None else f"{row.state}/{row.outcome}",
    "created_at": lambda row: row.created_at and row.created_at.isoformat(),
    "published_at": lambda row: row.published_at and row.published_at.isoformat(),
}


def merge_rows(rows: Iterable[ImportedProposal], mapping: ImportMapping) -> MergedRows:
    """One proposal per key by the rule `mapping.repeats`; the winner gives every value, links are united."""
    groups: dict[str, list[ImportedProposal]] = {}
    for row in rows:
        groups.setdefault(row.external_key, []).append(row)
    proposals: list[ImportedProposal] = []
    settlements: list[Settlement] = []
    errors: list[RowError] = []
    refused: set[str] = set()
    for key, group in groups.items():
        proposal, found = _merge(group, mapping)
        if found and mapping.repeats == "refuse":
            refused.add(key)
            errors += [
                row_error(item.lines[1], "differs", column=item.column, value=item.dropped[0])
                for item in found
            ]
        else:
            proposals.append(proposal)
            settlements += found
    return MergedRows(tuple(proposals), tuple(settlements), tuple(errors), frozenset(refused))


def _merge(
    group: Sequence[ImportedProposal], mapping: ImportMapping
) -> tuple[ImportedProposal, list[Settlement]]:
    if len(group) == 1:
        return group[0], []
    ordered = _winner_first(group, mapping.repeats)
    found = []
    for field, read in _COMPARED.items():
        column = mapping.columns.get(field, field)
        found += _difference(ordered, column, [_shown(read(row)) for row in ordered])
    links, differing = _merge_links(ordered, mapping)
    return replace(ordered[0], links=links), found + differing


def _winner_first(group: Sequence[ImportedProposal], rule: Repeats) -> Sequence[ImportedProposal]:
    return group[::-1] if rule == "last" else group


def _difference(ordered: Sequence[ImportedProposal], column: str, values: Sequence[str]) -> list[Settlement]:
    dropped = tuple(value for value in dict.fromkeys(values) if value != values[0])
    if not dropped:
        return []
    return [
        Settlement(ordered[0].external_key, column, values[0], dropped, tuple(row.line for row in ordered))
    ]


def _merge_links(
    ordered: Sequence[ImportedProposal], mapping: ImportMapping
) -> tuple[tuple[ProposalLink, ...], list[Settlement]]:
    """One link per target; of links that differ for one target the winning row's is kept."""
    by_target: dict[str, list[ProposalLink]] = {}
    for row in ordered:
        for link in row.links:
            by_target.setdefault(link.target, []).append(link)
    column = mapping.links.target if mapping.links else mapping.links_json or "links"
    found = []
    for target, links in by_target.items():
        values = [json.dumps(link_value(link), ensure_ascii=False) for link in links]
        found += _difference(ordered, f"{column} {target}", values)
    return tuple(by_target[target][0] for target in sorted(by_target)), found


def _shown(value: object) -> str:
    return "" if value is None else str(value)
