"""The state machine of comments, as the code has it and as the database holds it, and its ledger."""

from typing import Any

import asyncpg
import pytest

from backend.comments.erasure import erase_comments
from backend.comments.service import withdraw_comment
from backend.comments.states import NONE, TRANSITIONS, Capacity, CommentState
from backend.comments.transitions import apply_transition
from backend.content.registry import load_content
from backend.platform.database import execute, fetch, unit_of_work
from backend.platform.errors import Conflict
from backend.platform.settings import Settings
from tests.comments.support import SENTENCES, commented, handed_in
from tests.fixtures.databases import execute_as_owner
from tests.proposals.support import published


async def _ledger(comment_id: int) -> list[tuple[Any, ...]]:
    rows = await fetch(
        "SELECT ordinal, from_state, to_state, actor_role, actor_id FROM comment_transition WHERE comment_id = $1 "
        "ORDER BY ordinal",
        comment_id,
    )
    return [tuple(row) for row in rows]


async def test_the_database_holds_the_table_of_the_code(fresh: Settings) -> None:
    rows = await fetch("SELECT from_state, to_state FROM comment_state_rule")
    assert {(row["from_state"], row["to_state"]) for row in rows} == {
        (str(source), str(target)) for source, target in TRANSITIONS
    }


def test_whatever_is_can_come_about() -> None:
    assert {target for _, target in TRANSITIONS} == set(CommentState)
    assert {source for source, _ in TRANSITIONS} <= {NONE, *CommentState}
    assert all(TRANSITIONS.values())


async def test_each_step_is_a_row(fresh: Settings, person: Any, topic_id: Any) -> None:
    author, moderator, proposal = (
        await person(),
        await person(),
        await published(await person(), await topic_id()),
    )
    comment_id = await commented(author, proposal)
    for act, target in (("hide", "hidden"), ("restore", "published")):
        async with unit_of_work():
            content = await load_content(3201, "comment", comment_id)
            assert content is not None
            await getattr(content.kind, act)(content, moderator_id=moderator.account_id)
        assert await fetch("SELECT FROM comment WHERE id = $1 AND state = $2", comment_id, target)
    await withdraw_comment(author, comment_id)
    assert await _ledger(comment_id) == [
        (1, "none", "submitted", "author", author.account_id),
        (2, "submitted", "published", "screening", None),
        (3, "published", "hidden", "moderator", moderator.account_id),
        (4, "hidden", "published", "moderator", moderator.account_id),
        (5, "published", "withdrawn", "author", author.account_id),
    ]


async def test_a_step_that_the_table_does_not_have_is_refused(
    fresh: Settings, person: Any, topic_id: Any
) -> None:
    author = await person()
    comment_id = await handed_in(author, await published(await person(), await topic_id()))
    for target, capacity in (
        (CommentState.HIDDEN, Capacity.MODERATOR),
        (CommentState.PUBLISHED, Capacity.AUTHOR),
    ):
        with pytest.raises(Conflict):
            async with unit_of_work():
                await apply_transition(3201, comment_id, target, capacity, actor_id=author.account_id)
    # Not by a writer that does without the service either.
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await execute("UPDATE comment SET state = 'hidden' WHERE id = $1", comment_id)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await execute("UPDATE comment SET state = 'published', step = step + 1 WHERE id = $1", comment_id)
    assert [step[:3] for step in await _ledger(comment_id)] == [(1, "none", "submitted")]


async def test_the_ledger_is_only_added_to(fresh: Settings, person: Any, topic_id: Any) -> None:
    await commented(await person(), await published(await person(), await topic_id()))
    for statement in (
        "UPDATE comment_transition SET actor_role = 'author'",
        "DELETE FROM comment_transition",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await execute_as_owner(statement)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await execute(statement)


@pytest.mark.parametrize("keep", [True, False])
async def test_erasure_is_a_step_of_its_own(fresh: Settings, person: Any, topic_id: Any, keep: bool) -> None:
    author, proposal = await person(), await published(await person(), await topic_id())
    public, waiting = await commented(author, proposal), await handed_in(author, proposal, SENTENCES[1])
    await erase_comments(3201, author.account_id, keep_content=keep)
    assert (await _ledger(waiting))[-1][1:] == ("submitted", "withdrawn", "erasure", None)
    last = (await _ledger(public))[-1][1:]
    assert last == (
        ("submitted", "published", "screening", None) if keep else ("published", "withdrawn", "erasure", None)
    )
    steps = len(await _ledger(public))
    await erase_comments(3201, author.account_id, keep_content=keep)
    assert len(await _ledger(public)) == steps


@pytest.mark.parametrize(
    ("state", "was_public", "path"),
    [
        ("submitted", False, ["submitted"]),
        ("rejected", False, ["submitted", "rejected"]),
        ("withdrawn", False, ["submitted", "withdrawn"]),
        ("published", True, ["submitted", "published"]),
        ("hidden", True, ["submitted", "published", "hidden"]),
        ("withdrawn", True, ["submitted", "published", "withdrawn"]),
    ],
)
async def test_what_the_version_before_writes_has_a_ledger_too(
    fresh: Settings, person: Any, topic_id: Any, state: str, was_public: bool, path: list[str]
) -> None:
    """It names a proposal, and knows neither steps nor subjects."""
    author, proposal = await person(), await published(await person(), await topic_id())
    (row,) = await fetch(
        """INSERT INTO comment (municipality_id, proposal_id, author_id, stance, language, body, state, published_at)
           VALUES (3201, $1, $2, 'for', 'nb', 'Ja.', $3::text, CASE WHEN $4 THEN now() END)
           RETURNING id, subject_type, subject_id, step""",
        proposal,
        author.account_id,
        state,
        was_public,
    )
    assert tuple(row)[1:] == ("proposal", proposal, len(path))
    assert [step[2] for step in await _ledger(row["id"])] == path
    if state == "published":
        await execute("UPDATE comment SET state = 'hidden' WHERE id = $1", row["id"])
        assert (await _ledger(row["id"]))[-1] == (3, "published", "hidden", "unknown", None)
