"""Doing what cannot be taken back (a mail) in one process at a time, without an open transaction meanwhile.

PostgreSQL holds the lock for a connection, so it is free at once when the process that had it dies. All locks
of a process share one connection of the pool, taken while there are any.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from asyncpg.pool import PoolConnectionProxy

from backend.platform.database import pool

_TRY = "SELECT key FROM unnest($1::text[]) key WHERE pg_try_advisory_lock(hashtextextended(key, 0))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtextextended(key, 0)) FROM unnest($1::text[]) key"


class _Locks:
    def __init__(self) -> None:
        self._held: set[str] = set()
        self._connection: PoolConnectionProxy | None = None
        self._turn = asyncio.Lock()

    async def take(self, keys: Sequence[str]) -> set[str]:
        """Lock what is free; returns it."""
        async with self._turn:
            # One connection may take its own lock twice, so what this process holds is known here.
            missing = [key for key in dict.fromkeys(keys) if key not in self._held]
            try:
                taken = {row["key"] for row in await (await self._connected()).fetch(_TRY, missing)}
                self._held |= taken
            finally:
                await self._disconnect_if_idle()
            return taken

    async def unlock(self, keys: set[str]) -> None:
        """Give locks back; a lost connection has given them back already."""
        async with self._turn:
            self._held -= keys
            try:
                if keys and self._connection is not None and not self._connection.is_closed():
                    await self._connection.execute(_UNLOCK, list(keys))
            finally:
                await self._disconnect_if_idle()

    async def _connected(self) -> PoolConnectionProxy:
        if self._connection is not None and self._connection.is_closed():
            await self._disconnect()
        if self._connection is None:
            self._connection = await pool().acquire()
        return self._connection

    async def _disconnect_if_idle(self) -> None:
        if not self._held:
            await self._disconnect()

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await pool().release(connection)


_locks = _Locks()


@asynccontextmanager
async def exclusive(kind: str, numbers: Sequence[int]) -> AsyncIterator[set[int]]:
    """Those of the numbered things of this kind that nobody else works on; they are the caller's in the block."""
    keys = {f"{kind}:{number}": number for number in numbers}
    taken = await _locks.take(list(keys))
    try:
        yield {keys[key] for key in taken}
    finally:
        # Also when the job is cancelled: a lock that stayed would outlive it.
        await asyncio.shield(_locks.unlock(taken))
