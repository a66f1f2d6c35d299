"""Handing a message over: to a mail server, or to files that a developer can open."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from backend.platform.errors import Unavailable
from backend.platform.settings import Settings

SMTP_SECONDS = 8


class MailRefusedError(Exception):
    """The receiving side will never take this message; trying again is of no use."""


class Transport(Protocol):
    """Where messages go."""

    async def send(self, message: EmailMessage) -> None:
        """Hand one message over. Raises MailRefusedError, or Unavailable when it may work another time."""


@asynccontextmanager
async def open_transport(settings: Settings) -> AsyncIterator[Transport]:
    """The mail server of `smtp_url`, else files in `mail_dir`. The server is called at the first message."""
    if not settings.smtp_url:
        yield _Files(settings.mail_dir or settings.home / "mail")
        return
    client = _smtp_client(settings.smtp_url)
    try:
        yield _Smtp(client)
    finally:
        await _hang_up(client)


def _smtp_client(url: str) -> aiosmtplib.SMTP:
    """`smtp://` encrypts when the server can, `smtp://…?tls=required` insists, `smtps://` begins with it."""
    parts = urlsplit(url)
    wrapped = parts.scheme == "smtps"
    required = parse_qs(parts.query).get("tls") == ["required"]
    return aiosmtplib.SMTP(
        hostname=parts.hostname or "127.0.0.1",
        port=parts.port or (465 if wrapped else 25),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        use_tls=wrapped,
        start_tls=True if required and not wrapped else None,
        timeout=SMTP_SECONDS,
    )


async def _hang_up(client: aiosmtplib.SMTP) -> None:
    try:
        if client.is_connected:
            await client.quit()
    except aiosmtplib.SMTPException:
        # Whatever was accepted stays accepted; the farewell may fail.
        pass
    finally:
        client.close()


class _Smtp:
    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self._client = client

    async def send(self, message: EmailMessage) -> None:
        try:
            if not self._client.is_connected:
                await self._client.connect()
            await self._client.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _judged(error.recipients[0].code, error) from None
        except aiosmtplib.SMTPDataError as error:
            raise _judged(error.code, error) from None
        except aiosmtplib.SMTPNotSupported as error:
            raise MailRefusedError(type(error).__name__) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise _unavailable(error) from None


def _judged(code: int, error: Exception) -> Exception:
    """5xx about a recipient or a message is for good; 4xx asks to come back."""
    return MailRefusedError(str(code)) if code >= 500 else _unavailable(error)


def _unavailable(error: Exception) -> Unavailable:
    # The kind of error is kept, not its text: that may quote an address.
    return Unavailable("mail_unavailable", "E-post kan ikke sendes akkurat nå.", cause=type(error).__name__)


class _Files:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: EmailMessage) -> None:
        await asyncio.to_thread(self._write, message)

    def _write(self, message: EmailMessage) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^\w.-]", "_", message["Message-ID"].strip("<>").split("@")[0])
        fresh = self._folder / f".{name}.new"
        fresh.write_bytes(bytes(message))
        # Whoever watches the folder sees whole messages only.
        fresh.replace(self._folder / f"{name}.eml")
