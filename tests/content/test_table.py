"""Everything that is content has its row, whoever writes it; what refers to content refers to a row."""

import importlib
from typing import Any

import asyncpg
import pytest

from backend.follows.service import follow_content, follow_topic
from backend.moderation.reasons import ReasonCode
from backend.moderation.reports import report_content
from backend.notifications.mutes import mute
from backend.platform.database import execute, fetch
from tests.comments.support import commented
from tests.fixtures.databases import execute_as_owner
from tests.proposals.support import OTHER_WORDS, draft, edited, proposal_ref, published

_CONTENT = "SELECT kind, kind_id, root_kind, root_id, topic_id, author_id FROM content ORDER BY kind, kind_id"


_REFERENCES = {
    "comment": "SELECT id, subject_type, subject_id, state, step FROM comment ORDER BY id",
    "comment_transition": "SELECT comment_id, ordinal, from_state, to_state FROM comment_transition ORDER BY 1, 2",
    "event": "SELECT id, subject_type, subject_id, root_type, root_id FROM event ORDER BY id",
    "follow": "SELECT id, topic_id, subject_type, subject_id FROM follow ORDER BY id",
    "notification_mute": "SELECT id, subject_type, subject_id FROM notification_mute ORDER BY id",
}


async def _references() -> dict[str, list[tuple[Any, ...]]]:
    return {table: [tuple(row) for row in await fetch(sql)] for table, sql in _REFERENCES.items()}


async def _rows() -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await fetch(_CONTENT)]


@pytest.fixture
async def written(fresh, person, topic_id) -> list[tuple[Any, ...]]:
    """A draft, a public proposal that was edited, and a comment that was reported: their rows of content."""
    author, other, topic = await person(), await person(), await topic_id()
    draft_id = await draft(author, topic)
    proposal_id = await published(author, topic)
    await edited(author, proposal_id, OTHER_WORDS, expected_version=1)
    comment_id = await commented(other, proposal_id)
    await report_content(author, "comment", comment_id, ReasonCode.SPAM)
    for act in (follow_content, mute):
        await act(other, proposal_ref(proposal_id))
        await act(author, proposal_ref(proposal_id))
    await follow_topic(other, topic)
    return [
        ("comment", comment_id, "proposal", proposal_id, topic, other.account_id),
        ("edit", proposal_id, "proposal", proposal_id, topic, author.account_id),
        *sorted(
            ("proposal", number, "proposal", number, topic, author.account_id)
            for number in (draft_id, proposal_id)
        ),
    ]


async def test_each_has_its_row(written) -> None:
    assert await _rows() == written


async def test_the_row_follows_topic_and_author(written, topic_id) -> None:
    elsewhere = await topic_id("kommunegarden")
    drafted = next(number for kind, number, *_ in written if kind == "proposal")
    await execute("UPDATE proposal SET topic_id = $1, author_id = NULL WHERE id = $2", elsewhere, drafted)
    assert ("proposal", drafted, "proposal", drafted, elsewhere, None) in await _rows()


async def test_only_the_database_writes_it(written) -> None:
    for statement in (
        "INSERT INTO content (municipality_id, kind, kind_id) VALUES (3201, 'proposal', 10)",
        "UPDATE content SET author_id = NULL",
        "DELETE FROM content",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await execute(statement)


async def test_no_case_is_about_nothing(written, topic_id) -> None:
    for kind, number in (("proposal", 10**9), ("comment", 10**9)):
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await execute(
                """INSERT INTO moderation_case (municipality_id, subject_type, subject_id, topic_id, origin, reasons,
                                                state) VALUES (3201, $1, $2, $3, 'report', '{}', 'waiting')""",
                kind,
                number,
                await topic_id(),
            )


async def test_what_was_there_before_the_table_gets_its_rows(written) -> None:
    """As after an upgrade: the tables of the version before are full, and nothing has written content."""
    first, second, third = (
        importlib.import_module(f"migrations.{name}")
        for name in ("0017_content", "0018_references", "0019_comments_below_any_content")
    )
    references = (
        ("moderation_case", "content"),
        ("report", "content"),
        ("comment", "subject"),
        ("event", "subject"),
        ("event", "root"),
        ("follow", "subject"),
        ("notification_mute", "subject"),
    )
    before = await _references()
    await execute_as_owner(
        ";".join(
            (
                *(f"ALTER TABLE {table} DROP CONSTRAINT {table}_{name}_fkey" for table, name in references),
                "ALTER TABLE event DROP CONSTRAINT event_references_check, DISABLE TRIGGER event_append_only",
                "ALTER TABLE notification_mute DROP CONSTRAINT notification_mute_subject_check",
                "ALTER TABLE follow DROP CONSTRAINT follow_target_check",
                "ALTER TABLE content DROP CONSTRAINT content_root_check",
                "ALTER TABLE comment DROP CONSTRAINT comment_subject_check, DROP CONSTRAINT comment_parent_level_fkey, "
                "DROP CONSTRAINT comment_step_fkey, DROP CONSTRAINT comment_step_check",
                "TRUNCATE comment_transition",
                "DELETE FROM content",
                "UPDATE event SET subject_type = NULL, subject_id = NULL, root_type = NULL, root_id = NULL",
                "UPDATE comment SET subject_type = NULL, subject_id = NULL, step = 0",
                "UPDATE follow SET subject_type = NULL, subject_id = NULL",
                "UPDATE notification_mute SET subject_type = NULL, subject_id = NULL",
                *first.FILLED,
                *first.REFERENCES,
                *second.ROOTS,
                *second.FILLED,
                *third.FILLED,
                *third.HELD,
                *third.SUBJECTS,
            )
        )
    )
    assert await _rows() == written
    assert await _references() == before
    assert all(before.values())
