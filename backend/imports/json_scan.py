"""JSON read value by value, so that every item of a list knows its line and its own mistakes."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final, NoReturn

_BLANK: Final = re.compile(r"[ \t\r\n]*")


class JsonError(Exception):
    """Not JSON as RFC 8259 and RFC 7493 have it; the message is the reason, `line` where it was noticed."""

    def __init__(self, reason: str, line: int = 1) -> None:
        super().__init__(reason)
        self.line = line


def _no_constant(name: str) -> NoReturn:
    raise JsonError(name)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JsonError("duplicate name")
    return found


# Python reads NaN and lets the last of two equal names win; neither is interoperable JSON.
_DECODER: Final = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_unique)


def parse(text: str) -> Any:
    """The one value in a text; JsonError when it is anything else."""
    scanner = JsonScanner(text)
    value = scanner.value()
    if scanner.peek():
        scanner.fail("extra data")
    return value


class JsonScanner:
    """A position in a text that moves over whole values."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._counted_to = 0
        self._line = 1

    def line(self) -> int:
        """The line of the position; counted on from the last call, so a whole file costs one pass."""
        self._line += self._text.count("\n", self._counted_to, self._at)
        self._counted_to = self._at
        return self._line

    def fail(self, reason: str) -> NoReturn:
        """Raise JsonError for this position."""
        raise JsonError(reason, self.line())

    def peek(self) -> str:
        """The next character that is not blank; "" at the end."""
        match = _BLANK.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._text[self._at : self._at + 1]

    def take(self, character: str) -> None:
        """Step over `character`, which must come next."""
        if self.peek() != character:
            self.fail(f"expected {character}")
        self._at += 1

    def value(self) -> Any:
        """The next value as a whole."""
        self.peek()
        try:
            value, self._at = _DECODER.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            raise JsonError(error.msg, self.line() + self._text.count("\n", self._at, error.pos)) from error
        except (ValueError, RecursionError) as error:
            raise JsonError("number or nesting too large", self.line()) from error
        except JsonError as error:
            raise JsonError(str(error), self.line()) from error
        return value

    def items(self) -> Iterator[tuple[int, Any]]:
        """Line and value of each item of the list that comes next."""
        self.take("[")
        if self.peek() != "]":
            yield self._item()
        while self.peek() == ",":
            self.take(",")
            yield self._item()
        self.take("]")

    def members(self) -> Iterator[str]:
        """The names in the object that comes next; the caller reads each value before the next name."""
        self.take("{")
        if self.peek() != "}":
            yield self._name()
        while self.peek() == ",":
            self.take(",")
            yield self._name()
        self.take("}")

    def _item(self) -> tuple[int, Any]:
        self.peek()
        return self.line(), self.value()

    def _name(self) -> str:
        if self.peek() != '"':
            self.fail("expected a name")
        name = str(self.value())
        self.take(":")
        return name
