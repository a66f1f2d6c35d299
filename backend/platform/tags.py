"""Telling every process what has changed, by PostgreSQL's own notifications.

A tag names a thing whose public answer may be cached (`proposal:7`, `topic:3`, `proposals`), or a stream that
subscribers listen to. Tags travel with the transaction that made the change: on commit, to all; on rollback,
to none.
"""

from collections.abc import Iterable

from backend.platform.database import execute

CHANNEL = "changed"
# PostgreSQL refuses a notification of 8,000 bytes or more.
_MAX_BYTES = 7_900


async def changed(tags: Iterable[str]) -> None:
    """Announce that what these tags name has changed."""
    message = ""
    for tag in sorted(set(tags)):
        if len(message) + len(tag) + 1 > _MAX_BYTES:
            await execute("SELECT pg_notify($1, $2)", CHANNEL, message)
            message = ""
        message = f"{message} {tag}".lstrip()
    if message:
        await execute("SELECT pg_notify($1, $2)", CHANNEL, message)
