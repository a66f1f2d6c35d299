"""A real SMTP server that can be told to behave as mail servers do on bad days."""

import asyncio
import socket
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from enum import Enum, auto
from typing import Any

from aiosmtpd.smtp import SMTP


class Day(Enum):
    GOOD = auto()
    REFUSES = auto()
    BUSY = auto()
    HANGS_UP_BEFORE_KEEPING = auto()
    HANGS_UP_AFTER_KEEPING = auto()


class PostOffice:
    """Keeps what it accepts. `down` at first when it is made so: nobody listens on its port."""

    def __init__(self) -> None:
        self.day = Day.GOOD
        self.taken: list[EmailMessage] = []
        self.tries = 0
        self.slowness = 0.0
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, loop=loop), "127.0.0.1", self.port, reuse_address=True
        )

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.tries += 1
        await asyncio.sleep(self.slowness)
        if self.day is Day.REFUSES:
            return "550 No such person"
        if self.day is Day.BUSY:
            return "451 Come back later"
        if self.day is not Day.HANGS_UP_BEFORE_KEEPING:
            message = message_from_bytes(envelope.content, policy=default)
            message["X-Recipients"] = ", ".join(envelope.rcpt_tos)
            self.taken.append(message)  # type: ignore[arg-type]
        if self.day is not Day.GOOD:
            server.transport.abort()
        return "250 Kept"

    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.taken]
