"""The kinds of notification: who is told, by which channel unless they choose otherwise, and for how long.

The words are in wording.py. Who is concerned in several ways is told once, for the strongest cause.
"""

from dataclasses import dataclass
from enum import StrEnum

from backend.notifications.events import EventKind
from backend.platform.i18n import N_
from backend.proposals.states import ANSWERED_STATES, PUBLIC, ProposalState


class Channel(StrEnum):
    """Where a person is told."""

    IN_APP = "in_app"
    EMAIL = "email"


class Cause(StrEnum):
    """Why a person is told, the strongest first."""

    AUTHOR = "author"
    COMMENTER = "commenter"  # of the very comment that it is about, or that was replied to
    SUPPORTER = "supporter"
    DISCUSSION = "discussion"  # has a comment on the proposal
    PROPOSAL = "proposal"  # follows it
    TOPIC = "topic"  # follows it


CHOSEN_CAUSES: dict[Cause, str] = {
    Cause.SUPPORTER: N_("Forslag du støtter"),
    Cause.DISCUSSION: N_("Forslag du har kommentert"),
    Cause.PROPOSAL: N_("Forslag du følger"),
}
"""The causes that people may do without as a whole, in words: not what they wrote themselves."""


class Relation(StrEnum):
    """How people stand to an event."""

    CONTENT_AUTHORS = "content_authors"  # whoever wrote the comment or, without one, the proposal
    PROPOSAL_AUTHORS = "proposal_authors"  # author and co-authors
    ANSWERED_COMMENTER = "answered_commenter"  # whose comment was replied to
    SUPPORTERS = "supporters"  # whose support is in force
    COMMENTERS = "commenters"  # who have a published comment on the proposal
    PROPOSAL_FOLLOWERS = "proposal_followers"
    TOPIC_FOLLOWERS = "topic_followers"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notification.

    Those `told` who are also `spared` hear of it by another kind. Who has muted the proposal is passed over where
    it `may_be_muted`: what became of one's own words is not. A notification is still true while the proposal is in
    one of `proposal_states` and the comment, if any, in one of `comment_states`; None: always.
    """

    label: str
    told: tuple[Relation, ...]
    spared: tuple[Relation, ...] = ()
    tells_actor: bool = False
    by_email: bool = True
    may_be_silenced: bool = True
    may_be_muted: bool = True
    proposal_states: frozenset[ProposalState] | None = PUBLIC
    comment_states: frozenset[str] | None = frozenset({"published"})

    def wanted_by_default(self, channel: Channel) -> bool:
        """Whether people who chose nothing are told by this channel."""
        return channel is Channel.IN_APP or self.by_email

    def is_required(self, channel: Channel) -> bool:
        """Whether people are told by this channel whatever they choose: decisions against them."""
        return channel is Channel.IN_APP and not self.may_be_silenced

    def is_still_so(self, proposal_state: str | None, comment_state: str | None) -> bool:
        """Whether what it says still holds; a state is None where the event has no such thing."""
        return _holds(self.proposal_states, proposal_state) and _holds(self.comment_states, comment_state)


def _holds(wanted: frozenset[str] | None, state: str | None) -> bool:
    return wanted is None or state is None or state in wanted


_R = Relation
EVERYBODY = (_R.PROPOSAL_AUTHORS, _R.SUPPORTERS, _R.COMMENTERS, _R.PROPOSAL_FOLLOWERS)
"""Whom whatever happens to a proposal concerns."""
_DISCUSSING = (_R.PROPOSAL_AUTHORS, _R.ANSWERED_COMMENTER)

KINDS: dict[EventKind, Kind] = {
    EventKind.PUBLISHED: Kind(
        # The event's actor is the author whose words went out, and it is the author who waits for it.
        label=N_("Noe du har skrevet, er publisert"),
        told=(_R.CONTENT_AUTHORS,),
        may_be_muted=False,
        tells_actor=True,
    ),
    EventKind.HELD: Kind(
        label=N_("Noe du har skrevet, venter på en moderator"),
        told=(_R.CONTENT_AUTHORS,),
        may_be_muted=False,
        proposal_states=PUBLIC | {ProposalState.SUBMITTED},
        comment_states=frozenset({"submitted"}),
    ),
    EventKind.REJECTED: Kind(
        label=N_("Noe du har skrevet, ble ikke publisert"),
        told=(_R.CONTENT_AUTHORS,),
        may_be_muted=False,
        may_be_silenced=False,
        proposal_states=None,
        comment_states=None,
    ),
    EventKind.CONTENT_HIDDEN: Kind(
        label=N_("Noe du har skrevet, er skjult"),
        told=(_R.CONTENT_AUTHORS,),
        may_be_muted=False,
        may_be_silenced=False,
        proposal_states=None,
        comment_states=None,
    ),
    EventKind.ANSWERED: Kind(
        # An answer that was taken back to assessment is no longer in force.
        label=N_("Kommunen har svart på et forslag"),
        told=EVERYBODY,
        proposal_states=ANSWERED_STATES,
    ),
    EventKind.STATUS_CHANGED: Kind(label=N_("Et forslag har fått ny status"), told=EVERYBODY),
    EventKind.COMMENT_ON_YOURS: Kind(label=N_("Noen har kommentert noe du har skrevet"), told=_DISCUSSING),
    EventKind.NEW_ON_PROPOSAL: Kind(
        label=N_("Ny kommentar til et forslag du følger"),
        told=(_R.PROPOSAL_FOLLOWERS,),
        spared=_DISCUSSING,
        by_email=False,
    ),
    EventKind.NEW_IN_TOPIC: Kind(
        label=N_("Nytt forslag i et tema du følger"),
        told=(_R.TOPIC_FOLLOWERS,),
        spared=(_R.PROPOSAL_AUTHORS,),
        by_email=False,
        may_be_muted=False,
    ),
    EventKind.AMENDED: Kind(
        label=N_("Et forslag du støtter eller følger, er endret"), told=EVERYBODY, by_email=False
    ),
}

DECISIONS = frozenset({EventKind.REJECTED, EventKind.CONTENT_HIDDEN})
"""A moderator decided against the author."""
ASIDE = DECISIONS | {EventKind.HELD}
"""What these are about is seen by its author alone."""
