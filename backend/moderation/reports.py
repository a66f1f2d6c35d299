"""A reader tells that content breaks the rules; it reaches the moderators."""

import asyncio

from backend.content.kinds import Content
from backend.content.registry import load_content
from backend.moderation.reasons import ReasonCode
from backend.moderation.rules import OWN_REPORT
from backend.platform.authz import Actor, Refusal, logged_in, require
from backend.platform.database import execute, fetch_value, unit_of_work
from backend.platform.errors import Conflict, Invalid, LimitExceeded, NotFound
from backend.platform.idempotency import once
from backend.platform.tags import changed
from backend.platform.validation import all_checked
from backend.text.checks import validate_text
from backend.text.personal_data.public_contacts import contacts_for

REPORT_TEXT = (0, 2_000)
REPORTS_A_DAY = 20
SUBJECT_NOT_FOUND = Refusal("subject_not_found", "Innholdet finnes ikke.", error=NotFound)


async def report_content(
    actor: Actor,
    kind: str,
    content_id: int,
    reason_code: ReasonCode | None,
    text: str = "",
    key: str | None = None,
) -> int:
    """Tell the moderators; returns the report's id. `text` has up to 2,000 characters, and some for `other`.
    Without a ground it is refused, with whatever else is wrong.

    Reports about one thing gather in its open case, one from each person; the author never learns who told.
    Raises NotFound (also for what the actor may not see), Unauthenticated, Forbidden (own content), Invalid,
    PersonalData, Conflict (reported already), LimitExceeded (20 in a day).
    """
    require(logged_in(actor, None))
    ground, text = await _checked(actor, reason_code, text)

    async def create() -> int:
        content = await _visible(actor, kind, content_id)
        await _require_others(actor, content)
        await _within_limit(actor)
        case_id = await _case_of(content)
        report_id = await _insert(actor, content, case_id, ground, text)
        await changed(["moderation", f"case:{case_id}"])
        return report_id

    return await once(actor, "report_content", key, [kind, content_id, ground, text], create)


async def _checked(actor: Actor, ground: ReasonCode | None, text: str) -> tuple[ReasonCode, str]:
    with all_checked() as check:
        text = await check.wait(
            asyncio.to_thread(
                validate_text, text, REPORT_TEXT, "text", multiline=True, public=contacts_for(actor)
            )
        )
        chosen = check(_chosen, ground)
        if ground is ReasonCode.OTHER and text == "":
            raise Invalid("report_text_missing", "Si hva som er galt.", field="text")
    return chosen, text


def _chosen(ground: ReasonCode | None) -> ReasonCode:
    if ground is None:
        raise Invalid("ground_missing", "Velg en grunn.", field="reasonCode")
    return ground


async def _visible(actor: Actor, kind: str, content_id: int) -> Content:
    """The content, locked, if others than its author see it and the actor may."""
    async with unit_of_work():
        content = await load_content(actor.municipality_id, kind, content_id)
        if content is None or not await content.kind.is_visible(actor, content):
            raise SUBJECT_NOT_FOUND.as_error()
        if not content.is_shown:
            # Its author sees it too, and is told that it is their own.
            await _require_others(actor, content)
            raise SUBJECT_NOT_FOUND.as_error()
        return content


async def _require_others(actor: Actor, content: Content) -> None:
    if await content.kind.is_author(actor, content):
        raise OWN_REPORT.as_error()


async def _within_limit(actor: Actor) -> None:
    # The account's row is the lock: two requests at once cannot both be the last one to fit.
    await execute(
        "SELECT FROM account WHERE municipality_id = $1 AND id = $2 FOR NO KEY UPDATE",
        actor.municipality_id,
        actor.account_id,
    )
    today = await fetch_value(
        """SELECT count(*) FROM report WHERE municipality_id = $1 AND reporter_id = $2
             AND created_at > now() - interval '1 day'""",
        actor.municipality_id,
        actor.account_id,
    )
    if today >= REPORTS_A_DAY:
        raise LimitExceeded(
            "report_rate",
            "Du har sagt fra {figure} ganger det siste døgnet. Vent litt før du sier fra om mer.",
            limit=f"{REPORTS_A_DAY} reports in 24 hours",
            figure=today,
        )


async def _case_of(content: Content) -> int:
    """The open case of the content, or a new one; the caller has locked the content."""
    case_id: int | None = await fetch_value(
        """SELECT id FROM moderation_case
           WHERE municipality_id = $1 AND subject_type = $2 AND subject_id = $3 AND state <> 'decided' FOR UPDATE""",
        content.municipality_id,
        content.kind.name,
        content.id,
    )
    if case_id is not None:
        return case_id
    opened: int = await fetch_value(
        """INSERT INTO moderation_case (municipality_id, subject_type, subject_id, subject_version, topic_id,
                                        author_id, origin, reasons, state)
           VALUES ($1, $2, $3, $4, $5, $6, 'report', '{}', 'waiting') RETURNING id""",
        content.municipality_id,
        content.kind.name,
        content.id,
        content.version,
        content.topic_id,
        content.author_id,
    )
    return opened


async def _insert(actor: Actor, content: Content, case_id: int, reason_code: ReasonCode, text: str) -> int:
    report_id: int | None = await fetch_value(
        """INSERT INTO report (municipality_id, reporter_id, subject_type, subject_id, reason_code, text, case_id)
           SELECT $1, $2, $3, $4, $5, $6, $7
           WHERE NOT EXISTS (SELECT FROM report r
                             WHERE r.municipality_id = $1 AND r.case_id = $7 AND r.reporter_id = ANY($8))
           ON CONFLICT (municipality_id, case_id, reporter_id) DO NOTHING RETURNING id""",
        actor.municipality_id,
        actor.account_id,
        content.kind.name,
        content.id,
        reason_code.value,
        text,
        case_id,
        actor.person_account_ids,
    )
    if report_id is None:
        raise Conflict("already_reported", "Du har allerede sagt fra om dette. En moderator sjekker det.")
    return report_id
