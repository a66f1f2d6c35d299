"""What the scenes share while they are turned into rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from backend.notifications.events import EventKind
from ops.demo.cast import MODERATORS, PLANNER, Members
from ops.demo.rows import Rows
from ops.demo.times import Times


@dataclass(frozen=True, slots=True)
class Happened:
    """An event that people are told of. `key` is without its kind, as in `record`."""

    at: datetime
    kind: EventKind
    key: str
    proposal_id: int
    topic_id: int
    comment_id: int | None = None
    actor_id: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ids:
    """Ids set aside, by table."""

    proposals: Iterator[int]
    comments: Iterator[int]
    cases: Iterator[int]


@dataclass(slots=True)
class Stage:
    """Rows and events as they gather; `topics` and `places` are ids by slug, `proposals` ids by key."""

    rows: Rows
    ids: Ids
    members: Members
    topics: Mapping[str, int]
    places: Mapping[str, int]
    times: Times
    proposals: dict[str, int] = field(default_factory=dict)
    happened: list[Happened] = field(default_factory=list)
    earliest: dict[str, datetime] = field(default_factory=dict)
    """When the first proposal of each topic was written."""
    amended: dict[str, datetime] = field(default_factory=dict)
    """When proposals got new words, by key."""

    @property
    def planner_id(self) -> int:
        """Who assesses and answers."""
        return self.members.ids[PLANNER]

    def moderator_id(self, number: int) -> int:
        """One of the moderators, in turn."""
        return self.members.ids[MODERATORS[number % len(MODERATORS)]]

    def opened(self, topic: str, at: datetime) -> None:
        """A proposal was written in the topic at this time."""
        self.earliest[topic] = min(self.earliest.get(topic, at), at)


def json(value: Mapping[str, Any]) -> str:
    """JSON for a column."""
    return orjson.dumps(value).decode()


A_MOMENT = timedelta(seconds=4), timedelta(seconds=15)
"""How long screening takes."""
