"""Everything that is content has its row, whoever writes it; what refers to content refers to a row."""

import importlib
from typing import Any

import asyncpg
import pytest

from backend.moderation.reasons import ReasonCode
from backend.moderation.reports import report_content
from backend.platform.database import execute, fetch
from tests.comments.support import commented
from tests.fixtures.databases import execute_as_owner
from tests.proposals.support import OTHER_WORDS, draft, edited, published

_CONTENT = "SELECT kind, kind_id, topic_id, author_id FROM content ORDER BY kind, kind_id"


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
    return [
        ("comment", comment_id, topic, other.account_id),
        ("edit", proposal_id, topic, author.account_id),
        *sorted(("proposal", number, topic, author.account_id) for number in (draft_id, proposal_id)),
    ]


async def test_each_has_its_row(written) -> None:
    assert await _rows() == written


async def test_the_row_follows_topic_and_author(written, topic_id) -> None:
    elsewhere = await topic_id("kommunegarden")
    drafted = next(number for kind, number, *_ in written if kind == "proposal")
    await execute("UPDATE proposal SET topic_id = $1, author_id = NULL WHERE id = $2", elsewhere, drafted)
    assert ("proposal", drafted, elsewhere, None) in await _rows()


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
    migration = importlib.import_module("migrations.0017_content")
    await execute_as_owner(
        """ALTER TABLE moderation_case DROP CONSTRAINT moderation_case_content_fkey;
           ALTER TABLE report DROP CONSTRAINT report_content_fkey;
           DELETE FROM content"""
    )
    await execute_as_owner(";".join((*migration.FILLED, *migration.REFERENCES)))
    assert await _rows() == written
