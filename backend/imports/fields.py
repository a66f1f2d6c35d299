"""Single values out of a raw row, each checked; what is wrong is collected, never raised."""

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from backend.imports.dates import read_time
from backend.imports.errors import RowError, row_error
from backend.imports.rows import RawRow
from backend.imports.schema import ImportMapping
from backend.text.local_time import SkippedTimeError

_NUMBER: Final = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,3})?", re.ASCII)
_WHOLE: Final = re.compile(r"(-?\d+)\.0+", re.ASCII)
# What PostgreSQL cannot store or a page cannot show: control characters but tab and line feed, half pairs.
_BAD: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
_CLOCKS_DIFFER: Final = timedelta(days=1)
_NEWLINE: Final = re.compile(r"\r\n?")


class Fields:
    """The values of one row as the mapping sees them. With `errors` the values mean nothing."""

    def __init__(self, raw: RawRow, mapping: ImportMapping) -> None:
        self._raw = raw
        self._mapping = mapping
        self.errors: list[RowError] = []

    def fail(self, column: str, code: str, value: object = "", detail: object = "") -> None:
        """Remember what is wrong; of several things in one column the first, which the others follow from."""
        if any(error.column == column for error in self.errors):
            return
        self.errors.append(row_error(self._raw.line, code, column=column, value=value, detail=detail))

    def column(self, field: str) -> str:
        """The column a field comes from; the field's own name when a default fills it."""
        return self._mapping.columns.get(field, field)

    def raw(self, column: str) -> object:
        """The value as the file has it; None when the row lacks the column."""
        return self._raw.values.get(column)

    def cell(self, column: str) -> str:
        """The value as text, cleaned; numbers and booleans are written out."""
        return self.clean(column, self._as_text(column, self.raw(column)))

    def clean(self, column: str, text: str) -> str:
        """The text with line feeds only, without blanks around it; "" when it cannot be stored."""
        text = _NEWLINE.sub("\n", text)
        if _BAD.search(text):
            self.fail(column, "bad_character", text)
            return ""
        return text.strip()

    def field(self, field: str) -> str:
        """The text of a field after the mapping's `empty`, `values` and `defaults`; "" when there is none."""
        column = self._mapping.columns.get(field)
        text = self.cell(column) if column is not None else ""
        if text in self._mapping.empty.get(field, ()):
            text = ""
        if not text:
            return self._mapping.defaults.get(field, "")
        words = self._mapping.values.get(field)
        if words is None:
            return text
        if text not in words:
            self.fail(self.column(field), "unknown_value", text)
        return words.get(text, "")

    def line_of_text(self, column: str, text: str, shortest: int, longest: int) -> str:
        """The text on one line with single blanks, checked for its length in characters."""
        return self.bounded(column, " ".join(text.split()), shortest, longest)

    def bounded(self, column: str, text: str, shortest: int, longest: int) -> str:
        """The text, checked for its length in characters."""
        if len(text) < shortest:
            self.fail(column, "too_short" if text else "required", text, shortest)
        elif len(text) > longest:
            self.fail(column, "too_long", text, longest)
        return text

    def number(self, column: str, value: object, bounds: tuple[float, float] | None = None) -> float | None:
        """A finite number, in the mapping's decimal notation; None when empty or refused."""
        text = self._as_text(column, value).strip()
        if not text:
            return None
        plain = text.replace(",", ".") if self._mapping.decimal == "," and "." not in text else text
        number = float(plain) if _NUMBER.fullmatch(plain) else math.nan
        if not math.isfinite(number):
            self.fail(column, "not_a_number", text)
            return None
        if bounds is not None and not bounds[0] <= number <= bounds[1]:
            self.fail(column, "out_of_range", text, f"{bounds[0]:g}–{bounds[1]:g}")
            return None
        # Minus zero is the same place as zero, and must have the same digest.
        return number + 0.0

    def time(self, field: str) -> datetime | None:
        """A time in UTC, see dates.py; without an offset in the mapping's time zone, a date is its midnight."""
        text = self.field(field)
        if not text:
            return None
        try:
            found = read_time(text, self._mapping.timezone)
        except SkippedTimeError:
            self.fail(self.column(field), "skipped_time", text)
            return None
        except (ValueError, OverflowError):
            found = None
        if found is None:
            self.fail(self.column(field), "not_a_time", text)
        elif not _EARLIEST <= found <= datetime.now(UTC) + _CLOCKS_DIFFER:
            self.fail(self.column(field), "in_the_future" if found > _EARLIEST else "too_long_ago", text)
            return None
        return found

    def _as_text(self, column: str, value: object) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (str, int, float)):
            text = str(value)
            whole = _WHOLE.fullmatch(text) if column in self._mapping.integers else None
            return whole[1] if whole else text
        self.fail(column, "wrong_type", value)
        return ""
