"""Use cases of a proposal's author; supports, answers and invitations have files of their own."""

import asyncio
from dataclasses import asdict, dataclass
from typing import Any

from backend.content.kinds import ContentRef
from backend.moderation.lapse import lapse_case
from backend.moderation.unscreened import request_screening
from backend.platform.authz import Actor, Refusal, logged_in, require
from backend.platform.database import execute, fetch_value, unit_of_work
from backend.platform.errors import Conflict, NotFound
from backend.platform.idempotency import once
from backend.platform.validation import all_checked
from backend.proposals.access import access_proposal
from backend.proposals.content import Point, ProposalText, proposal_text
from backend.proposals.pending import (
    EDIT,
    PendingState,
    PendingVersion,
    erase_pending,
    pending_versions_of,
    store_pending,
)
from backend.proposals.queries import ProposalRow
from backend.proposals.rules import TOPIC_MISSING
from backend.proposals.states import Capacity, ProposalState
from backend.proposals.transitions import apply_transition
from backend.proposals.writes import add_version, insert_proposal, store_version, update_text
from backend.text.checks import validate_text
from backend.text.personal_data.public_contacts import contacts_for
from backend.topics.queries import places_by_id, topics_by_id
from backend.topics.rules import may as may_in_topic

MAX_DRAFTS = 20
WITHDRAW_REASON = (0, 2_000)


@dataclass(frozen=True, slots=True)
class ProposalInput:
    """What a person writes of a proposal."""

    title: str
    body: str
    language: str
    place_id: int | None = None
    position: Point | None = None


async def create_proposal(
    actor: Actor, topic_id: int | None, written: ProposalInput, *, submit: bool, key: str | None = None
) -> int:
    """Store a draft, and submit it at once when asked to; returns its id. A draft may be without a topic.

    Raises Unauthenticated, NotFound (topic), Forbidden, Invalid, PersonalData, Conflict (too many drafts, key reused).
    """
    with all_checked() as check:
        if topic_id is not None:
            await check.wait(_require_open(actor, topic_id))
        else:
            require(TOPIC_MISSING if submit else logged_in(actor, None))
        text = await check.wait(_checked(actor, written))

    async def create() -> int:
        await _has_room_for_draft(actor)
        proposal_id = await insert_proposal(actor, topic_id, text, written.place_id, written.position)
        if submit:
            await submit_proposal(actor, proposal_id)
        return proposal_id

    return await once(actor, "create_proposal", key, [topic_id, asdict(written), submit], create)


async def edit_proposal(
    actor: Actor,
    proposal_id: int,
    written: ProposalInput,
    *,
    expected_version: int,
    topic_id: int | None = None,
) -> int:
    """Replace the words and place, and move a draft to another topic; returns the number of the new version.

    What is public stays as it is: the new words are its pending version, in place of an earlier one, until they
    have been screened, and approved where the topic says so. Of a draft, which saves itself while it is written,
    only the words in force are kept. Raises as `create_proposal`, and Conflict when `expected_version` is not the
    latest version, pending or in force, or when another topic is asked for too late.
    """
    text = await _checked(actor, written)
    async with unit_of_work():
        facts = await access_proposal(actor, proposal_id, "edit")
        proposal = facts.proposal
        pending = None
        if proposal.state is ProposalState.PUBLISHED:
            pending = (await pending_versions_of(actor.municipality_id, [proposal_id])).get(proposal_id)
        if expected_version != (pending.number if pending else proposal.version):
            raise Conflict(
                "changed_meanwhile",
                "Noen andre rakk å endre forslaget først. Se hva som er nytt, og prøv igjen.",
            )
        if topic_id is not None and topic_id != proposal.topic_id:
            await _move(actor, proposal, topic_id)
        if proposal.state is ProposalState.PUBLISHED:
            return await _amend(actor, proposal, pending, text, written)
        version = await update_text(
            actor.municipality_id, proposal_id, text, written.place_id, written.position
        )
        # What is not handed in yet, for the first time or again, is no part of the history.
        if proposal.state is ProposalState.SUBMITTED:
            await add_version(actor.municipality_id, proposal_id, version, text, actor.account_id)
            await request_screening(actor.municipality_id, ContentRef("proposal", proposal_id), version)
        return version


async def _amend(
    actor: Actor,
    proposal: ProposalRow,
    pending: PendingVersion | None,
    text: ProposalText,
    written: ProposalInput,
) -> int:
    """Words for what is public: they wait for screening. Nothing waits of an edit that changes nothing."""
    position = written.position and (written.position.longitude, written.position.latitude)
    words = (text.title, text.body, text.language, written.place_id, *(position or (None, None)))
    if words == _words_of(proposal):
        await erase_pending(actor.municipality_id, proposal.id)
        return proposal.version
    if pending and pending.state is PendingState.SUBMITTED and words == _words_of(pending):
        return pending.number
    number = await store_pending(actor, proposal, text, written.place_id, written.position)
    await request_screening(actor.municipality_id, ContentRef(EDIT, proposal.id), number)
    return number


def _words_of(row: ProposalRow | PendingVersion) -> tuple[Any, ...]:
    return (row.title, row.body, row.language, row.place_id, row.longitude, row.latitude)


async def withdraw_edit(actor: Actor, proposal_id: int, *, expected_version: int) -> None:
    """Take an edit of what is public back before it comes into force, or put one aside that never did.

    Raises NotFound (also where there is no edit), Unauthenticated, Forbidden, Conflict when there is a newer one.
    """
    async with unit_of_work():
        facts = await access_proposal(actor, proposal_id, "withdraw_edit")
        pending = (await pending_versions_of(actor.municipality_id, [proposal_id])).get(proposal_id)
        if pending is None:
            raise NotFound("no_pending_edit", "Ingen endring venter. Den kan være publisert allerede.")
        if pending.number != expected_version:
            raise Conflict(
                "changed_meanwhile",
                "Noen andre rakk å endre forslaget først. Se hva som er nytt, og prøv igjen.",
            )
        await erase_pending(actor.municipality_id, facts.proposal.id)


async def submit_proposal(actor: Actor, proposal_id: int) -> None:
    """Hand the proposal in; a worker screens it before it is published.

    Raises NotFound, Unauthenticated, Forbidden, Conflict.
    """
    async with unit_of_work():
        facts = await access_proposal(actor, proposal_id, "submit")
        proposal = facts.proposal
        if proposal.state is ProposalState.REJECTED:
            step = await apply_transition(
                actor.municipality_id,
                proposal,
                ProposalState.DRAFT,
                Capacity.AUTHOR,
                actor_id=actor.account_id,
            )
            proposal = (await access_proposal(actor, proposal_id, "submit")).proposal
            assert proposal.step == step
        await store_version(actor, proposal)
        await apply_transition(
            actor.municipality_id,
            proposal,
            ProposalState.SUBMITTED,
            Capacity.AUTHOR,
            actor_id=actor.account_id,
        )
        await request_screening(actor.municipality_id, ContentRef("proposal", proposal_id), proposal.version)


async def withdraw_proposal(actor: Actor, proposal_id: int, reason: str | None) -> None:
    """Take the proposal back; once it was public its page stays and says so, with the reason.

    `reason` has up to 2,000 characters. Raises NotFound, Unauthenticated, Forbidden,
    Invalid, PersonalData, Conflict.
    """
    reason_text = await asyncio.to_thread(
        validate_text, reason or "", WITHDRAW_REASON, "reason", multiline=True, public=contacts_for(actor)
    )
    async with unit_of_work():
        facts = await access_proposal(actor, proposal_id, "withdraw")
        await apply_transition(
            actor.municipality_id,
            facts.proposal,
            ProposalState.WITHDRAWN,
            Capacity.AUTHOR,
            actor_id=actor.account_id,
            reason=reason_text or None,
        )
        if facts.proposal.published_at is None:
            await lapse_case(actor.municipality_id, "proposal", proposal_id)


async def _move(actor: Actor, proposal: ProposalRow, topic_id: int) -> None:
    """To another topic, which must take proposals; what has been handed in stays where its readers found it."""
    if proposal.state is not ProposalState.DRAFT:
        raise Conflict("topic_settled", "Temaet kan bare endres mens forslaget er et utkast.", field="topic")
    await _require_open(actor, topic_id)
    await execute(
        "UPDATE proposal SET topic_id = $3 WHERE municipality_id = $1 AND id = $2",
        actor.municipality_id,
        proposal.id,
        topic_id,
    )


async def _require_open(actor: Actor, topic_id: int) -> None:
    topics = await topics_by_id(actor.municipality_id, [topic_id], actor.language)
    if topic_id not in topics:
        raise NotFound("topic_not_found", "Temaet finnes ikke.", field="topic")
    require(may_in_topic(actor, "propose", topics[topic_id]))


async def check_written(actor: Actor, written: ProposalInput) -> None:
    """Raise Invalid or NotFound for all that is wrong with the words and the place, each at its field."""
    await _checked(actor, written)


async def _checked(actor: Actor, written: ProposalInput) -> ProposalText:
    with all_checked() as check:
        # A long text of digits takes a tenth of a second to look through, which others need not wait for.
        text = await check.wait(
            asyncio.to_thread(
                proposal_text, written.title, written.body, written.language, contacts_for(actor)
            )
        )
        await check.wait(_place_exists(actor, written.place_id))
    return text


async def _place_exists(actor: Actor, place_id: int | None) -> None:
    if place_id is not None and place_id not in await places_by_id(actor.municipality_id, [place_id]):
        raise NotFound("place_not_found", "Stedet finnes ikke.", field="place")


async def _has_room_for_draft(actor: Actor) -> None:
    # The account's row is the lock: two requests at once cannot both be the last one to fit.
    await execute(
        "SELECT FROM account WHERE municipality_id = $1 AND id = $2 FOR NO KEY UPDATE",
        actor.municipality_id,
        actor.account_id,
    )
    drafts = await fetch_value(
        "SELECT count(*) FROM proposal WHERE municipality_id = $1 AND author_id = $2 AND state = 'draft'",
        actor.municipality_id,
        actor.account_id,
    )
    if drafts >= MAX_DRAFTS:
        require(
            Refusal(
                "too_many_drafts",
                "Du har {most} utkast. Send inn eller trekk et av dem først.",
                (("most", MAX_DRAFTS),),
                Conflict,
            )
        )
