"""The links of a row: from columns of their own, or from one JSON list as Samskap's exports have it."""

from typing import Any, Final

from backend.imports.fields import Fields
from backend.imports.json_scan import JsonError, parse
from backend.imports.rows import ProposalLink
from backend.imports.schema import ImportMapping, LinkColumns

MAX_LINKS: Final = 1_000
MAX_TARGET: Final = 200


def read_links(fields: Fields, mapping: ImportMapping) -> tuple[ProposalLink, ...]:
    """The links by target; what is wrong is left in `fields.errors`."""
    if mapping.links is not None:
        return _from_columns(fields, mapping.links)
    if mapping.links_json is not None:
        return _from_json(fields, mapping.links_json)
    return ()


def _from_columns(fields: Fields, columns: LinkColumns) -> tuple[ProposalLink, ...]:
    target = fields.cell(columns.target)
    selected = _selected(fields, columns)
    numbers = {name: fields.number(column, fields.raw(column)) for name, column in columns.numbers.items()}
    known = tuple(sorted((name, number) for name, number in numbers.items() if number is not None))
    # "Not selected" alone says nothing; a selection or a budget is kept even where the plan has no name.
    if not (target or selected or known):
        return ()
    target = fields.line_of_text(columns.target, target, 0, MAX_TARGET)
    return (ProposalLink(target, selected, known),)


def _selected(fields: Fields, columns: LinkColumns) -> bool | None:
    if columns.selected is None:
        return None
    word = fields.cell(columns.selected)
    if word and word not in columns.selected_values:
        fields.fail(columns.selected, "unknown_value", word)
    return columns.selected_values.get(word)


def _from_json(fields: Fields, column: str) -> tuple[ProposalLink, ...]:
    value: Any = fields.raw(column)
    if isinstance(value, str):
        try:
            value = parse(value) if value.strip() else None
        except JsonError:
            fields.fail(column, "bad_link", value)
            return ()
    if value is None:
        return ()
    if not isinstance(value, list):
        fields.fail(column, "bad_link", value)
        return ()
    if len(value) > MAX_LINKS:
        fields.fail(column, "too_many_links", len(value), MAX_LINKS)
        return ()
    found = {link for item in value if (link := _link(fields, column, item)) is not None}
    if len({link.target for link in found}) != len(found):
        fields.fail(column, "bad_link", value)
    return tuple(sorted(found, key=lambda link: link.target))


def _link(fields: Fields, column: str, item: Any) -> ProposalLink | None:
    known = {"target", "selected", "numbers"}
    if not isinstance(item, dict) or not set(item) <= known or not isinstance(item.get("target"), str):
        fields.fail(column, "bad_link", item)
        return None
    selected, numbers = item.get("selected"), item.get("numbers") or {}
    if not (selected is None or isinstance(selected, bool)) or not isinstance(numbers, dict):
        fields.fail(column, "bad_link", item)
        return None
    target = fields.line_of_text(column, fields.clean(column, item["target"]), 0, MAX_TARGET)
    read = ((fields.clean(column, name), fields.number(column, number)) for name, number in numbers.items())
    known_numbers = {name: number for name, number in read if number is not None}
    return ProposalLink(target, selected, tuple(sorted(known_numbers.items())))
