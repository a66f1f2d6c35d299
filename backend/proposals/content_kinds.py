"""Proposals, and edits of them that wait, as content."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from backend.content.kinds import Content, ContentKind, ContentRef, Discussion, RootKind, Summary
from backend.notifications.events import EventKind, record
from backend.notifications.kinds import Cause
from backend.platform.authz import Actor
from backend.platform.database import fetch_row, fetch_value
from backend.platform.i18n import N_
from backend.platform.outbox import enqueue
from backend.platform.tags import changed
from backend.proposals.access import visible_proposals
from backend.proposals.amending import publish_pending
from backend.proposals.involvement import involvement_in, wrote_sql
from backend.proposals.listing import ProposalFilter, ProposalSort, list_proposals
from backend.proposals.outcome_texts import ANSWERED_TEXTS
from backend.proposals.pending import EDIT, PendingState, reject_pending
from backend.proposals.queries import proposal_for_update
from backend.proposals.rules import NOT_FOUND, ProposalFacts, may
from backend.proposals.similar import similar_matches
from backend.proposals.sql import is_co_author
from backend.proposals.state_texts import STATE_TEXTS
from backend.proposals.states import ANSWERED_STATES, PUBLIC, Capacity, ProposalState
from backend.proposals.transitions import apply_transition
from backend.proposals.wordings import WHY, WORDINGS
from backend.text.similarity import Match


class _OfProposal(ContentKind):
    """What proposals and their edits have in common: ids, authors, and who may know of them."""

    of = "proposal"
    author_cause = Cause.AUTHOR.value
    action = N_("Se forslaget")

    async def is_visible(self, actor: Actor, content: Content) -> bool:
        return bool(await visible_proposals(actor, [content.id]))

    async def is_author(self, actor: Actor, content: Content) -> bool:
        return (await involvement_in(actor, [content.id]))[content.id].is_own

    async def has_part(self, actor: Actor, content: Content) -> bool:
        return (await involvement_in(actor, [content.id]))[content.id].has_part

    def path(self, content_id: int) -> str:
        return f"/forslag/{content_id}"

    def authors_sql(self, content_id: str) -> str:
        return f"""
        SELECT author_id AS account_id FROM proposal
        WHERE municipality_id = $1 AND id = {content_id} AND author_id IS NOT NULL
        UNION ALL
        SELECT accepted_by_id FROM proposal_invitation
        WHERE municipality_id = $1 AND proposal_id = {content_id} AND {is_co_author()}"""

    def has_part_sql(self, content_id: str, accounts: str) -> str:
        return f"""EXISTS (SELECT FROM proposal pp WHERE pp.municipality_id = $1 AND pp.id = {content_id}
            AND {wrote_sql("pp.id", "pp.author_id", accounts)})"""

    def _content(self, municipality_id: int, row: Any) -> Content | None:
        if row is None:
            return None
        root = ContentRef("proposal", row["id"])
        return Content(municipality_id=municipality_id, kind=self, root=root, **dict(row))


class ProposalKind(_OfProposal, RootKind):
    """Proposals."""

    name = "proposal"
    publishing_informs_author = True
    public_states = PUBLIC
    event_states = {
        EventKind.HELD: PUBLIC | {ProposalState.SUBMITTED},
        # An answer that was taken back to assessment is no longer in force.
        EventKind.ANSWERED: ANSWERED_STATES,
    }
    wordings = WORDINGS
    not_found = NOT_FOUND
    why = WHY
    mute_action = N_("Slå av varsler om dette forslaget")

    async def summaries(self, actor: Actor, ids: Sequence[int]) -> Mapping[int, Summary]:
        return {number: summary_of(facts) for number, facts in (await visible_proposals(actor, ids)).items()}

    async def matching(
        self, municipality_id: int, words: str, language: str, *, limit: int
    ) -> Sequence[Match]:
        found = await list_proposals(
            municipality_id,
            ProposalFilter(search=words, language=language),
            ProposalSort.BEST_MATCH,
            after=None,
            limit=limit,
        )
        return [Match(each.row.id, each.sort_value) for each in found]

    async def similar(self, municipality_id: int, title: str, body: str, *, limit: int) -> Sequence[Match]:
        return await similar_matches(municipality_id, title, body, limit=limit)

    async def discussions(self, actor: Actor, ids: Sequence[int]) -> Mapping[int, Discussion]:
        known = await visible_proposals(actor, ids)
        return {number: discussion_of(actor, facts) for number, facts in known.items()}

    async def discussion_changed(self, municipality_id: int, content_id: int) -> None:
        payload = {"municipality_id": municipality_id, "proposal_id": content_id}
        await enqueue("count_comments", f"proposal:{content_id}", payload)
        await changed([f"proposal:{content_id}"])

    def event_params(self, detail: Mapping[str, object]) -> Mapping[str, str]:
        return _params(detail.get("state"), detail.get("outcome"))

    async def load(self, municipality_id: int, content_id: int) -> Content | None:
        row = await fetch_row(
            """SELECT p.id, p.version, p.state, p.topic_id, p.author_id, p.title, p.body,
                   p.language, t.moderation_mode, p.published_at IS NOT NULL AS was_public
               FROM proposal p JOIN topic t ON t.municipality_id = p.municipality_id AND t.id = p.topic_id
               WHERE p.municipality_id = $1 AND p.id = $2 FOR NO KEY UPDATE OF p""",
            municipality_id,
            content_id,
        )
        return self._content(municipality_id, row)

    async def publish(self, content: Content, *, moderator_id: int | None = None) -> None:
        if content.state in PUBLIC:
            return
        part = Capacity.SCREENING if moderator_id is None else Capacity.MODERATOR
        step = await self._step(content, ProposalState.PUBLISHED, part, moderator_id)
        for kind in (EventKind.PUBLISHED, EventKind.NEW_IN_TOPIC):
            await record(
                content.municipality_id,
                kind,
                f"proposal:{content.id}:{step}",
                content.ref,
                topic_id=content.topic_id,
                actor_id=content.author_id,
            )

    async def reject(self, content: Content, *, moderator_id: int | None) -> None:
        await self._step(content, ProposalState.REJECTED, Capacity.MODERATOR, moderator_id)

    async def hide(self, content: Content, *, moderator_id: int | None) -> None:
        await self._step(content, ProposalState.HIDDEN, Capacity.MODERATOR, moderator_id)

    async def restore(self, content: Content, *, moderator_id: int | None) -> None:
        before = await fetch_value(
            """SELECT from_state FROM proposal_transition
               WHERE municipality_id = $1 AND proposal_id = $2 AND to_state = 'hidden'
               ORDER BY ordinal DESC LIMIT 1""",
            content.municipality_id,
            content.id,
        )
        await self._step(content, ProposalState(before), Capacity.MODERATOR, moderator_id)

    async def _step(
        self, content: Content, target: ProposalState, part: Capacity, moderator_id: int | None
    ) -> int:
        """Returns the number of the step. Why it was taken is read from the case, by the author alone."""
        proposal = await proposal_for_update(content.municipality_id, content.id)
        assert proposal is not None
        await apply_transition(content.municipality_id, proposal, target, part, actor_id=moderator_id)
        return proposal.step

    def is_shown(self, state: str, *, was_public: bool) -> bool:
        # A withdrawn proposal that was public keeps its page.
        return state in PUBLIC or (state == ProposalState.WITHDRAWN and was_public)

    def awaits_screening(self, content: Content) -> bool:
        # A public one too: a program of the version before changed its words in place.
        return content.is_submitted or content.state in PUBLIC

    def current_sql(self, content_id: str) -> str:
        return f"""SELECT p.state, p.version, p.published_at IS NOT NULL AS was_public FROM proposal p
            WHERE p.municipality_id = $1 AND p.id = {content_id}"""

    def submitted_sql(self) -> str:
        return """SELECT id, version, submitted_at AS since FROM proposal
            WHERE municipality_id = $1 AND state = 'submitted'"""

    def texts_sql(self, author: str) -> str:
        return f"SELECT id, body FROM proposal WHERE municipality_id = $1 AND author_id = {author} AND state <> 'draft'"


class EditOfProposalKind(_OfProposal):
    """Edits of public proposals, which wait beside the words in force; each has its proposal's id."""

    name = EDIT
    # It has no page: what is told of it holds for as long as its proposal is open to all.
    public_states = frozenset(PendingState)
    event_states = {EventKind.HELD: frozenset({PendingState.SUBMITTED})}

    async def load(self, municipality_id: int, content_id: int) -> Content | None:
        # The proposal is locked too: whatever ends or replaces its edit holds that lock.
        row = await fetch_row(
            """SELECT p.id, v.number AS version, v.state, p.topic_id, v.editor_id AS author_id,
                   v.title, v.body, v.language, t.moderation_mode, FALSE AS was_public
               FROM proposal p
               JOIN proposal_pending_version v ON v.municipality_id = p.municipality_id AND v.proposal_id = p.id
               JOIN topic t ON t.municipality_id = p.municipality_id AND t.id = p.topic_id
               WHERE p.municipality_id = $1 AND p.id = $2 FOR NO KEY UPDATE OF p, v""",
            municipality_id,
            content_id,
        )
        return self._content(municipality_id, row)

    async def publish(self, content: Content, *, moderator_id: int | None = None) -> None:
        await publish_pending(content.municipality_id, content.id)

    async def reject(self, content: Content, *, moderator_id: int | None) -> None:
        await reject_pending(content.municipality_id, content.id)

    async def hide(self, content: Content, *, moderator_id: int | None) -> None:
        raise NotImplementedError("an edit that waits is never shown")

    async def restore(self, content: Content, *, moderator_id: int | None) -> None:
        raise NotImplementedError("an edit that waits is never hidden")

    def is_shown(self, state: str, *, was_public: bool) -> bool:
        return False

    def current_sql(self, content_id: str) -> str:
        return f"""SELECT v.state, v.number AS version, FALSE AS was_public FROM proposal_pending_version v
            WHERE v.municipality_id = $1 AND v.proposal_id = {content_id}"""

    def submitted_sql(self) -> str:
        return """SELECT proposal_id AS id, number AS version, created_at AS since FROM proposal_pending_version
            WHERE municipality_id = $1 AND state = 'submitted'"""


def summary_of(facts: ProposalFacts) -> Summary:
    """A proposal that somebody may see, as sentences about it need it."""
    proposal = facts.proposal
    return Summary(
        ContentRef("proposal", proposal.id),
        proposal.title,
        facts.topic.title if facts.topic else None,
        proposal.state,
        {"status": "", "outcome": "", **_params(proposal.state, proposal.outcome)},
    )


def discussion_of(actor: Actor, facts: ProposalFacts) -> Discussion:
    """How the actor stands to what is written below a proposal that they may see."""
    return Discussion(
        ContentRef("proposal", facts.proposal.id),
        facts.topic_id,
        may(actor, "comment", facts),
        facts.involvement.has_been_author,
    )


def _params(state: object, outcome: object) -> dict[str, str]:
    """What is said of a state and an outcome; without an outcome it is what is said of the state."""
    status = {"status": STATE_TEXTS[state]} if isinstance(state, str) and state in STATE_TEXTS else {}
    answer = ANSWERED_TEXTS.get(outcome) if isinstance(outcome, str) else status.get("status")
    return status | ({"outcome": answer} if answer else {})


PROPOSAL: Final = ProposalKind()
EDIT_OF_PROPOSAL: Final = EditOfProposalKind()
