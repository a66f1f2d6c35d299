"""The kinds of notification: who is told, by which channel unless they choose otherwise, and for how long.

The words are in wording.py. Who is concerned in several ways is told once, for the strongest cause.
"""

from dataclasses import dataclass
from enum import StrEnum

from backend.content.registry import kind_of
from backend.notifications.events import EventKind
from backend.platform.i18n import N_


class Channel(StrEnum):
    """Where a person is told."""

    IN_APP = "in_app"
    EMAIL = "email"


class Cause(StrEnum):
    """Why a person is told, the strongest first."""

    AUTHOR = "author"
    COMMENTER = "commenter"  # of the very comment that it is about, or that was replied to
    SUPPORTER = "supporter"
    DISCUSSION = "discussion"  # has a comment on the page
    PROPOSAL = "proposal"  # follows what has the page, whatever kind it is of
    TOPIC = "topic"  # follows it


CHOSEN_CAUSES: dict[Cause, str] = {
    Cause.SUPPORTER: N_("Forslag du støtter"),
    Cause.DISCUSSION: N_("Forslag du har kommentert"),
    Cause.PROPOSAL: N_("Forslag du følger"),
}
"""The causes that people may do without as a whole, in words: not what they wrote themselves."""


class Relation(StrEnum):
    """How people stand to an event."""

    CONTENT_AUTHORS = "content_authors"  # whoever wrote what it is about
    ROOT_AUTHORS = "root_authors"  # whoever wrote the content whose page that stands on
    ANSWERED_COMMENTER = "answered_commenter"  # whose comment was replied to
    SUPPORTERS = "supporters"  # whose support is in force
    COMMENTERS = "commenters"  # who have a published comment on the page
    FOLLOWERS = "followers"
    TOPIC_FOLLOWERS = "topic_followers"


@dataclass(frozen=True, slots=True)
class Audience:
    """The people who stand in a relation to an event, and the cause for which they are told.

    `sql` yields account_id; `happened` is the event (subject_type, subject_id, root_type, root_id, topic_id) and
    $1 the municipality. `roots` are the kinds whose pages have such people; None: all.
    """

    relation: Relation
    cause: Cause
    sql: str
    roots: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class EventSpec:
    """One kind of notification.

    Those of the `recipients` who are `spared` are notified by another kind. Who has muted the page is passed over where
    it `may_be_muted`: what became of one's own words is not. Where it `always_holds` it is true whatever has become
    of the content since; otherwise while subject and root are in states that their kinds name.
    """

    label: str
    recipients: tuple[Relation, ...]
    spared: tuple[Relation, ...] = ()
    tells_actor: bool = False
    by_email: bool = True
    may_be_silenced: bool = True
    may_be_muted: bool = True
    always_holds: bool = False

    def enabled_by_default(self, channel: Channel) -> bool:
        """Whether people who chose nothing are told by this channel."""
        return channel is Channel.IN_APP or self.by_email

    def is_required(self, channel: Channel) -> bool:
        """Whether people are told by this channel whatever they choose: decisions against them."""
        return channel is Channel.IN_APP and not self.may_be_silenced


_R = Relation
EVERYBODY = (_R.ROOT_AUTHORS, _R.SUPPORTERS, _R.COMMENTERS, _R.FOLLOWERS)
"""Whom whatever happens to content with a page concerns."""
_DISCUSSING = (_R.ROOT_AUTHORS, _R.ANSWERED_COMMENTER)

KINDS: dict[EventKind, EventSpec] = {
    EventKind.PUBLISHED: EventSpec(
        # The event's actor is the author whose words went out, and it is the author who waits for it.
        label=N_("Noe du har skrevet, er publisert"),
        recipients=(_R.CONTENT_AUTHORS,),
        may_be_muted=False,
        tells_actor=True,
    ),
    EventKind.HELD: EventSpec(
        label=N_("Noe du har skrevet, venter på en moderator"),
        recipients=(_R.CONTENT_AUTHORS,),
        may_be_muted=False,
    ),
    EventKind.REJECTED: EventSpec(
        label=N_("Noe du har skrevet, ble ikke publisert"),
        recipients=(_R.CONTENT_AUTHORS,),
        may_be_muted=False,
        may_be_silenced=False,
        always_holds=True,
    ),
    EventKind.CONTENT_HIDDEN: EventSpec(
        label=N_("Noe du har skrevet, er skjult"),
        recipients=(_R.CONTENT_AUTHORS,),
        may_be_muted=False,
        may_be_silenced=False,
        always_holds=True,
    ),
    EventKind.ANSWERED: EventSpec(label=N_("Kommunen har svart på et forslag"), recipients=EVERYBODY),
    EventKind.STATUS_CHANGED: EventSpec(label=N_("Et forslag har fått ny status"), recipients=EVERYBODY),
    EventKind.COMMENT_ON_YOURS: EventSpec(
        label=N_("Noen har kommentert noe du har skrevet"), recipients=_DISCUSSING
    ),
    EventKind.NEW_ON_PROPOSAL: EventSpec(
        label=N_("Ny kommentar til et forslag du følger"),
        recipients=(_R.FOLLOWERS,),
        spared=_DISCUSSING,
        by_email=False,
    ),
    EventKind.NEW_IN_TOPIC: EventSpec(
        label=N_("Nytt forslag i et tema du følger"),
        recipients=(_R.TOPIC_FOLLOWERS,),
        spared=(_R.ROOT_AUTHORS,),
        by_email=False,
        may_be_muted=False,
    ),
    EventKind.AMENDED: EventSpec(
        label=N_("Et forslag du støtter eller følger, er endret"), recipients=EVERYBODY, by_email=False
    ),
}

DECISIONS = frozenset({EventKind.REJECTED, EventKind.CONTENT_HIDDEN})
"""A moderator decided against the author."""
ASIDE = DECISIONS | {EventKind.HELD}
"""What these are about is seen by its author alone."""


def still_holds(
    event: EventKind, subject: str, subject_state: str | None, root: str, root_state: str | None
) -> bool:
    """Whether what an event says still is so, of a subject and a root of these kinds; a state is None where unknown."""
    if KINDS[event].always_holds:
        return True
    states = ((kind_of(subject), subject_state), (kind_of(root), root_state))
    return all(
        state is None or state in kind.event_states.get(event, kind.public_states) for kind, state in states
    )
