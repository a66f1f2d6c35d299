"""Use cases of planners: taking a proposal up, answering it with a public reason, and telling how it goes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from backend.content.kinds import ContentRef
from backend.notifications.events import EventKind, record
from backend.platform.authz import Actor, Refusal, logged_in, require
from backend.platform.database import fetch_value, unit_of_work
from backend.platform.errors import Conflict, DomainError, Invalid, LimitExceeded
from backend.platform.idempotency import once
from backend.platform.validation import all_checked
from backend.proposals.access import access_proposal
from backend.proposals.queries import ProposalRow
from backend.proposals.rules import plan_somewhere
from backend.proposals.states import ANSWERED_STATES, Capacity, Outcome, ProposalState
from backend.proposals.transitions import apply_transition
from backend.text.checks import known_language, official_text

REASON = (20, 10_000)
STATUS_REASON = (1, 2_000)
MAX_AT_ONCE = 100
STATUSES = frozenset(
    {ProposalState.PUBLISHED, ProposalState.ASSESSMENT, ProposalState.UNDER_WAY, ProposalState.DONE}
)
"""What a planner may set without answering; the state machine says from where."""
ALREADY_ANSWERED = Refusal(
    "already_answered",
    "Forslaget er allerede besvart. Ta det tilbake til vurdering for å svare på nytt.",
    error=Conflict,
)


@dataclass(frozen=True, slots=True)
class AnswerResult:
    """What came of one answer among many: the answer's id, or the refusal."""

    proposal_id: int
    answer_id: int | None
    refusal: DomainError | None


@dataclass(frozen=True, slots=True)
class StartResult:
    """What came of taking up one proposal among many; the refusal, if it was refused."""

    proposal_id: int
    refusal: DomainError | None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is fit to be given: its reason is Markdown, cleaned."""

    outcome: Outcome
    reason: str
    language: str


async def start_assessments(actor: Actor, proposal_ids: Sequence[int]) -> list[StartResult]:
    """Take up to 100 public proposals up for assessment, each by itself: a refusal of one stops no other.

    What is answered stays so: taking an answer back is done to one at a time, on purpose. One result for each
    different id, in the order given. Raises Unauthenticated, LimitExceeded before anything is done.
    """
    require(logged_in(actor, None))
    different = list(dict.fromkeys(proposal_ids))
    at_most_at_once(different)
    return [await _started(actor, proposal_id) for proposal_id in different]


async def _started(actor: Actor, proposal_id: int) -> StartResult:
    try:
        async with unit_of_work():
            proposal = (await access_proposal(actor, proposal_id, "assess")).proposal
            if proposal.state in ANSWERED_STATES:
                raise ALREADY_ANSWERED.as_error()
            await _step(actor, proposal, ProposalState.ASSESSMENT, EventKind.STATUS_CHANGED, reason=None)
    except DomainError as refusal:
        return StartResult(proposal_id, refusal)
    return StartResult(proposal_id, None)


async def start_assessment(actor: Actor, proposal_id: int) -> None:
    """Take a public proposal up for assessment. Raises NotFound, Unauthenticated, Forbidden, Conflict."""
    await change_status(actor, proposal_id, ProposalState.ASSESSMENT)


async def change_status(
    actor: Actor, proposal_id: int, target: ProposalState, reason: str | None = None
) -> None:
    """Set a status that is no answer, with an optional public reason of 1 to 2,000 characters.

    Raises NotFound, Unauthenticated, Forbidden, Invalid (no such status, reason), PersonalData (a national
    identity number), Conflict when the proposal cannot go there or somebody else was first.
    """
    if target not in STATUSES:
        raise Invalid("status_unknown", "Denne statusen settes ikke slik.", field="status")
    reason_text = _status_reason(reason)
    async with unit_of_work():
        facts = await access_proposal(actor, proposal_id, "assess")
        await _step(actor, facts.proposal, target, EventKind.STATUS_CHANGED, reason=reason_text)


async def answer_proposal(
    actor: Actor, proposal_id: int, outcome: Outcome, reason: str, language: str, *, key: str | None = None
) -> int:
    """Answer a proposal with a public reason (Markdown, 20 to 10,000 characters); returns the answer's id.

    Those concerned are told. One that was answered is first taken back to assessment; the new answer is then
    in force, and the earlier reason stays in the timeline. Raises NotFound, Unauthenticated, Forbidden,
    Invalid, PersonalData (a national identity number), Conflict when it is answered already.
    """
    require(logged_in(actor, None))
    answer = await asyncio.to_thread(_validated, outcome, reason, language)
    return await _answer_once(actor, proposal_id, answer, "answer_proposal", key)


async def answer_many(
    actor: Actor,
    proposal_ids: Sequence[int],
    outcome: Outcome,
    reason: str,
    language: str,
    *,
    key: str | None = None,
) -> list[AnswerResult]:
    """Answer up to 100 proposals alike, each by itself: a refusal of one stops no other.

    One result for each different id, in the order given. Sent again with the same key, those that were
    answered come back as they were and the others are tried again. Raises Unauthenticated, Invalid,
    PersonalData, LimitExceeded before anything is answered.
    """
    require(logged_in(actor, None))
    different = list(dict.fromkeys(proposal_ids))
    at_most_at_once(different)
    answer = await asyncio.to_thread(_validated, outcome, reason, language)
    return [await _result(actor, proposal_id, answer, key) for proposal_id in different]


def at_most_at_once(proposals: Sequence[object]) -> None:
    """Raises LimitExceeded when these are more than 100."""
    if len(proposals) > MAX_AT_ONCE:
        raise LimitExceeded(
            "too_many_at_once",
            "Du kan svare på høyst {limit} forslag om gangen, og valgte {figure}.",
            limit=MAX_AT_ONCE,
            figure=len(proposals),
        )


async def _result(actor: Actor, proposal_id: int, answer: Answer, key: str | None) -> AnswerResult:
    try:
        answer_id = await _answer_once(actor, proposal_id, answer, f"answer_many:{proposal_id}", key)
    except DomainError as refusal:
        return AnswerResult(proposal_id, None, refusal)
    return AnswerResult(proposal_id, answer_id, None)


def validate_answer(actor: Actor, outcome: Outcome, reason: str, language: str) -> Answer:
    """An answer as it would be stored, for planners to look at first.

    Raises Unauthenticated, Forbidden, Invalid, PersonalData.
    """
    require(plan_somewhere(actor, None))
    return _validated(outcome, reason, language)


def _validated(outcome: Outcome, reason: str, language: str) -> Answer:
    with all_checked() as check:
        text = check(official_text, reason, REASON, "reason", multiline=True)
        language = check(known_language, language)
    return Answer(outcome, text, language)


def _status_reason(reason: str | None) -> str | None:
    if reason is None or not reason.strip():
        return None
    return official_text(reason, STATUS_REASON, "reason", multiline=True)


async def _answer_once(
    actor: Actor, proposal_id: int, answer: Answer, operation: str, key: str | None
) -> int:
    request = [proposal_id, answer.outcome, answer.reason, answer.language]
    return await once(actor, operation, key, request, lambda: _answer(actor, proposal_id, answer))


async def _answer(actor: Actor, proposal_id: int, answer: Answer) -> int:
    proposal = (await access_proposal(actor, proposal_id, "assess")).proposal
    if proposal.state in ANSWERED_STATES:
        raise ALREADY_ANSWERED.as_error()
    answer_id: int = await fetch_value(
        """INSERT INTO proposal_answer (municipality_id, proposal_id, outcome, reason, language, planner_id)
           VALUES ($1, $2, $3, $4, $5, $6) RETURNING id""",
        actor.municipality_id,
        proposal_id,
        answer.outcome.value,
        answer.reason,
        answer.language,
        actor.account_id,
    )
    await _step(
        actor,
        proposal,
        ProposalState.ANSWERED,
        EventKind.ANSWERED,
        reason=answer.reason,
        outcome=answer.outcome,
    )
    return answer_id


async def _step(
    actor: Actor,
    proposal: ProposalRow,
    target: ProposalState,
    kind: EventKind,
    *,
    reason: str | None,
    outcome: Outcome | None = None,
) -> None:
    step = await apply_transition(
        actor.municipality_id,
        proposal,
        target,
        Capacity.PLANNER,
        actor_id=actor.account_id,
        reason=reason,
        outcome=outcome and outcome.value,
    )
    await record(
        actor.municipality_id,
        kind,
        f"proposal:{proposal.id}:{step}",
        ContentRef("proposal", proposal.id),
        topic_id=proposal.topic_id,
        actor_id=actor.account_id,
        detail={"state": target.value, **({"outcome": outcome.value} if outcome else {})},
    )
