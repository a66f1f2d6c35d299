"""A kind of content, as whatever cuts across all kinds asks it: moderation, notifications, reports.

A kind lives in the folder of the slice whose tables it is in, and is named in `backend/slices.py`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from backend.platform.authz import Actor


@dataclass(frozen=True, slots=True)
class Content:
    """One piece of content, locked until the unit of work ends; `version` is the one that was loaded.

    `parent_id` is the content that it stands below, such as a comment's proposal. `was_public` says whether it has
    been published before.
    """

    municipality_id: int
    kind: "ContentKind"
    id: int
    parent_id: int | None
    version: int
    state: str
    topic_id: int
    author_id: int | None
    title: str
    body: str
    language: str
    moderation_mode: str
    was_public: bool

    @property
    def is_shown(self) -> bool:
        """Whether others than its author see the content."""
        return self.kind.is_shown(self.state, was_public=self.was_public)

    @property
    def is_submitted(self) -> bool:
        """Whether it was handed in and not decided."""
        return self.state == "submitted"


class ContentKind(ABC):
    """What moderation may do with content of one kind, and what it must know of it.

    The SQL of a kind names the municipality `$1`.
    """

    name: ClassVar[str]
    """What tables call it."""

    of: ClassVar[str]
    """The kind whose ids it has: its own name, but for what changes content of another kind."""

    author_cause: ClassVar[str]
    """Why its author hears of it: a value of `notifications.kinds.Cause`."""

    publishing_informs_author: ClassVar[bool] = False
    """Whether `publish` tells the author by itself."""

    event_detail: ClassVar[Mapping[str, object]] = {}
    """What an event about it says besides."""

    @abstractmethod
    async def load(self, municipality_id: int, content_id: int) -> Content | None:
        """The content, locked until the unit of work ends; None when it is gone."""

    @abstractmethod
    async def publish(self, content: Content, *, moderator_id: int | None = None) -> None:
        """Make it public and tell those concerned; what is public already stays so.

        `moderator_id` is the account of who approved it, None after screening.
        """

    @abstractmethod
    async def reject(self, content: Content, *, moderator_id: int | None) -> None:
        """Do not publish what was handed in; its author may still read it."""

    @abstractmethod
    async def hide(self, content: Content, *, moderator_id: int | None) -> None:
        """Let nobody but the author and moderators see what was public."""

    @abstractmethod
    async def restore(self, content: Content, *, moderator_id: int | None) -> None:
        """Make hidden content what it was before it was hidden."""

    @abstractmethod
    def is_shown(self, state: str, *, was_public: bool) -> bool:
        """Whether content in this state is seen by others."""

    def awaits_screening(self, content: Content) -> bool:
        """Whether it is still to be screened."""
        return content.is_submitted

    @abstractmethod
    async def is_visible(self, actor: Actor, content: Content) -> bool:
        """Whether the actor may know of it."""

    @abstractmethod
    async def is_author(self, actor: Actor, content: Content) -> bool:
        """Whether the person is among its authors now, with whichever account."""

    @abstractmethod
    async def has_part(self, actor: Actor, content: Content) -> bool:
        """Whether the person has, or had, a part in it, and so is no judge of it: as `has_part_sql` finds."""

    @abstractmethod
    def event_references(self, content: Content) -> Mapping[str, int]:
        """What an event about it points at, by column."""

    @abstractmethod
    def current_sql(self, content_id: str) -> str:
        """SELECT of one row, or none, of how the content `content_id` is now: state, version, was_public."""

    @abstractmethod
    def has_part_sql(self, content_id: str, accounts: str) -> str:
        """Whether one of `accounts` (an array) has, or had, a part in it, beyond having reported or written it."""

    def texts_sql(self, author: str) -> str | None:
        """SELECT of id and body of what the account has handed in; None where another kind's holds these."""
        return None
