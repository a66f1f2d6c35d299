"""Reading a mapping file (TOML), strictly: a key nobody knows is as wrong as a key that is missing."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NoReturn, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backend.imports.errors import MappingError
from backend.imports.rows import OUTCOMES, STATES, WITH_OUTCOME
from backend.imports.schema import FIELDS, FileFormat, ImportMapping, LinkColumns, Repeats

# Only encodings in which the byte of a line feed is a line feed: lines are split before they are decoded.
ENCODINGS: Final = ("utf-8", "utf-8-sig", "iso-8859-1", "iso-8859-15", "cp1252")

DECIMALS: Final = (".", ",")

_TRANSLATED: Final[tuple[str, ...]] = ("topic", "language")
_DEFAULTED: Final = ("topic", "language", "state", "place_label")
_MAX_BYTES: Final = 1_000_000


class _Table:
    """One table of the file; every key is taken once, and `done` refuses those left over."""

    def __init__(self, file: str, data: Mapping[str, Any], path: str = "") -> None:
        self.file = file
        self.data = dict(data)
        self.path = path

    def refuse(self, key: str, message: str, **params: str) -> NoReturn:
        raise MappingError("mapping_invalid", message, file=self.file, key=f"{self.path}{key}", **params)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.data.pop(key, default)
        if value is None:
            self.refuse(key, "{file}: nøkkelen {key} mangler.")
        if not isinstance(value, str) or not value:
            self.refuse(key, "{file}: nøkkelen {key} må være tekst.")
        return value

    def maybe(self, key: str) -> str | None:
        return self.text(key) if key in self.data else None

    def choice(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(key, default)
        if value not in allowed:
            self.refuse(key, "{file}: nøkkelen {key} må være en av {allowed}.", allowed=", ".join(allowed))
        return value

    def flag(self, key: str) -> bool:
        value = self.data.pop(key, False)
        if not isinstance(value, bool):
            self.refuse(key, "{file}: nøkkelen {key} må være true eller false.")
        return value

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        value = self.data.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            self.refuse(key, "{file}: nøkkelen {key} må være en liste av tekster.")
        if required and not value:
            self.refuse(key, "{file}: nøkkelen {key} mangler.")
        return tuple(value)

    def table(self, key: str) -> "_Table":
        value = self.data.pop(key, {})
        if not isinstance(value, dict):
            self.refuse(key, "{file}: nøkkelen {key} må være en tabell.")
        return _Table(self.file, value, f"{self.path}{key}.")

    def fields(self, allowed: tuple[str, ...]) -> dict[str, str]:
        """Texts by field name, where only `allowed` names may occur."""
        found = {name: self.text(name) for name in allowed if name in self.data}
        self.done()
        return found

    def pairs(self) -> dict[str, str]:
        """Texts by any name."""
        return {name: self.text(name) for name in tuple(self.data)}

    def done(self) -> None:
        for key in self.data:
            self.refuse(key, "{file}: nøkkelen {key} er ukjent.")


def parse_mapping(path: Path) -> ImportMapping:
    """The mapping in a file; MappingError names the file and the key that is wrong."""
    return mapping_from(path.name, _load(path))


def mapping_from(name: str, data: Mapping[str, Any], *, needs_key: bool = True) -> ImportMapping:
    """The mapping that such a file's content says; `name` is what a MappingError calls it.

    Where no key is needed and none is named, the words are the key.
    """
    top = _Table(name, data)
    columns = top.table("columns").fields(FIELDS)
    if "title" not in columns:
        top.refuse("columns.title", "{file}: nøkkelen {key} mangler.")
    mapping = ImportMapping(
        name=top.text("name"),
        source=top.text("source"),
        key=top.texts("key", required=needs_key),
        columns=columns,
        format=cast("FileFormat", top.choice("format", ("csv", "json", "jsonl"), "csv"))
        if "format" in top.data
        else None,
        delimiter=_delimiter(top),
        decimal=top.choice("decimal", DECIMALS, "."),
        encoding=top.choice("encoding", ENCODINGS, "utf-8"),
        timezone=_timezone(top),
        repeats=cast("Repeats", top.choice("repeats", ("first", "last", "refuse"), "refuse")),
        own_format=top.flag("own_format"),
        defaults=_defaults(top, columns),
        states=_states(top.table("states")),
        values=_values(top.table("values")),
        empty=_empty(top.table("empty")),
        integers=frozenset(top.texts("integers")),
        optional=frozenset(top.texts("optional")),
        links=_links(top),
        links_json=top.maybe("links_json"),
        recognise=frozenset(top.texts("recognise")),
    )
    top.done()
    _check_names(top, mapping)
    return mapping


def _load(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            return tomllib.loads(stream.read(_MAX_BYTES).decode("utf-8"))
    except OSError as error:
        raise MappingError(
            "mapping_missing", "{file}: det finnes ingen slik tilordning.", file=path.name, key=""
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MappingError(
            "mapping_invalid",
            "{file}: filen er ikke gyldig TOML ({reason}).",
            file=path.name,
            key="",
            reason=error,
        ) from error


def _delimiter(top: _Table) -> str:
    value = top.text("delimiter", ",")
    if len(value) != 1 or value in '"\r\n' or not value.isascii():
        top.refuse("delimiter", "{file}: nøkkelen {key} må være ett tegn.")
    return value


def _timezone(top: _Table) -> str:
    value = top.text("timezone", "UTC")
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        top.refuse("timezone", "{file}: nøkkelen {key} må være navnet på en tidssone.")
    return value


def _defaults(top: _Table, columns: Mapping[str, str]) -> dict[str, str]:
    table = top.table("defaults")
    defaults = table.fields(_DEFAULTED)
    for name in ("language", "state"):
        if name not in defaults and name not in columns:
            table.refuse(name, "{file}: nøkkelen {key} mangler, og ingen kolonne gir verdien.")
    if "state" in defaults and defaults["state"] not in STATES - WITH_OUTCOME:
        table.refuse("state", "{file}: nøkkelen {key} er ingen tilstand et forslag kan få uten utfall.")
    return defaults


def _states(table: _Table) -> dict[str, tuple[str, str | None]]:
    """By the source's word, either `"withdrawn"` or `{state = "answered", outcome = "accepted"}`."""
    found = {}
    for word, value in tuple(table.data.items()):
        entry = _Table(table.file, {"state": table.data.pop(word)}, f"{table.path}{word}.")
        if isinstance(value, dict):
            entry.data = dict(value)
        found[word] = (entry.choice("state", tuple(sorted(STATES)), ""), _outcome(entry))
        entry.done()
        _check_outcome(entry, *found[word])
    return found


def _outcome(entry: _Table) -> str | None:
    return entry.choice("outcome", tuple(sorted(OUTCOMES)), "") if "outcome" in entry.data else None


def _check_outcome(entry: _Table, state: str, outcome: str | None) -> None:
    if outcome is None and state in WITH_OUTCOME:
        entry.refuse("outcome", "{file}: nøkkelen {key} mangler.")
    if outcome is not None and state not in WITH_OUTCOME:
        entry.refuse("outcome", "{file}: nøkkelen {key} hører ikke til denne tilstanden.")


def _values(table: _Table) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {
        name: table.table(name).pairs() for name in _TRANSLATED if name in table.data
    }
    table.done()
    return found


def _empty(table: _Table) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {
        name: frozenset(table.texts(name)) for name in FIELDS if name in table.data
    }
    table.done()
    return found


def _links(top: _Table) -> LinkColumns | None:
    if "links" not in top.data:
        return None
    table = top.table("links")
    words = table.table("selected_values")
    links = LinkColumns(
        target=table.text("target"),
        selected=table.maybe("selected"),
        selected_values={word: words.flag(word) for word in tuple(words.data)},
        numbers=table.table("numbers").pairs(),
    )
    if links.selected is not None and not links.selected_values:
        table.refuse("selected_values", "{file}: nøkkelen {key} mangler.")
    table.done()
    return links


def _check_names(top: _Table, mapping: ImportMapping) -> None:
    """`optional` and `integers` speak of columns that the mapping uses, and the key is never optional."""
    known = set(mapping.all_columns)
    for key, names in (("optional", mapping.optional), ("integers", mapping.integers)):
        for name in sorted(names - known):
            top.refuse(key, "{file}: nøkkelen {key} nevner {name}, som ikke er i bruk.", name=name)
    needed = {*mapping.key, mapping.columns["title"]}
    if needed & mapping.optional:
        top.refuse("optional", "{file}: nøkkelen {key} kan ikke nevne nøkkel eller tittel.")
    if mapping.links is not None and mapping.links_json is not None:
        top.refuse("links_json", "{file}: nøkkelen {key} kan ikke brukes sammen med links.")
