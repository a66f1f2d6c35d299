"""Use cases of those who comment: writing, and taking back."""

import asyncio
from dataclasses import dataclass

from backend.comments.access import access_comment, visible_comments
from backend.comments.queries import Stance
from backend.comments.rules import NOT_FOUND
from backend.comments.states import SAID, Capacity, CommentState
from backend.comments.transitions import apply_transition
from backend.content.kinds import ContentRef
from backend.content.registry import discussions_of, root_kind
from backend.moderation.lapse import lapse_case
from backend.moderation.unscreened import request_screening
from backend.platform.authz import Actor, Role, logged_in, require
from backend.platform.database import execute, fetch_row, fetch_value, unit_of_work
from backend.platform.errors import LimitExceeded, NotFound
from backend.platform.idempotency import once
from backend.platform.sql import one_of
from backend.platform.validation import all_checked
from backend.text.checks import known_language, validate_text
from backend.text.personal_data.public_contacts import contacts_for

BODY = (1, 5_000)
AN_HOUR = 30
WAITING = 20
_STAFF = (Role.PLANNER, Role.MODERATOR, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class _Comment:
    root: ContentRef
    parent_id: int | None
    body: str
    stance: Stance
    language: str


async def add_comment(
    actor: Actor,
    root: ContentRef,
    body: str,
    stance: Stance,
    language: str,
    parent_id: int | None = None,
    key: str | None = None,
) -> int:
    """Hand in a comment on `root`, 1 to 5,000 characters, or a reply to one; returns its id. A worker screens it first.

    Said again at the same place within an hour, it is the comment there is, whatever its key.
    Raises NotFound, Unauthenticated, Forbidden (the topic's rules; a reply to a reply), Invalid, PersonalData,
    LimitExceeded (30 in an hour, 20 waiting), Conflict (key reused).
    """
    require(logged_in(actor, None))
    with all_checked() as check:
        text = await check.wait(asyncio.to_thread(check_comment, actor, body, language))
        if parent_id is not None and check.has_refused:
            await check.wait(_require_parent(actor, parent_id))
    written = _Comment(root, parent_id, text, Stance(stance), language)

    async def create() -> int:
        topic_id = await _may_write(actor, written)
        # The account's row is the lock: of two requests at once the second sees what the first wrote.
        await execute(
            "SELECT FROM account WHERE municipality_id = $1 AND id = $2 FOR NO KEY UPDATE",
            actor.municipality_id,
            actor.account_id,
        )
        if same := await _same_again(actor, written):
            return same
        await _within_limits(actor)
        comment_id = await _insert(actor, written, topic_id)
        await request_screening(actor.municipality_id, ContentRef("comment", comment_id), 1)
        return comment_id

    request = [*root, parent_id, text, written.stance, written.language]
    return await once(actor, "add_comment", key, request, create)


def check_comment(actor: Actor, body: str, language: str) -> str:
    """The text, fit to store. Raises Invalid or PersonalData for all that is wrong, each at its field."""
    with all_checked() as check:
        text = check(validate_text, body, BODY, "body", multiline=True, public=contacts_for(actor))
        check(known_language, language)
    return text


async def _may_write(actor: Actor, written: _Comment) -> int | None:
    """The topic's id; raises when the actor may not comment there, or not reply to that."""
    discussion = (await discussions_of(actor, [written.root])).get(written.root)
    if discussion is None:
        raise root_kind(written.root.kind).not_found.as_error()
    require(discussion.may_comment)
    if written.parent_id is not None:
        # The parent is locked: nobody hides or withdraws it while somebody replies.
        parent = await access_comment(actor, written.parent_id, "reply")
        if parent.comment.root != written.root:
            raise NOT_FOUND.as_error()
    return discussion.topic_id


async def _require_parent(actor: Actor, parent_id: int) -> None:
    if parent_id not in await visible_comments(actor, [parent_id]):
        raise NotFound(NOT_FOUND.code, NOT_FOUND.message, field="parent")


async def _same_again(actor: Actor, written: _Comment) -> int | None:
    """The comment that says the same at the same place, when it is shown or waits.

    Whoever goes back in a browser and sends again gets a form with a new key, and means no second comment.
    """
    found: int | None = await fetch_value(
        f"""SELECT id FROM comment
           WHERE municipality_id = $1 AND author_id = $2 AND subject_type = $3 AND subject_id = $4
             AND parent_id IS NOT DISTINCT FROM $5 AND body = $6 AND {one_of("state", SAID)}
             AND created_at > now() - interval '1 hour'
           ORDER BY id DESC LIMIT 1""",
        actor.municipality_id,
        actor.account_id,
        *written.root,
        written.parent_id,
        written.body,
    )
    return found


async def _within_limits(actor: Actor) -> None:
    row = await fetch_row(
        """SELECT count(*) FILTER (WHERE created_at > now() - interval '1 hour') AS recent,
                  count(*) FILTER (WHERE state = 'submitted') AS waiting
           FROM comment WHERE municipality_id = $1 AND author_id = $2
             AND (created_at > now() - interval '1 hour' OR state = 'submitted')""",
        actor.municipality_id,
        actor.account_id,
    )
    assert row is not None
    if row["recent"] >= AN_HOUR:
        raise LimitExceeded(
            "comment_rate",
            "Du har skrevet {figure} kommentarer den siste timen. Vent litt før du skriver flere.",
            limit=f"{AN_HOUR} comments in an hour",
            figure=row["recent"],
        )
    if row["waiting"] >= WAITING:
        raise LimitExceeded(
            "comments_waiting",
            "Du har {figure} kommentarer som venter. Vent til de er avgjort.",
            limit=f"{WAITING} comments waiting",
            figure=row["waiting"],
        )


async def _insert(actor: Actor, written: _Comment, topic_id: int | None) -> int:
    comment_id: int = await fetch_value(
        """WITH added AS (
               INSERT INTO comment (municipality_id, subject_type, subject_id, parent_id, author_id, stance, language,
                                    body, is_staff, state, step)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'submitted', 1) RETURNING id, author_id),
           noted AS (
               INSERT INTO comment_transition
                   (municipality_id, comment_id, ordinal, from_state, to_state, actor_role, actor_id)
               SELECT $1, id, 1, 'none', 'submitted', 'author', author_id FROM added)
           SELECT id FROM added""",
        actor.municipality_id,
        *written.root,
        written.parent_id,
        actor.account_id,
        written.stance.value,
        written.language,
        written.body,
        any(actor.has_role(role, topic_id) for role in _STAFF),
    )
    return comment_id


async def withdraw_comment(actor: Actor, comment_id: int) -> None:
    """Take a comment back: it is gone, or stands without its text while there are replies to it.

    Raises NotFound, Unauthenticated, Forbidden.
    """
    async with unit_of_work():
        await access_comment(actor, comment_id, "withdraw")
        await apply_transition(
            actor.municipality_id,
            comment_id,
            CommentState.WITHDRAWN,
            Capacity.AUTHOR,
            actor_id=actor.account_id,
        )
        await lapse_case(actor.municipality_id, "comment", comment_id)
