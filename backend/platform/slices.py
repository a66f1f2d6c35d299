"""What slices bring, and how others find it.

Each slice registers in one place, `<slice>/manifest.py`, and `backend/slices.py` lists the slices. Who cuts across them
asks here for what they bring, and imports none of them.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pkgutil import resolve_name
from typing import Any, Final

from backend.platform.personal_tables import PersonalTable

READ: Final = "SELECT"
ADD: Final = "SELECT, INSERT"
CHANGE: Final = "SELECT, INSERT, UPDATE"
ALL: Final = "SELECT, INSERT, UPDATE, DELETE"


@dataclass(frozen=True, slots=True)
class ClockEntry:
    """A job that the clock asks for in every municipality; `when` is as arq's cron takes it, UTC."""

    job: str
    when: Mapping[str, int | set[int]]
    queue: str = "fast"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRows:
    """Rows of a table that wait in these states, and what takes up those that nothing comes to any more.

    `sweep` is an `async def` of the municipality, which may be done again and returns how many rows it took up; it is
    asked for every minute. Where a job by the clock does so already, or nothing has to, `why` says it.
    """

    table: str
    states: tuple[str, ...]
    sweep: Callable[[int], Awaitable[int]] | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a slice brings. Whatever it does not have it leaves out."""

    models: tuple[str, ...] = ()
    """The modules of its tables (Tortoise)."""
    rights: Mapping[str, str] = field(default_factory=dict)
    """What the processes' database role may do with each of its tables, but for ledgers."""
    ledgers: tuple[str, ...] = ()
    """Its tables whose rows are only ever added."""
    functions: tuple[str, ...] = ()
    """Functions of the database that the processes may have done as the owner."""
    personal_tables: tuple[PersonalTable, ...] = ()
    """Its tables with rows about a person."""
    erasers: tuple[Any, ...] = ()
    """What becomes of its rows when an account is deleted: each an `async def` of the municipality, the account and
    `keep_content`, in units of work of its own that may be done again. Rows that need no rule are personal tables."""
    movers: tuple[Any, ...] = ()
    """What moves to the resident's account when a person's two are bound: each an `async def` of the municipality and
    both accounts, in the caller's unit of work."""
    content_kinds: tuple[Any, ...] = ()
    """Its kinds of content (backend/content/kinds.py)."""
    audiences: tuple[Any, ...] = ()
    """Who stands in which relation to an event (backend/notifications/kinds.py)."""
    reason_texts: tuple[Mapping[str, str], ...] = ()
    """What the codes of reasons in events say: from code to source text."""
    clock: tuple[ClockEntry, ...] = ()
    """Its jobs by the clock."""
    waiting: tuple[WaitingRows, ...] = ()
    """Its tables with rows that wait for something: every table with a state is one."""
    retention: tuple[str, ...] = ()
    """Statements that forget what is no longer needed; `$1` is the municipality."""
    rate_limits: Mapping[str, str] = field(default_factory=dict)
    """How often a person may have an operation of the API done."""


@cache
def manifests() -> tuple[Manifest, ...]:
    """Every slice's, in the order of `backend/slices.py`. Raises AttributeError, ImportError."""
    return tuple(resolve_name(f"{name}.manifest:MANIFEST") for name in resolve_name("backend.slices:SLICES"))


@cache
def contributions(what: str) -> tuple[Any, ...]:
    """All that slices bring of this (a tuple of `Manifest`), in the order of slices.

    Whoever asks stands below those who bring it, and so imports none of them.
    """
    return tuple(one for manifest in manifests() for one in getattr(manifest, what))


@cache
def contributed(what: str) -> Mapping[str, str]:
    """The same of a mapping. Raises ValueError when two slices bring one name."""
    found: dict[str, str] = {}
    for manifest in manifests():
        brought = getattr(manifest, what)
        if twice := found.keys() & brought.keys():
            raise ValueError(f"{what}: {', '.join(sorted(twice))} come from two slices")
        found.update(brought)
    return found
