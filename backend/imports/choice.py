"""What a planner says a file's columns mean: a mapping that ships with the platform, or one of their own."""

import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import orjson

from backend.imports.guess import Head, read_head
from backend.imports.mapping import (
    SUFFIXES,
    as_found,
    file_format,
    load_mapping,
    mapping_by_header,
    shipped_names,
)
from backend.imports.mapping_file import DECIMALS, ENCODINGS, mapping_from
from backend.imports.rows import STATES, WITH_OUTCOME
from backend.imports.schema import ImportMapping
from backend.imports.validate import LANGUAGES
from backend.platform.errors import Invalid
from backend.platform.validation import all_checked

_SOURCE: Final = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,39}")
_OWN: Final = "tilordningen"
"""What an error calls a mapping that came with the order itself."""

_MOST_NAMES: Final = 100
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A field of a proposal and the column that it comes from."""

    field: str
    column: str


@dataclass(frozen=True, slots=True)
class StateChoice:
    """A word of the file's, and the state and outcome that it means."""

    word: str
    state: str
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class MappingChoice:
    """How a file is to be read. Without `name` and `columns` its header decides.

    `name` is a shipped mapping's. With `columns` it is a mapping of the planner's own, which has a `key` and a
    `source` too; what is None is as in a mapping file that does not say. `source` says where the keys come from: a
    proposal is known again by source and key.
    """

    name: str | None = None
    source: str | None = None
    key: tuple[str, ...] = ()
    columns: tuple[ColumnChoice, ...] = ()
    states: tuple[StateChoice, ...] = ()
    delimiter: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    language: str | None = None
    state: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain values, which `choice_from` reads."""
        return asdict(self)

    def as_json_text(self) -> str:
        """The same as JSON."""
        return orjson.dumps(self.as_json()).decode()


def choice_from(text: str) -> MappingChoice:
    """The choice that `as_json_text` tells; what is not in it is not chosen."""
    stored = orjson.loads(text)
    return MappingChoice(
        **{
            **stored,
            "key": tuple(stored.get("key", ())),
            "columns": tuple(ColumnChoice(**item) for item in stored.get("columns", ())),
            "states": tuple(StateChoice(**item) for item in stored.get("states", ())),
        }
    )


def mapping_of(choice: MappingChoice, file_name: str, head: bytes, topic: str | None) -> ImportMapping:
    """The mapping that is chosen for a file that begins with `head`; `topic` is the slug for all rows.

    Raises Invalid (MappingError, UnreadableFile), naming what is wrong.
    """
    check_choice(choice)
    is_csv = SUFFIXES.get(Path(file_name).suffix.lower()) == "csv"
    found = read_head(head, encoding=choice.encoding, delimiter=choice.delimiter) if is_csv else None
    if choice.columns:
        mapping = mapping_from(_OWN, _own_table(choice, topic, found), needs_key=False)
    elif choice.name is None:
        mapping = mapping_by_header(file_name, head)
    else:
        mapping = load_mapping(choice.name)
        mapping = as_found(mapping, found) if found else mapping
    constants = {"topic": topic, "source": choice.source, "language": choice.language, "state": choice.state}
    if choice.columns:
        constants = {"topic": topic}
    chosen = mapping.with_constants(**{name: value for name, value in constants.items() if value})
    return replace(chosen, format=file_format(Path(file_name), replace(chosen, format=None)))


def check_choice(choice: MappingChoice) -> None:
    """Raise Invalid for all that is wrong with the choice by itself, each at its field."""
    with all_checked() as check:
        check(_check_source, choice)
        check(_check_names, choice)
        check(_check_columns, choice)
        check(_check_state, choice)
        check(_check_shipped, choice)
        for name, value, allowed in (
            ("decimal", choice.decimal, DECIMALS),
            ("encoding", choice.encoding, ENCODINGS),
            ("language", choice.language, LANGUAGES),
        ):
            check(_check_among, name, value, allowed)


def _check_columns(choice: MappingChoice) -> None:
    if choice.columns and not any(item.field == "title" and item.column.strip() for item in choice.columns):
        raise Invalid(
            "title_column_missing", "Skriv hva kolonnen med titlene heter.", field="mapping.columns"
        )
    if len({item.field for item in choice.columns}) < len(choice.columns):
        raise Invalid("field_twice", "Hvert felt kan hentes fra én kolonne.", field="mapping.columns")


def _check_state(choice: MappingChoice) -> None:
    if choice.state is not None and choice.state not in STATES - WITH_OUTCOME:
        raise Invalid("state_unknown", "Tilstanden kan ikke gjelde alle rader.", field="mapping.state")


def _check_shipped(choice: MappingChoice) -> None:
    # Only by name: a path would be read on the server.
    if not choice.columns and choice.name is not None and choice.name not in shipped_names():
        raise Invalid("mapping_unknown", "Det finnes ingen slik tilordning.", field="mapping.name")


def _check_among(name: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise Invalid(
            f"{name}_unknown",
            "Velg en av disse: {allowed}.",
            field=f"mapping.{name}",
            allowed=", ".join(allowed),
        )


def _check_source(choice: MappingChoice) -> None:
    if choice.columns and choice.source is None:
        raise Invalid("source_missing", "Si hvor forslagene kommer fra.", field="mapping.source")
    if choice.source is not None and not _SOURCE.fullmatch(choice.source):
        raise Invalid(
            "source",
            "Kilden må ha 1 til 40 tegn: a–z, 0–9, bindestrek, understrek, punktum og kolon.",
            field="mapping.source",
        )


def _own_table(choice: MappingChoice, topic: str | None, head: Head | None) -> dict[str, Any]:
    """The choice as a mapping file would say it; what is not chosen is as the file's head has it."""
    defaults = {"language": choice.language or "nb", "state": choice.state or "published", "topic": topic}
    table: dict[str, Any] = {
        "name": _OWN,
        "source": choice.source,
        "key": list(choice.key),
        "columns": {item.field: item.column for item in choice.columns},
        "states": {
            item.word: {"state": item.state, **({"outcome": item.outcome} if item.outcome else {})}
            for item in choice.states
        },
        "defaults": {name: value for name, value in defaults.items() if value},
    }
    # Dates without a zone are Norwegian ones. Without keys, rows of the same words are one proposal.
    table |= {"timezone": "Europe/Oslo", "repeats": "refuse" if choice.key else "first"}
    chosen = {
        "delimiter": head.delimiter if head else choice.delimiter,
        "decimal": choice.decimal or (head.decimal if head else None),
        "encoding": head.encoding if head else choice.encoding,
    }
    return table | {name: value for name, value in chosen.items() if value is not None}


def _check_names(choice: MappingChoice) -> None:
    names = [*choice.key, *(item.column for item in choice.columns), *(item.word for item in choice.states)]
    if len(names) > _MOST_NAMES or any(len(name) > _LONGEST_NAME for name in names):
        raise Invalid(
            "mapping_large",
            "Tilordningen kan ha høyst {most} navn på høyst {longest} tegn.",
            field="mapping",
            most=_MOST_NAMES,
            longest=_LONGEST_NAME,
        )
