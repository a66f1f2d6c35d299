"""Counts that follow what happens (server-sent events): what is public about a proposal, told as it changes.

Everybody who looks at one proposal shares one reading of it after each change, and no change is read at once for
itself. A process holds at most `MOST` streams; a page that gets none shows what it had when it was made.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from starlette.responses import Response, StreamingResponse

from api.addresses import client_address
from api.execute import Executor
from api.node_ids import to_global_id
from backend.platform.authz import Actor
from web.page.failures import stranger
from web.page.rendering import render
from web.page.routing import stream
from web.page.visit import Visit

log = structlog.get_logger("web")
MOST: Final = 2_000
MOST_FROM_ONE_ADDRESS: Final = 100
HEARTBEAT_SECONDS: Final = 20.0
GATHER_SECONDS: Final = 0.5
OPERATION: Final = "ProposalCounts"
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


@dataclass(slots=True)
class _Room:
    """All who look at one proposal; `counts` is None once it is not public any more."""

    events: set[asyncio.Event] = field(default_factory=set)
    counts: dict[str, Any] | None = None
    is_stale: bool = False
    reading: asyncio.Task[None] | None = None

    def wake(self) -> None:
        for event in self.events:
            event.set()


class LiveCounts:
    """The streams of one process."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._rooms: dict[int, _Room] = {}
        self._addresses: Counter[str] = Counter()
        self._is_closed = False

    def on_tags(self, tags: Iterable[str]) -> None:
        """Read anew what is looked at and has changed."""
        for tag in tags:
            kind, _, number = tag.partition(":")
            if kind in ("proposal", "comments") and number.isdecimal() and int(number) in self._rooms:
                self._read_soon(int(number))

    def set_listening(self, *, up: bool) -> None:
        """What has changed during a silence is not known."""
        for number in list(self._rooms) if up else ():
            self._read_soon(number)

    def close(self) -> None:
        """End every stream: the process stops."""
        self._is_closed = True
        for room in self._rooms.values():
            room.wake()

    def has_place(self, address: str) -> bool:
        """Whether one more from this address may follow."""
        is_free = self._addresses.total() < MOST and self._addresses[address] < MOST_FROM_ONE_ADDRESS
        return is_free and not self._is_closed

    async def follow(
        self, number: int, address: str, counts: dict[str, Any]
    ) -> AsyncIterator[dict[str, Any] | None]:
        """The counts now and after each change; None is a sign of life. Ends at once when the places were taken."""
        # Many who ask at once all found a place free while their counts were read.
        if not self.has_place(address):
            return
        with self._seat(number, address, counts) as (room, event):
            yield counts
            while not self._is_closed:
                try:
                    async with asyncio.timeout(HEARTBEAT_SECONDS):
                        await event.wait()
                except TimeoutError:
                    yield None
                    continue
                event.clear()
                if room.counts is None:
                    return
                yield room.counts

    @contextmanager
    def _seat(
        self, number: int, address: str, counts: dict[str, Any]
    ) -> Iterator[tuple[_Room, asyncio.Event]]:
        room = self._rooms.setdefault(number, _Room())
        room.counts, event = counts, asyncio.Event()
        room.events.add(event)
        self._addresses[address] += 1
        try:
            yield room, event
        finally:
            room.events.discard(event)
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]
            if not room.events:
                self._rooms.pop(number, None)

    def _read_soon(self, number: int) -> None:
        room = self._rooms[number]
        room.is_stale = True
        if room.reading is None:
            room.reading = asyncio.get_running_loop().create_task(self._read(number, room))

    async def _read(self, number: int, room: _Room) -> None:
        try:
            while room.is_stale and room.events:
                await asyncio.sleep(GATHER_SECONDS)
                room.is_stale = False
                counts = await self._counts(number)
                if counts != room.counts:
                    room.counts = counts
                    room.wake()
        finally:
            room.reading = None

    async def _counts(self, number: int) -> dict[str, Any] | None:
        actor = Actor(municipality_id=self._executor.settings.municipality)
        answer = await self._executor.execute(
            OPERATION, {"id": to_global_id("Proposal", number)}, actor, language="nb"
        )
        if answer.data is None or answer.errors:
            # A reading that failed is no news; the next change is read again.
            log.warning("counts were not read", proposal=number)
            return self._rooms[number].counts if number in self._rooms else None
        found: dict[str, Any] | None = answer.data["proposal"]
        return found


async def counts(visit: Visit) -> Response:
    """GET /forslag/{number}/strom: a stream of events; 204 when there is no place, so that nobody asks again."""
    live: LiveCounts = visit.request.app.state.live
    address = client_address(visit.request.scope, visit.settings.trusted_proxies)
    if not live.has_place(address):
        return Response(status_code=204, headers=_HEADERS)
    number = visit.request.path_params["number"]
    # Public counts only: what a person may see beside them is on the page.
    anyone = stranger(visit.request)
    found = visit.found_or_404(
        (await anyone.query(OPERATION, id=to_global_id("Proposal", number)))["proposal"]
    )
    events = _events(visit, live.follow(number, address, found), found["state"])
    return StreamingResponse(events, media_type="text/event-stream", headers=_HEADERS)


async def _events(
    visit: Visit, followed: AsyncIterator[dict[str, Any] | None], state: str
) -> AsyncIterator[str]:
    async for now in followed:
        if now is None:
            yield ": \n\n"
            continue
        values = {"proposal": now, "is_news": now["state"] != state}
        text = render(visit.language, "proposals/counts.html", values)
        yield "".join(f"data: {line}\n" for line in text.splitlines() if line.strip()) + "\n"


routes = [stream("/forslag/{number:int}/strom", counts)]
