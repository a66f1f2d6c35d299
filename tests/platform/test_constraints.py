"""What the database itself holds, whatever the code above it does."""

import ast
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tortoise.migrations.operations import RunSQL

from backend.platform.authz import Actor
from backend.platform.database import execute, fetch, fetch_value
from backend.platform.settings import Settings
from tests.fixtures.databases import execute_as_owner
from tests.fixtures.people import MakePerson
from tests.proposals.support import OTHER_WORDS, draft, published

_MIGRATIONS = sorted((Path(__file__).parents[2] / "migrations").glob("0*.py"))

# Secrets are looked up by their hash alone: who holds one need not say in which municipality.
_GLOBAL_SECRETS = {
    "access_token_hash_key",
    "account_session_token_key",
    "login_attempt_state_key",
    "proposal_invitation_secret_key",
}
# Tables that belong to no municipality: the municipality itself, the queue, the state machine's
# table and what readiness writes to.
_SHARED = {
    "health_probe",
    "municipality",
    "outbox",
    "comment_state_rule",
    "proposal_state_rule",
    "tortoise_migrations",
}


def _required_constraints() -> dict[tuple[str, str], str]:
    """Every constraint and index that the migrations name, by table: what its statements say."""
    statements = ";".join(
        operation.sql
        for path in _MIGRATIONS
        for operation in import_module(f"migrations.{path.stem}").Migration.operations
        if isinstance(operation, RunSQL)
    )
    constraints = re.findall(r'ALTER TABLE "(\w+)" ADD CONSTRAINT "(\w+)" (\w+)', statements)
    indexes = re.findall(r'CREATE (?:UNIQUE )?INDEX IF NOT EXISTS "(\w+)" ON "?(\w+)"?', statements)
    dropped = set(re.findall(r"DROP INDEX IF EXISTS (\w+)", statements))
    # A constraint that is replaced is quoted by what replaces it.
    gone = set(re.findall(r"ALTER TABLE (\w+) DROP CONSTRAINT IF EXISTS (\w+)", statements))
    required = {(table, name): kind for table, name, kind in constraints if (table, name) not in gone}
    return required | {(table, name): "INDEX" for name, table in indexes if name not in dropped}


async def test_everything_the_migrations_name_is_there(fresh: Settings) -> None:
    found = {
        tuple(row)
        for row in await fetch(
            """SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE convalidated AND conenforced
               UNION ALL SELECT tablename, indexname FROM pg_indexes WHERE schemaname = 'public'"""
        )
    }
    required = _required_constraints()
    assert len(required) > 250, "the statements are not read as they are written"
    assert set(required) - found == set()


def test_every_check_of_the_source_is_read() -> None:
    """Guards the test above: nothing that the files call is left out of what it looks for."""
    calls = [
        node.func.id
        for path in _MIGRATIONS
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    kinds = list(_required_constraints().values())
    assert kinds.count("CHECK") > calls.count("check")
    assert kinds.count("FOREIGN") > 50


async def test_every_foreign_key_has_an_index_that_leads_with_it(fresh: Settings) -> None:
    rows = await fetch(
        """SELECT c.conrelid::regclass::text AS name, c.conname FROM pg_constraint c
           WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND NOT EXISTS (
               SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indisvalid
                 AND (SELECT array_agg(k ORDER BY k)
                      FROM unnest((i.indkey::int2[])[0:cardinality(c.conkey) - 1]) k)
                   = (SELECT array_agg(k ORDER BY k) FROM unnest(c.conkey) k))"""
    )
    assert [tuple(row) for row in rows] == []


async def test_references_stay_within_the_municipality(fresh: Settings) -> None:
    rows = await fetch(
        """WITH own AS (SELECT attrelid, attnum FROM pg_attribute
                        WHERE attname = 'municipality_id' AND attrelid IN
                              (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'))
           SELECT c.conname FROM pg_constraint c
           JOIN own f ON f.attrelid = c.conrelid JOIN own t ON t.attrelid = c.confrelid
           WHERE c.contype = 'f' AND NOT EXISTS (
               SELECT FROM unnest(c.conkey, c.confkey) k(f, t) WHERE k.f = f.attnum AND k.t = t.attnum)"""
    )
    assert [row["conname"] for row in rows] == []


async def test_unique_keys_include_the_municipality(fresh: Settings) -> None:
    rows = await fetch(
        """SELECT i.indexrelid::regclass::text AS name FROM pg_index i
           JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = 'municipality_id'
           WHERE i.indisunique AND NOT i.indisprimary AND NOT a.attnum = ANY(i.indkey::int2[])
             AND i.indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"""
    )
    assert {row["name"] for row in rows} == _GLOBAL_SECRETS


async def test_every_table_belongs_to_a_municipality(fresh: Settings) -> None:
    rows = await fetch(
        """SELECT c.relname, bool_or(f.oid IS NOT NULL) AS has FROM pg_class c
           LEFT JOIN pg_constraint f ON f.conrelid = c.oid AND f.contype = 'f'
                AND f.confrelid = 'municipality'::regclass
           WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace GROUP BY 1"""
    )
    assert {row["relname"] for row in rows if not row["has"]} == _SHARED


async def test_another_municipality_is_out_of_reach(
    fresh: Settings, person: MakePerson, topic_id: Any
) -> None:
    await execute_as_owner("INSERT INTO municipality (id, name) VALUES (301, 'Oslo')")
    await execute("INSERT INTO account (municipality_id, display_name) VALUES (301, 'Nabo')")
    neighbour = await fetch_value("SELECT id FROM account WHERE municipality_id = 301")
    proposal = await published(await person(), await topic_id())
    for municipality in (301, 3201):
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await execute(
                "INSERT INTO support_event (municipality_id, proposal_id, account_id, ordinal) VALUES ($1, $2, $3, 1)",
                municipality,
                proposal,
                neighbour,
            )


_BAD_ROWS = {
    "proposal_title_check": "UPDATE proposal SET title = ''",
    "proposal_body_check": "UPDATE proposal SET body = repeat('a', 20001)",
    "proposal_activity_counts_check": "UPDATE proposal_activity SET supports = -1",
    "proposal_position_check": "UPDATE proposal SET longitude = 10.5",
    "proposal_language_check": "UPDATE proposal SET language = 'xx'",
    "proposal_outcome_check": "UPDATE proposal SET outcome = 'perhaps'",
    "proposal_answered_check": "UPDATE proposal SET state = 'answered'",
    "proposal_published_check": "UPDATE proposal SET published_at = NULL",
    "proposal_external_check": "UPDATE proposal SET source = 'liste'",
    "account_kind_check": "UPDATE account SET kind = 'robot'",
    "account_display_name_check": "UPDATE account SET display_name = ''",
    "account_language_check": "UPDATE account SET language = 'xx'",
    "topic_goals_check": "UPDATE topic SET goals = '{5}'",
    "topic_period_check": "UPDATE topic SET closes_at = opens_at",
    "topic_answer_days_check": "UPDATE topic SET answer_days = 0",
    "topic_moderation_mode_check": "UPDATE topic SET moderation_mode = 'never'",
    "place_box_check": "UPDATE place SET west = east + 1",
    "support_event_ordinal_check": (
        "INSERT INTO support_event (municipality_id, proposal_id, account_id, ordinal) "
        "SELECT 3201, p.id, a.id, 0 FROM proposal p, account a LIMIT 1"
    ),
    "follow_target_check": "INSERT INTO follow (municipality_id, account_id) SELECT 3201, id FROM account LIMIT 1",
    "comment_body_check": (
        "INSERT INTO comment (municipality_id, proposal_id, author_id, stance, language, body, state) "
        "SELECT 3201, id, author_id, 'for', 'nb', '', 'published' FROM proposal LIMIT 1"
    ),
    "comment_stance_check": (
        "INSERT INTO comment (municipality_id, proposal_id, author_id, stance, language, body, state) "
        "SELECT 3201, id, author_id, 'loud', 'nb', 'Ja', 'published' FROM proposal LIMIT 1"
    ),
    "role_grant_role_check": (
        "INSERT INTO role_grant (municipality_id, account_id, role) SELECT 3201, id, 'king' FROM account LIMIT 1"
    ),
    "outbox_queue_check": "INSERT INTO outbox (job, key, payload, queue) VALUES ('a', 'b', '{}', 'other')",
    "data_request_progress_check": (
        "INSERT INTO data_request (municipality_id, account_id, kind, progress) "
        "SELECT 3201, id, 'export', 101 FROM account LIMIT 1"
    ),
    "moderation_case_decided_check": "UPDATE moderation_case SET state = 'decided' WHERE state = 'waiting'",
    "moderation_case_claimed_check": "UPDATE moderation_case SET state = 'claimed' WHERE state = 'waiting'",
    "moderation_case_reasoned_check": (
        "UPDATE moderation_case SET state = 'decided', decision = 'reject', decided_at = now() WHERE state = 'waiting'"
    ),
    "proposal_transition_first_check": (
        "INSERT INTO proposal_transition (municipality_id, proposal_id, ordinal, from_state, to_state, actor_role) "
        "SELECT 3201, id, 9, 'none', 'draft', 'author' FROM proposal LIMIT 1"
    ),
    "moderation_signal_score_check": (
        "INSERT INTO moderation_signal (municipality_id, case_id, name, version, score, detail) "
        "SELECT 3201, id, 'x', '1', 1.5, '{}' FROM moderation_case LIMIT 1"
    ),
    "topic_requirement_action_check": "UPDATE topic_requirement SET action = 'vote'",
    "topic_requirement_min_age_check": "UPDATE topic_requirement SET min_age = 121",
    "report_reason_code_check": (
        "INSERT INTO report (municipality_id, subject_type, subject_id, reporter_id, reason_code, text, case_id) "
        "SELECT 3201, 'proposal', 1, a.id, 'ugly', '', c.id FROM account a, moderation_case c LIMIT 1"
    ),
}


@pytest.fixture
async def furnished(fresh: Settings, person: MakePerson, topic_id: Any) -> Actor:
    """A public proposal, a draft, a case that waits, and a requirement; returns their author."""
    author = await person()
    topic = await topic_id()
    await published(author, topic)
    await draft(author, topic)
    await execute(
        """INSERT INTO moderation_case (municipality_id, subject_type, subject_id, subject_version, topic_id, author_id,
                                        origin, reasons, state)
           SELECT 3201, 'proposal', max(id), 1, $1, $2, 'report', '{}', 'waiting' FROM proposal""",
        topic,
        author.account_id,
    )
    await execute(
        """INSERT INTO comment (municipality_id, proposal_id, author_id, stance, language, body, state, published_at)
           SELECT 3201, id, author_id, 'for', 'nb', 'Ja', 'published', now() FROM proposal WHERE state = 'published'"""
    )
    await execute(
        """INSERT INTO topic_requirement (municipality_id, topic_id, action, min_age) VALUES (3201, $1, 'propose', 15)
           ON CONFLICT DO NOTHING""",
        topic,
    )
    return author


async def test_checks_refuse_bad_rows(furnished: Actor) -> None:
    refused = {}
    for name, statement in _BAD_ROWS.items():
        try:
            await execute(statement)
        except asyncpg.CheckViolationError as error:
            refused[name] = error.constraint_name
    assert refused == {name: name for name in _BAD_ROWS}


@pytest.mark.parametrize(
    "table",
    [
        "support_event",
        "comment_transition",
        "proposal_transition",
        "proposal_version",
        "proposal_answer",
        "event",
    ],
)
async def test_ledgers_are_only_ever_added_to(furnished: Actor, person: MakePerson, table: str) -> None:
    proposal = await fetch_value("SELECT id FROM proposal WHERE state = 'published'")
    other = await person()
    await execute(
        "INSERT INTO support_event (municipality_id, proposal_id, account_id, ordinal) VALUES (3201, $1, $2, 1)",
        proposal,
        other.account_id,
    )
    await execute(
        """INSERT INTO proposal_answer (municipality_id, proposal_id, outcome, reason, language, planner_id)
           VALUES (3201, $1, 'accepted', 'Ja', 'nb', $2)""",
        proposal,
        other.account_id,
    )
    before = await fetch(f"SELECT * FROM {table} ORDER BY id")
    assert before, "nothing to try on"
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET created_at = now() - interval '1 year'"):
        # Not by the owner either; others may not so much as try.
        with pytest.raises(asyncpg.RestrictViolationError):
            await execute_as_owner(statement)
    assert await fetch(f"SELECT * FROM {table} ORDER BY id") == before


async def test_forgetting_a_person_takes_words_and_nothing_else(furnished: Actor) -> None:
    assert await fetch_value("SELECT max(ordinal) FROM proposal_transition") > 1
    assert await fetch_value("SELECT count(*) FROM event") > 0

    async def erase(statement: str) -> None:
        await execute_as_owner(f"BEGIN; SET LOCAL samskap.erasing = 'on'; {statement}; COMMIT")

    await erase("UPDATE proposal_version SET title = 'Slettet', body = ''")
    await erase("UPDATE proposal_transition SET reason = NULL")
    for statement in (
        "UPDATE proposal_version SET number = number + 100",
        "UPDATE proposal_transition SET to_state = 'rejected'",
        "DELETE FROM proposal_version",
        "DELETE FROM proposal_transition",
        "UPDATE event SET created_at = now()",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await erase(statement)
    # The permission ended with its transaction.
    with pytest.raises(asyncpg.RestrictViolationError):
        await execute_as_owner("UPDATE proposal_version SET title = 'Enda en gang'")


async def test_a_support_follows_a_withdrawal_and_the_reverse(furnished: Actor, person: MakePerson) -> None:
    proposal = await fetch_value("SELECT id FROM proposal WHERE state = 'published'")
    other = await person()
    insert = "INSERT INTO support_event (municipality_id, proposal_id, account_id, ordinal) VALUES (3201, $1, $2, $3)"
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await execute(insert, proposal, other.account_id, 2)
    await execute(insert, proposal, other.account_id, 1)
    with pytest.raises(asyncpg.UniqueViolationError):
        await execute(insert, proposal, other.account_id, 1)
    await execute(insert, proposal, other.account_id, 2)
    await execute(insert, proposal, other.account_id, 3)


async def test_there_is_no_third_level_of_comments(furnished: Actor) -> None:
    proposal = await fetch_value("SELECT id FROM proposal WHERE state = 'published'")
    insert = """INSERT INTO comment (municipality_id, proposal_id, author_id, stance, language, body, state, parent_id)
                VALUES (3201, $1, $2, 'for', 'nb', 'Ja', 'published', $3) RETURNING id"""
    first = await fetch_value(insert, proposal, furnished.account_id, None)
    second = await fetch_value(insert, proposal, furnished.account_id, first)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await execute(insert, proposal, furnished.account_id, second)
    another = await draft(
        furnished, await fetch_value("SELECT topic_id FROM proposal WHERE id = $1", proposal)
    )
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await execute(insert, another, furnished.account_id, first)


async def test_a_decision_stays_as_it_was_made(furnished: Actor) -> None:
    await published(furnished, await fetch_value("SELECT topic_id FROM proposal LIMIT 1"), OTHER_WORDS)
    assert await fetch_value("SELECT count(*) FROM moderation_case WHERE state = 'decided'") == 2
    for statement in (
        "UPDATE moderation_case SET decision = 'approve' WHERE state = 'decided'",
        "DELETE FROM moderation_case WHERE state = 'decided'",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await execute_as_owner(statement)


async def test_only_one_open_case_about_a_thing(furnished: Actor) -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        await execute(
            """INSERT INTO moderation_case (municipality_id, subject_type, subject_id, subject_version, topic_id,
                                            author_id, origin, reasons, state)
               SELECT municipality_id, subject_type, subject_id, subject_version, topic_id, author_id, origin, reasons,
                      state FROM moderation_case WHERE state = 'waiting'"""
        )
