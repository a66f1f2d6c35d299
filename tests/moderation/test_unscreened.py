"""What was handed in and is never screened reaches a moderator, whatever kind it is of."""

import asyncio
from typing import Any

import pytest

from backend.comments.service import withdraw_comment
from backend.moderation.service import screen_content
from backend.moderation.unscreened import hold_unscreened
from backend.platform.authz import Actor
from backend.platform.database import execute, fetch
from backend.platform.sweeping import sweep_waiting
from backend.proposals.service import create_proposal, edit_proposal
from tests.comments.support import handed_in
from tests.proposals.support import OTHER_WORDS, published

_LONG_AGO = "now() - interval '1 hour'"


async def _cases() -> list[tuple[Any, ...]]:
    rows = await fetch(
        """SELECT subject_type, subject_id, origin, state, reasons FROM moderation_case
           WHERE state <> 'decided' ORDER BY subject_type"""
    )
    return [(*tuple(row)[:4], list(row["reasons"])) for row in rows]


@pytest.fixture
async def lost(fresh: Any, person: Any, topic_id: Any) -> dict[str, int]:
    """A proposal, an edit and a comment whose screening has failed for good, an hour ago."""
    author, topic = await person(), await topic_id()
    public = await published(author, topic)
    waiting = await create_proposal(author, topic, OTHER_WORDS, submit=True)
    await edit_proposal(author, public, OTHER_WORDS, expected_version=1)
    comment = await handed_in(await person(), public)
    await execute("UPDATE outbox SET failed_at = now() WHERE job = 'screen_content' AND done_at IS NULL")
    await execute(f"UPDATE proposal SET submitted_at = {_LONG_AGO}")
    await execute(f"UPDATE comment SET created_at = {_LONG_AGO}")
    await execute(f"UPDATE proposal_pending_version SET created_at = {_LONG_AGO}")
    return {"proposal": waiting, "edit": public, "comment": comment}


async def test_each_gets_a_case_and_its_author_is_shown(lost: dict[str, int]) -> None:
    swept = await sweep_waiting(3201)
    assert swept["comment+proposal+proposal_pending_version"] == 3
    assert await _cases() == [
        (kind, lost[kind], "screening", "waiting", ["screening_failed"])
        for kind in ("comment", "edit", "proposal")
    ]
    held = await fetch("SELECT subject_type FROM event WHERE kind = 'held' ORDER BY 1")
    assert [row["subject_type"] for row in held] == ["comment", "edit", "proposal"]
    # Once is enough.
    assert await hold_unscreened(3201) == 0


async def test_two_sweeps_at_once_open_one_case_each(lost: dict[str, int]) -> None:
    await asyncio.gather(*(hold_unscreened(3201) for _ in range(3)))
    assert len(await _cases()) == 3


async def test_what_is_about_to_be_screened_is_left_alone(lost: dict[str, int]) -> None:
    await execute("UPDATE outbox SET failed_at = NULL WHERE job = 'screen_content'")
    assert await hold_unscreened(3201) == 0
    assert await _cases() == []


async def test_what_was_handed_in_just_now_is_left_alone(lost: dict[str, int]) -> None:
    await execute("UPDATE comment SET created_at = now()")
    assert await hold_unscreened(3201) == 2


async def test_what_was_screened_or_taken_back_meanwhile_has_no_case(lost: dict[str, int]) -> None:
    await screen_content(3201, "proposal", lost["proposal"], 1)
    (row,) = await fetch("SELECT author_id FROM comment")
    await withdraw_comment(Actor(3201, row["author_id"]), lost["comment"])
    assert await hold_unscreened(3201) == 1
    assert [case[0] for case in await _cases()] == ["edit"]
