"""What can be wrong with a file, a mapping or a row.

    Invalid
    ├── UnreadableFile   nothing can be read: no such file, empty, no header, broken or too large JSON
    ├── MappingError     the mapping file does not say what it must; names the file and the key
    └── ImportRefused    rows of the file are bad, so nothing of it was imported; holds the errors

`RowError` is a value, not an exception: one bad row never stops the others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from backend.platform.errors import Invalid
from backend.platform.i18n import N_
from backend.text.personal_data.detection import find_personal_data

VALUE_SHOWN: Final = 80
"""Characters of a refused value that an error repeats."""

MESSAGES: Final = {
    "encoding": "Linjen er ikke gyldig {detail}.",
    "nul": "Linjen inneholder et nulltegn.",
    "line_too_long": "Linjen er lengre enn {detail} byte.",
    "unterminated_quote": "Et anførselstegn åpnes her og lukkes ikke.",
    "malformed_csv": "Raden følger ikke reglene for CSV ({detail}).",
    "ragged": "Raden har et annet antall felt enn overskriften ({detail}).",
    "malformed_json": "Dette er ikke gyldig JSON ({detail}).",
    "not_an_object": "Hver rad må være et JSON-objekt.",
    "missing_column": "Kolonnen {column} finnes ikke i filen.",
    "wrong_delimiter": "Overskriften har bare én kolonne. Er skilletegnet noe annet enn {detail}?",
    "truncated": "Sluttlinjen sier {value} rader, men filen har {detail}.",
    "after_end": "Det står en rad etter sluttlinjen.",
    "required": "{column} må ha en verdi.",
    "wrong_type": "{column} må være tekst eller et tall.",
    "bad_character": "{column} inneholder et tegn som ikke kan lagres.",
    "too_short": "{column} må ha minst {detail} tegn.",
    "too_long": "{column} kan ha høyst {detail} tegn.",
    "unknown_value": "{column} har en ukjent verdi.",
    "state_not_importable": "Et forslag kan ikke hentes inn i tilstanden {value}.",
    "not_a_slug": "{column} må være små bokstaver, tall og bindestrek.",
    "not_a_language": "{column} må være en av språkkodene {detail}.",
    "not_a_number": "{column} må være et tall.",
    "out_of_range": "{column} må ligge mellom {detail}.",
    "half_coordinate": "Breddegrad og lengdegrad må begge være fylt ut, eller ingen av dem.",
    "not_a_time": "{column} må være en dato, for eksempel 1. mai 2026, 01.05.2026 eller 2026-05-01.",
    "skipped_time": "{column} er et klokkeslett som ikke finnes: Klokka ble stilt fram til sommertid den natten.",
    "in_the_future": "{column} er frem i tid.",
    "too_long_ago": "{column} er før år 1900.",
    "published_before_created": "Forslaget er publisert før det ble skrevet.",
    "null_island": "Punktet 0, 0 ligger i havet utenfor Afrika. La begge feltene stå tomme når punktet er ukjent.",
    "swapped": "Breddegrad og lengdegrad ser ut til å ha byttet plass.",
    "outside": "Punktet ligger utenfor kommunen.",
    "many_outside": "{detail} forslag har et punkt utenfor kommunen.",
    "outcome_missing": "Et forslag i denne tilstanden må ha et utfall.",
    "outcome_unexpected": "Et forslag i denne tilstanden kan ikke ha et utfall.",
    "bad_link": "{column} må være en liste av koblinger, hver med et mål.",
    "too_many_links": "Et forslag kan ha høyst {detail} koblinger.",
    "personal_key": "{column} er en nøkkel og kan ikke inneholde personopplysninger.",
    "empty": "{column} er tom når usynlige tegn er tatt bort.",
    "topic_not_yours": "Du er ikke saksbehandler for temaet {value}.",
    "held_elsewhere": "Forslaget er hentet inn før, i et tema du ikke er saksbehandler for.",
    "differs": "Radene med samme nøkkel har ulike verdier i {column}.",
}
"""Gettext source texts by error code; `RowError.text` fills in `{column}`, `{value}` and `{detail}`."""


WARNINGS: Final = frozenset({"outside", "many_outside"})
"""Codes that say what to look at, and refuse nothing."""


class UnreadableFile(Invalid):
    """Nothing can be read from the file; `params["file"]` names it."""


class MappingError(Invalid):
    """The mapping cannot be used; `params` hold `file` and `key`."""


class ImportRefused(Invalid):
    """Nothing was imported; `errors` are all the reasons, in the order of the file."""

    def __init__(self, file: str, errors: "Sequence[RowError]") -> None:
        super().__init__(
            "import_refused",
            N_("{file}: {figure} feil. Ingenting er hentet inn."),
            file=file,
            figure=len(errors),
        )
        self.errors = tuple(errors)


def _same(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing wrong in a row.

    `line` is 1-based and where the row starts; 0: the file as a whole. `column` may be "".
    """

    line: int
    column: str
    value: str
    code: str
    detail: str = ""

    @property
    def is_warning(self) -> bool:
        """Whether the row is taken in all the same."""
        return self.code in WARNINGS

    @property
    def message(self) -> str:
        """The sentence in bokmål."""
        return self.text(_same)

    def text(self, translate: Callable[[str], str]) -> str:
        """The sentence in the language of `translate`."""
        return translate(MESSAGES[self.code]).format(column=self.column, value=self.value, detail=self.detail)


def row_error(line: int, code: str, *, column: str = "", value: object = "", detail: object = "") -> RowError:
    """A `RowError` with the value shortened to `VALUE_SHOWN` characters."""
    text = value if isinstance(value, str) else repr(value)
    if len(text) > VALUE_SHOWN:
        text = text[: _cut(text)] + "…"
    return RowError(line, column, text, code, str(detail))


def _cut(text: str) -> int:
    """Where to shorten a long text: not inside personal data, whose first half nobody would know to mask."""
    most = VALUE_SHOWN - 1
    findings = find_personal_data(text[: 4 * VALUE_SHOWN])
    return next((found.start for found in findings if found.start < most < found.end), most)
