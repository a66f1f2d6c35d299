"""Co-authors by invitation: a secret that the author hands on, kept as a hash and redeemed once.

Every change of a proposal's co-authors holds the proposal's row, so bounds and "only once" are sure.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg

from backend.platform.authz import Actor, Refusal, logged_in, require
from backend.platform.database import execute, fetch, fetch_row, fetch_value, unit_of_work
from backend.platform.errors import Conflict, NotFound
from backend.platform.idempotency import once_shown
from backend.platform.tags import changed
from backend.proposals.access import access_proposal
from backend.proposals.involvement import involvement_in
from backend.proposals.queries import ProposalRow, is_author, proposal_for_update, proposals_by_id
from backend.proposals.rules import FIRST_AUTHOR_ONLY, NOT_FOUND
from backend.proposals.sql import is_co_author
from backend.proposals.states import EDITABLE, PUBLIC
from backend.proposals.transitions import tags_of
from backend.topics.queries import topics_by_id
from backend.topics.rules import may_write

LIFETIME = timedelta(days=14)
MAX_OPEN = 10
MAX_CO_AUTHORS = 20
_SECRET_BYTES = 32
_MAX_SECRET = 100
_SHOWN_ALREADY = Refusal(
    "invitation_made_already",
    "Lenken vises bare én gang. Trekk den tilbake og lag en ny.",
    error=Conflict,
)


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation just made; `secret` is shown now and never again."""

    id: int
    secret: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"NewInvitation(id={self.id})"


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation as the author sees it: open until it expires, or accepted by somebody."""

    id: int
    proposal_id: int
    created_at: datetime
    expires_at: datetime
    accepted_by_id: int | None
    accepted_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """What the holder of a secret is told before they accept: as little as is needed to decide."""

    title: str
    language: str
    invited_by_id: int
    expires_at: datetime


async def opened(actor: Actor, secret: str) -> OpenInvitation:
    """The invitation that a secret opens, while it can be accepted. Raises Unauthenticated, NotFound."""
    require(logged_in(actor, None))
    row = await fetch_row(
        """SELECT p.title, p.language, i.invited_by_id, i.expires_at FROM proposal_invitation i
           JOIN proposal p ON p.municipality_id = i.municipality_id AND p.id = i.proposal_id
           WHERE i.municipality_id = $1 AND i.secret_hash = $2 AND i.ended_at IS NULL
             AND i.accepted_by_id IS NULL AND i.expires_at > now()""",
        actor.municipality_id,
        _hash(secret[:_MAX_SECRET]),
    )
    if row is None:
        raise _no_such_invitation()
    return OpenInvitation(*row.values())


async def invite(actor: Actor, proposal_id: int, *, key: str | None = None) -> NewInvitation:
    """Make an invitation that holds for 14 days, for whoever the author gives its secret to.

    Raises NotFound, Unauthenticated, Forbidden, Conflict (10 open ones, or 20 with those who accepted; made with
    this key already).
    """
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    expires_at = datetime.now(UTC) + LIFETIME

    async def create() -> int:
        await access_proposal(actor, proposal_id, "invite")
        await _has_room(actor, proposal_id)
        number: int = await fetch_value(
            """INSERT INTO proposal_invitation
                   (municipality_id, proposal_id, secret_hash, invited_by_id, expires_at)
               VALUES ($1, $2, $3, $4, $5) RETURNING id""",
            actor.municipality_id,
            proposal_id,
            _hash(secret),
            actor.account_id,
            expires_at,
        )
        return number

    # A stranger has no keys of their own: the rules refuse them, or say that it is not there.
    key = None if actor.is_anonymous else key
    made = await once_shown(actor, "invite", key, [proposal_id], create, _SHOWN_ALREADY)
    return NewInvitation(made, secret, expires_at)


async def redeem(actor: Actor, secret: str) -> int:
    """Become co-author by an invitation's secret; returns the proposal's id.

    Again by the same person it changes nothing. Raises Unauthenticated, NotFound (no such secret, expired,
    revoked, used), Forbidden (the topic asks for an age or a residence), Conflict (the author's own proposal, or one
    that takes no co-authors any more).
    """
    require(logged_in(actor, None))
    # The secret has 256 random bits and is looked for by its hash: how long the search takes tells nothing
    # about the secret, since nobody can steer what it hashes to.
    proposal_id = await fetch_value(
        "SELECT proposal_id FROM proposal_invitation WHERE municipality_id = $1 AND secret_hash = $2",
        actor.municipality_id,
        _hash(secret[:_MAX_SECRET]),
    )
    if proposal_id is None:
        raise _no_such_invitation()
    async with unit_of_work():
        proposal = await proposal_for_update(actor.municipality_id, proposal_id)
        if proposal is None:
            raise _no_such_invitation()
        invitation = await fetch_row(
            """SELECT id, accepted_by_id, accepted_by_id IS NULL AND expires_at > now() AS is_open
               FROM proposal_invitation
               WHERE municipality_id = $1 AND secret_hash = $2 AND ended_at IS NULL""",
            actor.municipality_id,
            _hash(secret[:_MAX_SECRET]),
        )
        await _accept(actor, proposal, invitation)
    return proposal.id


async def revoke(actor: Actor, invitation_id: int) -> int:
    """Take an invitation back; one that was accepted ends the co-authorship. Returns the proposal's id.

    For the author. Raises Unauthenticated, Forbidden, NotFound.
    """
    require(logged_in(actor, None))
    async with unit_of_work():
        proposal_id = await fetch_value(
            "SELECT proposal_id FROM proposal_invitation WHERE municipality_id = $1 AND id = $2",
            actor.municipality_id,
            invitation_id,
        )
        if proposal_id is None:
            raise _no_such_invitation()
        found = await proposal_for_update(actor.municipality_id, proposal_id)
        proposal = await _require_own(actor, found, _no_such_invitation())
        ended = await execute(
            """UPDATE proposal_invitation SET ended_at = now()
               WHERE municipality_id = $1 AND id = $2 AND ended_at IS NULL""",
            actor.municipality_id,
            invitation_id,
        )
        if ended != "UPDATE 1":
            raise _no_such_invitation()
        await _announce(proposal)
    return proposal.id


async def leave(actor: Actor, proposal_id: int) -> None:
    """Be co-author no longer. Raises Unauthenticated, NotFound (also when one is no co-author)."""
    require(logged_in(actor, None))
    async with unit_of_work():
        proposal = await proposal_for_update(actor.municipality_id, proposal_id)
        ended = await execute(
            f"""UPDATE proposal_invitation SET ended_at = now()
               WHERE municipality_id = $1 AND proposal_id = $2 AND accepted_by_id = $3 AND {is_co_author()}""",
            actor.municipality_id,
            proposal_id,
            actor.account_id,
        )
        if proposal is None or ended == "UPDATE 0":
            raise NotFound("not_co_author", "Du er ikke medforfatter av dette forslaget.")
        await _announce(proposal)


async def invitations_of(actor: Actor, proposal_id: int) -> list[InvitationRow]:
    """What the author has given out: open invitations and accepted ones, newest first; at most 20.

    Raises Unauthenticated, Forbidden, NotFound.
    """
    require(logged_in(actor, None))
    found = await proposals_by_id(actor.municipality_id, [proposal_id])
    await _require_own(actor, found.get(proposal_id), NotFound(NOT_FOUND.code, NOT_FOUND.message))
    rows = await fetch(
        """SELECT id, proposal_id, created_at, expires_at, accepted_by_id, accepted_at
           FROM proposal_invitation
           WHERE municipality_id = $1 AND proposal_id = $2 AND ended_at IS NULL
             AND (accepted_by_id IS NOT NULL OR expires_at > now())
           ORDER BY id DESC LIMIT $3""",
        actor.municipality_id,
        proposal_id,
        MAX_CO_AUTHORS,
    )
    return [InvitationRow(*row.values()) for row in rows]


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _no_such_invitation() -> NotFound:
    return NotFound("invitation_not_found", "Invitasjonen finnes ikke, er brukt eller er utløpt.")


async def _has_room(actor: Actor, proposal_id: int) -> None:
    counts = await fetch_row(
        """SELECT count(*) FILTER (WHERE accepted_by_id IS NULL) AS open, count(*) AS held
           FROM proposal_invitation
           WHERE municipality_id = $1 AND proposal_id = $2 AND ended_at IS NULL
             AND (accepted_by_id IS NOT NULL OR expires_at > now())""",
        actor.municipality_id,
        proposal_id,
    )
    if counts and counts["open"] >= MAX_OPEN:
        raise Conflict(
            "too_many_invitations",
            "Forslaget har {most} åpne invitasjoner. Trekk en av dem først.",
            most=MAX_OPEN,
        )
    if counts and counts["held"] >= MAX_CO_AUTHORS:
        raise Conflict(
            "too_many_co_authors", "Et forslag kan ha høyst {most} medforfattere.", most=MAX_CO_AUTHORS
        )


async def _accept(actor: Actor, proposal: ProposalRow, invitation: asyncpg.Record | None) -> None:
    if invitation is None or (not invitation["is_open"] and invitation["accepted_by_id"] != actor.account_id):
        raise _no_such_invitation()
    involvement = (await involvement_in(actor, [proposal.id]))[proposal.id]
    if proposal.author_id in actor.person_account_ids:
        raise Conflict("own_invitation", "Du har skrevet forslaget selv. Gi lenken til den du vil invitere.")
    if involvement.is_own:
        return
    if proposal.state not in EDITABLE:
        raise Conflict("invitation_too_late", "Forslaget kan ikke få flere medforfattere nå.")
    await _require_writer(actor, proposal)
    await execute(
        """UPDATE proposal_invitation SET accepted_by_id = $3, accepted_at = now()
           WHERE municipality_id = $1 AND id = $2""",
        actor.municipality_id,
        invitation["id"],
        actor.account_id,
    )
    await _announce(proposal)


async def _require_writer(actor: Actor, proposal: ProposalRow) -> None:
    """Raises Forbidden when the topic asks for an age or a residence that the actor has not."""
    if proposal.topic_id is None:
        return
    topics = await topics_by_id(actor.municipality_id, [proposal.topic_id], actor.language)
    require(may_write(actor, topics[proposal.topic_id]))


async def _require_own(actor: Actor, proposal: ProposalRow | None, unknown: NotFound) -> ProposalRow:
    if proposal is None or not await is_author(actor, proposal):
        raise unknown
    if proposal.author_id != actor.account_id:
        raise FIRST_AUTHOR_ONLY.as_error()
    return proposal


async def _announce(proposal: ProposalRow) -> None:
    if proposal.state in PUBLIC:
        await changed(tags_of(proposal))
