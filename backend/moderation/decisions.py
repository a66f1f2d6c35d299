"""What moderators decide: every decision is a row that stays, and its reason reaches the author."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backend.content.kinds import Content
from backend.content.registry import load_content
from backend.moderation.queue import access_case, free_sql, taken
from backend.moderation.reasons import ReasonCode
from backend.moderation.rules import CASE_NOT_FOUND, Moderated, moderate
from backend.notifications.events import EventKind, record
from backend.platform.authz import Actor, moderate_somewhere, require
from backend.platform.database import fetch_value, unit_of_work
from backend.platform.errors import Conflict, Invalid
from backend.platform.tags import changed
from backend.text.checks import official_text

REASON_TEXT = (1, 2_000)


class Decision(StrEnum):
    """What a moderator may decide."""

    APPROVE = "approve"
    REJECT = "reject"
    HIDE = "hide"
    DISMISS = "dismiss"


REASONED = frozenset({Decision.REJECT, Decision.HIDE})
"""Decisions against the author, who is told why."""
OF_SUBMITTED = frozenset({Decision.APPROVE, Decision.REJECT})
"""Decisions about what was handed in."""


def choices(state: str | None, *, is_shown: bool) -> tuple[Decision, ...]:
    """What can be decided about content in this state (None: it is gone)."""
    if state == "submitted":
        return (Decision.APPROVE, Decision.REJECT)
    return (Decision.HIDE, Decision.DISMISS) if is_shown else (Decision.DISMISS,)


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision as a moderator makes it; `version` is the one of the content that was looked at."""

    decision: Decision
    version: int
    reason_code: ReasonCode | None = None
    reason_text: str | None = None


def _validated(ruling: Ruling) -> Ruling:
    """Raises Invalid when a decision against the author lacks its reason; PersonalData."""
    text = ruling.reason_text and official_text(ruling.reason_text, REASON_TEXT, "reasonText", multiline=True)
    if ruling.decision in REASONED and not (ruling.reason_code and text):
        raise Invalid(
            "reason_missing",
            "En slik avgjørelse må begrunnes.",
            field="reasonText" if ruling.reason_code else "reasonCode",
        )
    return Ruling(ruling.decision, ruling.version, ruling.reason_code, text or None)


async def decide(actor: Actor, case_id: int, ruling: Ruling) -> None:
    """Decide a case that is waiting or claimed by the actor; the reason text has 1 to 2,000 characters.

    Of several at once one wins. Raises NotFound, Unauthenticated, Forbidden, Invalid, PersonalData (a national
    identity number), Conflict: decided or claimed by another, changed since it was looked at, not possible now.
    """
    ruling = _validated(ruling)
    async with unit_of_work():
        case = await access_case(actor, case_id)
        # The content is locked before the case, as screening does.
        content = await load_content(actor.municipality_id, case.subject_type, case.subject_id)
        await _record_decision(actor, case_id, ruling)
        _still_possible(content, ruling)
        if content is not None:
            await _apply(content, case_id, case.origin, ruling, actor)
        await changed(["moderation", f"case:{case_id}"])


async def _record_decision(actor: Actor, case_id: int, ruling: Ruling) -> None:
    won = await fetch_value(
        f"""UPDATE moderation_case c
            SET state = 'decided', decision = $4, decided_by_id = $3, decided_at = now(), reason_code = $5,
                reason_text = $6, subject_version = $7
            WHERE c.municipality_id = $1 AND c.id = $2 AND {free_sql("$3")} RETURNING c.id""",
        actor.municipality_id,
        case_id,
        actor.account_id,
        ruling.decision.value,
        ruling.reason_code and ruling.reason_code.value,
        ruling.reason_text,
        ruling.version,
    )
    if won is None:
        raise await taken(actor, case_id)


def _still_possible(content: Content | None, ruling: Ruling) -> None:
    if content is not None and content.version != ruling.version:
        raise Conflict(
            "changed_meanwhile", "Teksten er endret siden du leste den. Les den før du avgjør saken."
        )
    state, is_shown = (content.state, content.is_shown) if content else (None, False)
    if ruling.decision not in choices(state, is_shown=is_shown):
        raise Conflict("decision_not_possible", "Innholdet er ikke lenger slik at dette kan avgjøres.")


async def _apply(content: Content, case_id: int, origin: str, ruling: Ruling, actor: Actor) -> None:
    kind = content.kind
    match ruling.decision:
        case Decision.APPROVE:
            await kind.publish(content, moderator_id=actor.account_id)
            if not kind.publishing_informs_author:
                await _tell(content, EventKind.PUBLISHED, case_id, actor_id=content.author_id)
        case Decision.REJECT:
            await kind.reject(content, moderator_id=actor.account_id)
            await _tell(content, EventKind.REJECTED, case_id, detail=_detail(case_id, ruling))
        case Decision.HIDE:
            await kind.hide(content, moderator_id=actor.account_id)
            await _tell(content, EventKind.CONTENT_HIDDEN, case_id, detail=_detail(case_id, ruling))
        case Decision.DISMISS:
            # Who was told that a moderator looks at the text is told that it stays.
            if origin == "screening" and content.is_shown:
                await _tell(content, EventKind.PUBLISHED, case_id, actor_id=content.author_id)


def _detail(case_id: int, ruling: Ruling) -> dict[str, Any]:
    assert ruling.reason_code is not None
    return {"case_id": case_id, "reasons": [ruling.reason_code.value]}


async def _tell(
    content: Content,
    kind: EventKind,
    case_id: int,
    *,
    actor_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    await record(
        content.municipality_id,
        kind,
        f"case:{case_id}",
        content.ref,
        root=content.root,
        topic_id=content.topic_id,
        actor_id=actor_id,
        detail=detail,
    )


async def restore(actor: Actor, kind: str, content_id: int, reason_text: str | None = None) -> int:
    """Show hidden content again, as it was before; returns the id of the case that holds the decision.

    Raises NotFound, Unauthenticated, Forbidden, Invalid, PersonalData, Conflict when it is not hidden.
    """
    require(moderate_somewhere(actor, None))
    text = reason_text and official_text(reason_text, REASON_TEXT, "reasonText", multiline=True)
    async with unit_of_work():
        content = await load_content(actor.municipality_id, kind, content_id)
        # Nobody but its authors knows of what was never handed in.
        if content is None or not await content.kind.is_visible(actor, content):
            raise CASE_NOT_FOUND.as_error()
        has_part = await content.kind.has_part(actor, content)
        require(moderate(actor, Moderated(content.topic_id, has_part)))
        if content.state != "hidden":
            raise Conflict("not_hidden", "Innholdet er ikke skjult.")
        case_id = await _restored(actor, content, text or None)
        await content.kind.restore(content, moderator_id=actor.account_id)
        await _tell(content, EventKind.PUBLISHED, case_id, actor_id=content.author_id)
        await changed(["moderation"])
        return case_id


async def _restored(actor: Actor, content: Content, text: str | None) -> int:
    case_id: int = await fetch_value(
        """INSERT INTO moderation_case (municipality_id, subject_type, subject_id, subject_version, topic_id, author_id,
               origin, reasons, state, decision, decided_by_id, decided_at, reason_text)
           VALUES ($1, $2, $3, $4, $5, $6, 'moderator', '{}', 'decided', 'restore', $7, now(), $8) RETURNING id""",
        content.municipality_id,
        content.kind.name,
        content.id,
        content.version,
        content.topic_id,
        content.author_id,
        actor.account_id,
        text,
    )
    return case_id
