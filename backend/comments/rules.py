"""What an actor may do with a comment, and why not."""

from collections.abc import Callable
from dataclasses import dataclass

from backend.comments.queries import CommentRow
from backend.comments.states import CommentState
from backend.content.kinds import Discussion
from backend.moderation.rules import OWN_CONTENT, OWN_REPORT
from backend.platform.authz import ALLOWED, ROLE_MISSING, Actor, Decision, Refusal, Role, Rule, logged_in
from backend.platform.errors import NotFound

NOT_FOUND = Refusal("comment_not_found", "Kommentaren finnes ikke.", error=NotFound)
NOT_OPEN = Refusal("comment_not_open", "Kommentaren er ikke åpen for dette.")
TOO_DEEP = Refusal("reply_too_deep", "Et svar kan ikke besvares. Svar på kommentaren over i stedet.")
AUTHOR_ONLY = Refusal("author_only", "Bare den som skrev kommentaren, kan gjøre dette.")
TEXT_GONE = Refusal("text_gone", "Teksten er trukket tilbake eller skjult.")
NOT_HIDDEN = Refusal("not_hidden", "Kommentaren er ikke skjult.")
NOT_WITHDRAWABLE = Refusal("not_withdrawable", "Kommentaren kan ikke trekkes nå.")


@dataclass(frozen=True, slots=True)
class CommentFacts:
    """What the rules look at: the comment, and how the actor stands to what is discussed there.

    `has_reported` is whether the actor has reported the comment, where `concerns_reporter`.
    """

    comment: CommentRow
    discussion: Discussion
    has_reported: bool = False

    @property
    def topic_id(self) -> int | None:
        """The topic whose moderators are in charge."""
        return self.discussion.topic_id


def _is(predicate: Callable[[Actor, CommentFacts], bool], refusal: Refusal) -> Rule[CommentFacts]:
    return Rule(lambda actor, facts: ALLOWED if predicate(actor, facts) else refusal)


def _is_author(actor: Actor, facts: CommentFacts) -> bool:
    return actor.seeing_account_id is not None and facts.comment.author_id == actor.seeing_account_id


def _is_own(actor: Actor, facts: CommentFacts) -> bool:
    return facts.comment.author_id in actor.person_account_ids


def _has_part(actor: Actor, facts: CommentFacts) -> bool:
    """Who wrote what is discussed does not judge what is said below it."""
    return _is_own(actor, facts) or facts.has_reported or facts.discussion.has_part


def _is_moderator(actor: Actor, facts: CommentFacts) -> bool:
    return actor.has_role(Role.MODERATOR, facts.topic_id)


def _is_published(_actor: Actor, facts: CommentFacts) -> bool:
    return facts.comment.state is CommentState.PUBLISHED


def _is_known(actor: Actor, facts: CommentFacts) -> bool:
    """What was public once keeps its place; anything else is its author's and the moderators'."""
    was_public = facts.comment.published_at is not None
    return was_public or _is_author(actor, facts) or _is_moderator(actor, facts)


def _is_readable(actor: Actor, facts: CommentFacts) -> bool:
    if _is_published(actor, facts) or _is_moderator(actor, facts):
        return True
    return _is_author(actor, facts) and facts.comment.state is not CommentState.WITHDRAWN


def _may_comment(_actor: Actor, facts: CommentFacts) -> Decision:
    return facts.discussion.may_comment


# Whoever may not see what is discussed gets no facts.
view: Rule[CommentFacts] = _is(_is_known, NOT_FOUND)
read: Rule[CommentFacts] = view & _is(_is_readable, TEXT_GONE)
reply: Rule[CommentFacts] = (
    view
    & _is(lambda _actor, facts: facts.comment.parent_id is None, TOO_DEEP)
    & _is(_is_published, NOT_OPEN)
    & Rule(_may_comment)
)
withdraw: Rule[CommentFacts] = (
    view
    & logged_in
    & _is(_is_author, AUTHOR_ONLY)
    & _is(
        lambda _actor, facts: facts.comment.state in (CommentState.SUBMITTED, CommentState.PUBLISHED),
        NOT_WITHDRAWABLE,
    )
)
report: Rule[CommentFacts] = (
    view
    & logged_in
    & _is(lambda actor, facts: not _is_own(actor, facts), OWN_REPORT)
    & _is(_is_published, NOT_OPEN)
)
restore: Rule[CommentFacts] = (
    view
    & logged_in
    & _is(_is_moderator, ROLE_MISSING)
    & _is(lambda actor, facts: not _has_part(actor, facts), OWN_CONTENT)
    & _is(lambda _actor, facts: facts.comment.state is CommentState.HIDDEN, NOT_HIDDEN)
)


def concerns_reporter(actor: Actor, comment: CommentRow) -> bool:
    """Whether it matters to the rules that the actor has reported the comment: where it may be shown again."""
    return comment.state is CommentState.HIDDEN and actor.has_role_somewhere(Role.MODERATOR)


ACTIONS: dict[str, Rule[CommentFacts]] = {
    "view": view,
    "read": read,
    "reply": reply,
    "withdraw": withdraw,
    "report": report,
    "restore": restore,
}


def may(actor: Actor, action: str, facts: CommentFacts) -> Decision:
    """ALLOWED, or the reason why not. What the actor may not know of is "not found"."""
    return ACTIONS[action](actor, facts)
