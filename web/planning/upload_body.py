"""A file out of a request's body, while it arrives: the body itself, or the first file of a form.

Starlette's own reader of forms would keep the whole file on this machine before anybody could refuse it.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from backend.imports.uploads import MAX_BYTES, too_large
from backend.platform.errors import Invalid

_FORM_AROUND = 64 * 1024
"""Bytes that a form may have around its file."""


@dataclass(slots=True)
class SentFile:
    """A file's name as the sender has it, and its content, which can be read once."""

    name: str
    content: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class _Event:
    """Something met in a form: a file begins (`name`), some of its `data`, or the part is over."""

    name: str | None = None
    data: bytes | None = None


async def sent_file(request: Request) -> SentFile:
    """The file in a request: of a form, its first; else the body, named by ?navn=.

    Raises Invalid (a form without a file, or broken), LimitExceeded (the body says that it is too large). While the
    content is read: the same.
    """
    _refuse_large(request)
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data":
        return SentFile(request.query_params.get("navn", ""), request.stream())
    events = _events(request, options.get(b"boundary", b""))
    async for event in events:
        if event.name is not None:
            return SentFile(event.name, _content(events))
    raise Invalid("file_missing", "Skjemaet har ingen fil.")


def _refuse_large(request: Request) -> None:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MAX_BYTES + _FORM_AROUND:
        raise too_large(int(length))


async def _content(events: AsyncGenerator[_Event, None]) -> AsyncIterator[bytes]:
    """The data up to the end of the file's part; the rest of the form is read and left."""
    is_over = False
    async with aclosing(events):
        async for event in events:
            if event.data is None:
                is_over = True
            elif not is_over:
                yield event.data
    if not is_over:
        raise _broken()


async def _events(request: Request, boundary: bytes) -> AsyncGenerator[_Event, None]:
    if not boundary:
        raise _broken()
    found: list[_Event] = []
    parser = MultipartParser(boundary, _Parts(found).callbacks)
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BYTES + _FORM_AROUND:
            raise too_large(size)
        try:
            parser.write(chunk)
        except FormParserError:
            raise _broken() from None
        for event in found:
            yield event
        found.clear()


def _broken() -> Invalid:
    return Invalid("form_broken", "Skjemaet kan ikke leses.")


class _Parts:
    """Turns what the parser meets into events; of parts that are no files nothing is kept."""

    def __init__(self, found: list[_Event]) -> None:
        self._found = found
        self._header = self._value = b""
        self._is_file = False

    @property
    def callbacks(self) -> Any:
        """As the parser takes them."""
        return {
            "on_header_field": self._field,
            "on_header_value": self._value_part,
            "on_header_end": self._header_end,
            "on_part_data": self._data,
            "on_part_end": self._end,
        }

    def _field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _value_part(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        name, value = self._header.lower(), self._value
        self._header = self._value = b""
        if name != b"content-disposition":
            return
        _, options = parse_options_header(value)
        if b"filename" in options:
            self._is_file = True
            self._found.append(_Event(name=options[b"filename"].decode("utf-8", "replace")))

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._found.append(_Event(data=data[start:end]))

    def _end(self) -> None:
        if self._is_file:
            self._is_file = False
            self._found.append(_Event())
