"""A kind of content, as whatever cuts across all kinds asks it: moderation, notifications, follows, reports.

A kind lives in the folder of the slice whose tables it is in, and is named in `backend/slices.py`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, NamedTuple

from backend.platform.authz import Actor, Decision, Refusal
from backend.text.similarity import Match


class ContentRef(NamedTuple):
    """Which piece of content: its kind's name, and its id among its kind."""

    kind: str
    id: int


class Voice(StrEnum):
    """How a notification speaks to a person: by what they are to the content."""

    OWN = "own"
    COMMENT = "comment"  # they wrote the very comment
    SUPPORTED = "supported"
    DISCUSSED = "discussed"
    FOLLOWED = "followed"


@dataclass(frozen=True, slots=True)
class Wording:
    """Source texts in bokmål; `text` has places for title, topic and what the root's `params` name."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What an actor may know of content with a page of its own, as sentences about it need it.

    `params` are source texts that fill places of a wording besides title and topic, by name.
    """

    ref: ContentRef
    title: str
    topic_title: str | None
    state: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Discussion:
    """How an actor stands to what is written below content with a page of its own, which they may see.

    `has_part` says whether the person is or was among its authors, and so is no judge of what is said below it.
    """

    ref: ContentRef
    topic_id: int | None
    may_comment: Decision
    has_part: bool


@dataclass(frozen=True, slots=True)
class Content:
    """One piece of content, locked until the unit of work ends; `version` is the one that was loaded.

    `root` is the content whose page it stands on: a comment's proposal; itself where it has a page of its own.
    `was_public` says whether it has been published before.
    """

    municipality_id: int
    kind: "ContentKind"
    id: int
    root: ContentRef
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
    def ref(self) -> ContentRef:
        """Which content it is."""
        return ContentRef(self.kind.name, self.id)

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

    public_states: ClassVar[frozenset[str]]
    """The states in which everybody sees it and may take part; what is told of it holds while it is in one."""

    event_states: ClassVar[Mapping[str, frozenset[str]]] = {}
    """The states in which a notification of a kind still holds, where those are others."""

    wordings: ClassVar[Mapping[tuple[str, str, Voice], Wording]] = {}
    """What notifications say, by the name of the kind that the event is about, the kind of event and the voice.

    A root's words for what is written below it go before those of what is written.
    """

    action: ClassVar[str]
    """The words of the button that leads to it, source text."""

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
    def path(self, content_id: int) -> str:
        """The address of its page, without the language."""

    @abstractmethod
    def authors_sql(self, content_id: str) -> str:
        """SELECT of account_id of all who are its authors now; `content_id` is SQL."""

    @abstractmethod
    def current_sql(self, content_id: str) -> str:
        """SELECT of one row, or none, of how the content `content_id` is now: state, version, was_public."""

    @abstractmethod
    def submitted_sql(self) -> str:
        """SELECT of id, version and since when of all that was handed in and is not decided."""

    @abstractmethod
    def has_part_sql(self, content_id: str, accounts: str) -> str:
        """Whether one of `accounts` (an array) has, or had, a part in it, beyond having reported or written it."""

    def texts_sql(self, author: str) -> str | None:
        """SELECT of id and body of what the account has handed in; None where another kind's holds these."""
        return None


class RootKind(ContentKind):
    """A kind with a page of its own: people follow and mute it, and may write below it."""

    not_found: ClassVar[Refusal]
    """What is answered to whoever may not know of it."""

    why: ClassVar[Mapping[str, str]]
    """Why a mail about it, or about what stands below it, comes to somebody: source text for each cause."""

    mute_action: ClassVar[str]
    """The words of a mail's link that ends all notifications of it, source text."""

    @abstractmethod
    async def summaries(self, actor: Actor, ids: Sequence[int]) -> Mapping[int, Summary]:
        """Those of these that the actor may know of, in one statement."""

    async def matching(
        self,
        municipality_id: int,
        words: str,
        language: str,
        *,
        limit: int,
    ) -> Sequence[Match]:
        """What everybody may see of it and has all these words, the best match first; nothing where it is not searched.

        `language` is of whoever looks, whose stop words are left out. Made with `backend/text/search.py`.
        """
        return ()

    async def similar(
        self,
        municipality_id: int,
        title: str,
        body: str,
        *,
        limit: int,
    ) -> Sequence[Match]:
        """What everybody may see of it and says much the same, the most alike first; nothing where it is not compared.

        The score is 0 to 1, as `backend/text/similarity.py` has it.
        """
        return ()

    @abstractmethod
    async def discussions(self, actor: Actor, ids: Sequence[int]) -> Mapping[int, Discussion]:
        """How the actor stands to what is written below each of those that they may see, in one statement."""

    @abstractmethod
    async def discussion_changed(self, municipality_id: int, content_id: int) -> None:
        """Something below it came, went or changed: have it counted, and tell those who listen."""

    def event_params(self, detail: Mapping[str, object]) -> Mapping[str, str]:
        """What of a summary's `params` was otherwise when an event with this detail happened."""
        return {}
