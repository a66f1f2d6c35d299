"""What the columns of a file mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from backend.imports.errors import MappingError

FileFormat = Literal["csv", "json", "jsonl"]
Repeats = Literal["first", "last", "refuse"]

FIELDS: Final[tuple[str, ...]] = (
    "title",
    "body",
    "topic",
    "language",
    "latitude",
    "longitude",
    "place_label",
    "state",
    "outcome",
    "created_at",
    "published_at",
)
"""The fields of a proposal that a mapping may fill from a column; key and links have their own rules."""


@dataclass(frozen=True, slots=True)
class LinkColumns:
    """One link per row: the columns of its target, its selected flag and its numbers (column by name)."""

    target: str
    selected: str | None = None
    selected_values: Mapping[str, bool] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """How rows become proposals.

    - `key`: columns that joined by ":" make the external key.
    - `columns`, `defaults`: by field; a default is used where the column is missing or empty.
    - `states`, `values`: translate the source's words; `empty`: words that mean "nothing".
    - `integers`: columns that write whole numbers as 7.0. `optional`: columns that the file may lack.
    - `repeats`: which row wins when rows of one key differ; "refuse" makes that an error.
    - `own_format`: undo the formula guard and check the trailer of Samskap's own exports.
    - `format` None: by the file's suffix.
    - `recognise`: a header with all of these columns is read with this mapping.
    """

    name: str
    source: str
    key: tuple[str, ...]
    columns: Mapping[str, str]
    format: FileFormat | None = None
    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8"
    timezone: str = "UTC"
    repeats: Repeats = "refuse"
    own_format: bool = False
    defaults: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    empty: Mapping[str, frozenset[str]] = field(default_factory=dict)
    integers: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    links: LinkColumns | None = None
    links_json: str | None = None
    recognise: frozenset[str] = frozenset()

    @property
    def all_columns(self) -> tuple[str, ...]:
        """Every column the mapping names, each once, in the order of use."""
        names = [*self.key, *self.columns.values()]
        if self.links is not None:
            names += [self.links.target, *self.links.numbers.values()]
            names += [self.links.selected] if self.links.selected else []
        if self.links_json is not None:
            names.append(self.links_json)
        return tuple(dict.fromkeys(names))

    @property
    def required_columns(self) -> tuple[str, ...]:
        """The columns without which the file cannot be read."""
        return tuple(name for name in self.all_columns if name not in self.optional)

    def with_constants(self, **constants: str) -> "ImportMapping":
        """The same mapping where `topic`, `language`, `state` or `source` are fixed for every row."""
        source = constants.pop("source", self.source)
        unknown = sorted(set(constants) - {"topic", "language", "state"})
        if unknown:
            raise MappingError(
                "mapping_invalid",
                "{file}: {key} kan ikke settes for alle rader.",
                file=self.name,
                key=unknown[0],
            )
        columns = {name: column for name, column in self.columns.items() if name not in constants}
        return replace(self, source=source, columns=columns, defaults={**self.defaults, **constants})
