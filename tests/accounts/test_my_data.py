"""Everything about a person as a file, and a person forgotten by choice and by rule."""

import asyncio
import io
import json
import zipfile
from dataclasses import replace

import pytest

from backend.accounts import erasure, my_data
from backend.accounts.actors import actor_for_session, forget_actors
from backend.accounts.manifest import ACCOUNT_COLUMNS
from backend.accounts.my_data import data_requests, fetch_export, request_deletion, request_export
from backend.accounts.names import choose_name
from backend.accounts.tokens import create_token
from backend.comments.erasure import DELETED_COMMENT
from backend.moderation.decisions import Decision, Ruling, decide
from backend.moderation.reasons import ReasonCode
from backend.moderation.reports import report_content
from backend.moderation.service import screen_content
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch, fetch_row, fetch_value, unit_of_work
from backend.platform.errors import Conflict, Forbidden, NotFound, Unauthenticated
from backend.platform.retention import clear_expired
from backend.platform.slices import contributions
from backend.proposals.counting import count_supports, recount
from backend.proposals.erasure import DELETED_TITLE
from backend.proposals.queries import proposals_by_id
from backend.proposals.service import ProposalInput, create_proposal
from backend.proposals.states import Capacity, ProposalState
from backend.proposals.supports import support
from backend.proposals.transitions import apply_transition
from tests.fixtures.databases import execute_as_owner
from workers.__main__ import load_jobs
from workers.job import run_row

_QUOTE = "Nissen i Åsveien"
WORDS = ProposalInput(
    title="Sykkelvei langs Sandvikselva",
    body="Det trengs en trygg sykkelvei langs elva, slik at barn kan sykle til skolen hver dag.",
    language="nb",
)


async def test_every_table_that_refers_to_people_is_listed(fresh) -> None:
    references = await fetch(
        """SELECT c.conrelid::regclass::text AS name, a.attname::text AS column
           FROM pg_constraint c
           JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
           WHERE c.contype = 'f' AND c.confrelid = 'account'::regclass AND a.attname <> 'municipality_id'"""
    )
    listed = {(personal.table, personal.column) for personal in contributions("personal_tables")}
    assert {(row["name"], row["column"]) for row in references} <= listed


async def test_every_listed_column_exists_and_secrets_are_not_exported(fresh) -> None:
    columns = {
        (row["table_name"], row["column_name"]): row["data_type"]
        for row in await fetch("SELECT table_name, column_name, data_type FROM information_schema.columns")
    }
    for personal in contributions("personal_tables"):
        assert personal.exported or personal.why
        for column in (personal.column, *personal.exported):
            assert columns[personal.table, column] != "bytea"
    of_account = {column for table, column in columns if table == "account"}
    assert of_account - set(ACCOUNT_COLUMNS) == {"municipality_id", "email_secret_hash"}
    assert len({personal.file_name for personal in contributions("personal_tables")}) == len(
        contributions("personal_tables")
    )


async def _work() -> None:
    """Do what is in the outbox, as the slow worker does."""
    load_jobs()
    for row in await fetch("SELECT id FROM outbox WHERE queue = 'slow' AND done_at IS NULL ORDER BY id"):
        await run_row(row["id"])


async def _published(author: Actor, topic: int) -> int:
    proposal_id = await create_proposal(author, topic, WORDS, submit=True)
    await screen_content(3201, "proposal", proposal_id, 1)
    proposal = (await proposals_by_id(3201, [proposal_id]))[proposal_id]
    if proposal.state is ProposalState.SUBMITTED:
        # Screening holds words it has seen before.
        async with unit_of_work():
            await apply_transition(3201, proposal, ProposalState.PUBLISHED, Capacity.MODERATOR, actor_id=None)
    return proposal_id


async def _comment(author: Actor, proposal_id: int, state: str = "published") -> int:
    comment_id: int = await fetch_value(
        """INSERT INTO comment (municipality_id, proposal_id, author_id, stance, language, body, state, published_at)
           VALUES (3201, $1, $2, 'for', 'nb', 'Enig, veldig bra.', $3::text,
                   CASE WHEN $3::text = 'published' THEN now() END) RETURNING id""",
        proposal_id,
        author.account_id,
        state,
    )
    return comment_id


async def test_an_export_holds_everything(fresh, person, topic_id, session_cookie) -> None:
    actor = await person(role=Role.PLANNER, email="fiolin@example.invalid")
    await session_cookie(actor)
    await choose_name(actor, "pseudonym", "Elvevenn")
    token = await create_token(actor, "Uttrekk", ["read"], 5)
    proposal_id = await _published(actor, await topic_id())
    await _comment(actor, proposal_id)
    await support(await person(), proposal_id)
    request_id = await request_export(actor)
    assert await request_export(actor) == request_id
    with pytest.raises(NotFound):
        await fetch_export(actor, request_id)
    await _work()
    (request,) = await data_requests(actor)
    assert (request.state, request.progress, request.can_fetch) == ("done", 100, True)
    archive = zipfile.ZipFile(io.BytesIO(await fetch_export(actor, request_id)))
    assert archive.testzip() is None
    files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(files) == {"LESMEG.txt"} | {
        f"{p.file_name}.json" for p in contributions("personal_tables") if p.exported
    }
    rows = {name: json.loads(text) for name, text in files.items() if name.endswith(".json")}
    assert rows["account.json"][0]["email"] == "fiolin@example.invalid"
    assert rows["proposal.json"][0]["title"] == WORDS.title
    assert rows["comment.json"][0]["body"] == "Enig, veldig bra."
    assert rows["moderation_case.json"][0]["decision"]
    assert rows["account_display_name.json"][0]["display_name"] == "Elvevenn"
    assert rows["support_event.json"] == []
    assert len(rows["access_token.json"]) == len(rows["account_session.json"]) == 1
    assert token.secret not in "".join(files.values())
    assert "token_hash" not in "".join(files.values())


async def test_an_export_is_its_owners_and_ends(fresh, person) -> None:
    actor, other = await person(), await person()
    request_id = await request_export(actor)
    await _work()
    for stranger, error in ((other, NotFound), (Actor(3201), Unauthenticated)):
        with pytest.raises(error):
            await fetch_export(stranger, request_id)
    script = replace(actor, scopes=frozenset({"read", "export"}))
    for call in (request_export(script), fetch_export(script, request_id), data_requests(script)):
        with pytest.raises(Forbidden):
            await call
    assert await data_requests(other) == []
    await execute("UPDATE data_request SET expires_at = now() - interval '1 second'")
    with pytest.raises(NotFound):
        await fetch_export(actor, request_id)
    await clear_expired(3201)
    assert await fetch_value("SELECT result FROM data_request") is None
    assert await request_export(actor) != request_id


async def test_an_export_that_was_interrupted_starts_again(fresh, person, monkeypatch) -> None:
    actor = await person()
    request_id = await request_export(actor)

    async def fail(*_: object) -> bytes:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(my_data, "export_zip", fail)
        await _work()
    (request,) = await data_requests(actor)
    assert (request.state, request.error) == ("failed", "ConnectionError")
    await execute("UPDATE outbox SET due_at = now()")
    await _work()
    assert (await data_requests(actor))[0].state == "done"
    assert await fetch_export(actor, request_id)


async def _delete(actor: Actor, *, keep: bool) -> None:
    await request_deletion(actor, keep_content=keep)
    await _work()
    assert await fetch_value("SELECT state FROM data_request WHERE kind = 'delete'") == "done"


async def test_a_person_goes_and_what_was_public_stays_without_a_name(
    fresh, person, topic_id, session_cookie
) -> None:
    actor, other = await person(email="fiolin@example.invalid"), await person()
    token = next(iter((await session_cookie(actor)).values()))
    await choose_name(actor, "real", "Ordentlig Fiolin")
    topic = await topic_id()
    public = await _published(actor, topic)
    draft = await create_proposal(actor, topic, WORDS, submit=False)
    waiting = await create_proposal(actor, topic, WORDS, submit=True)
    comment, unseen = await _comment(actor, public), await _comment(actor, public, "submitted")
    others = await _published(other, topic)
    await support(actor, others)
    await execute(
        "INSERT INTO follow (municipality_id, account_id, topic_id) VALUES (3201, $1, $2)",
        actor.account_id,
        topic,
    )
    await _delete(actor, keep=True)
    forget_actors([f"account:{actor.account_id}"])
    assert (await actor_for_session(fresh, token)).is_anonymous
    account = await fetch_row("SELECT * FROM account WHERE id = $1", actor.account_id)
    assert account["display_name"] == "Slettet bruker"
    assert account["deleted_at"] is not None
    gone = ("email", "birth_year", "home_municipality", "home_place_id")
    assert [account[name] for name in gone] == [None] * 4
    for table in ("account_identity", "account_session", "account_display_name", "access_token", "follow"):
        assert await fetch_value(f"SELECT count(*) FROM {table} WHERE account_id = $1", actor.account_id) == 0
    proposals = await proposals_by_id(3201, [public, draft, waiting])
    assert (proposals[public].state, proposals[public].title) == ("published", WORDS.title)
    for proposal_id in (draft, waiting):
        assert (proposals[proposal_id].state, proposals[proposal_id].body) == ("withdrawn", "")
    states = await fetch("SELECT id, state, body FROM comment ORDER BY id")
    assert [tuple(row.values()) for row in states] == [
        (comment, "published", "Enig, veldig bra."),
        (unseen, "withdrawn", DELETED_COMMENT),
    ]
    await count_supports(3201)
    assert (await proposals_by_id(3201, [others]))[others].supports == 0
    assert [drift for drift in await recount(3201, repair=False) if drift.subject == "supports"] == []


async def _words_of(proposal_id: int) -> set[str]:
    rows = await fetch(
        """SELECT title, body FROM proposal WHERE id = $1
           UNION ALL SELECT title, body FROM proposal_version WHERE proposal_id = $1""",
        proposal_id,
    )
    return {text for row in rows for text in row.values()}


async def test_content_goes_unless_others_have_a_part_in_it(fresh, person, topic_id) -> None:
    actor, other = await person(), await person()
    topic = await topic_id()
    alone, supported, commented, taken_up, own_only = [await _published(actor, topic) for _ in range(5)]
    await support(other, supported)
    await _comment(other, commented)
    await _comment(actor, own_only)
    proposal = (await proposals_by_id(3201, [taken_up]))[taken_up]
    async with unit_of_work():
        await apply_transition(3201, proposal, ProposalState.ASSESSMENT, Capacity.PLANNER, actor_id=None)
    comment = await _comment(actor, supported)
    reply = await _comment(other, supported)
    await execute("UPDATE comment SET parent_id = $1 WHERE id = $2", comment, reply)
    await _delete(actor, keep=False)
    for proposal_id in (supported, commented, taken_up):
        assert WORDS.title in await _words_of(proposal_id)
    for proposal_id in (alone, own_only):
        assert await _words_of(proposal_id) == {DELETED_TITLE, ""}
        row = await fetch_row(
            "SELECT state, search::text, cardinality(grams) AS grams FROM proposal WHERE id = $1", proposal_id
        )
        assert tuple(row.values()) == ("withdrawn", "", 0)
    words = {
        row["id"]: (row["state"], row["body"]) for row in await fetch("SELECT id, state, body FROM comment")
    }
    assert words[comment] == ("withdrawn", DELETED_COMMENT)
    assert words[reply] == ("published", "Enig, veldig bra.")
    assert (await proposals_by_id(3201, [supported]))[supported].supports == 1


async def test_reasons_that_quote_erased_words_go_with_them(fresh, person, topic_id) -> None:
    actor, reporter, topic = await person(), await person(), await topic_id()
    moderator = await person(role=Role.MODERATOR)
    proposal_id = await _published(actor, topic)
    other = await _published(reporter, topic)
    comment_id = await _comment(actor, other)
    remaining = await _comment(await person(), other)
    for kind, subject in (("proposal", proposal_id), ("comment", comment_id), ("comment", remaining)):
        report = await report_content(
            reporter, kind, subject, ReasonCode.PERSONAL_ATTACK, f"Det står «{_QUOTE}»."
        )
        case = await fetch_value("SELECT case_id FROM report WHERE id = $1", report)
        await execute(
            """INSERT INTO moderation_signal (municipality_id, case_id, name, version, score, detail)
               VALUES (3201, $1, 'word_list', '1', 0.5, '{"hits": 1, "terms": ["nisse"]}')""",
            case,
        )
        ruling = Ruling(Decision.HIDE, 1, ReasonCode.PERSONAL_ATTACK, f"Du skriver «{_QUOTE}».")
        await decide(moderator, case, ruling)
    await _delete(actor, keep=False)
    rows = await fetch(
        """SELECT reason_code, reason_text, decision FROM moderation_case WHERE origin = 'report' ORDER BY id"""
    )
    assert [(row["reason_code"], row["decision"]) for row in rows] == [("personal_attack", "hide")] * 3
    assert [_QUOTE in row["reason_text"] for row in rows] == [False, False, True]
    assert [_QUOTE in row["text"] for row in await fetch("SELECT text FROM report ORDER BY id")] == [
        False,
        False,
        True,
    ]
    signals = await fetch(
        """SELECT s.detail FROM moderation_signal s JOIN moderation_case c ON c.id = s.case_id
           WHERE c.origin = 'report' ORDER BY s.id"""
    )
    details = [row["detail"] for row in signals]
    assert ["terms" in detail for detail in details] == [False, False, True]
    for statement in (
        "UPDATE moderation_case SET reason_text = ''",
        "SELECT set_config('samskap.erasing', 'on', false); UPDATE moderation_case SET reason_text = 'annet'",
        "SELECT set_config('samskap.erasing', 'on', false); "
        "UPDATE moderation_case SET decision = 'dismiss', reason_text = ''",
        "SELECT set_config('samskap.erasing', 'on', false); DELETE FROM moderation_case",
    ):
        # The role that the platform runs as may not delete at all; the trigger refuses the rest.
        with pytest.raises(Exception, match=r"a decision stays as it was made|permission denied"):
            await execute(f"BEGIN; {statement}")
        await execute("ROLLBACK")


async def test_an_erasure_that_was_interrupted_goes_on(fresh, person, topic_id, monkeypatch) -> None:
    actor = await person()
    await _published(actor, await topic_id())
    await request_deletion(actor, keep_content=False)

    async def fail(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        first, *_ = contributions("erasers")
        broken.setattr(erasure, "contributions", lambda _: (first, fail, fail))
        await _work()
    row = await fetch_row("SELECT state, progress FROM data_request")
    assert tuple(row.values()) == ("failed", 33)
    await _work()
    row = await fetch_row("SELECT state, progress FROM data_request")
    assert tuple(row.values()) == ("done", 100)
    await my_data.run_deletion(3201, await fetch_value("SELECT id FROM data_request"))


async def test_the_last_administrator_stays(person) -> None:
    admin = await person(role=Role.ADMIN)
    with pytest.raises(Conflict) as caught:
        await request_deletion(admin, keep_content=True)
    assert caught.value.code == "last_admin"
    other = await person(role=Role.ADMIN)
    await request_deletion(admin, keep_content=True)
    await execute("UPDATE role_grant SET ended_at = now() WHERE account_id = $1", other.account_id)
    await _work()
    row = await fetch_row("SELECT state, error FROM data_request")
    assert tuple(row.values()) == ("failed", "last_admin")
    assert await fetch_value("SELECT deleted_at FROM account WHERE id = $1", admin.account_id) is None


async def test_whoever_logs_in_again_is_new(site, new_browser) -> None:
    before = await (await new_browser()).entered("fiolin")
    await _delete(before, keep=True)
    after = await (await new_browser()).entered("fiolin")
    assert after.account_id != before.account_id


async def test_the_ledgers_give_up_words_only_to_an_erasure(fresh, person, topic_id) -> None:
    proposal_id = await _published(await person(), await topic_id())
    for statement in (
        "UPDATE proposal_version SET title = 'x'",
        "SELECT set_config('samskap.erasing', 'on', false); UPDATE proposal_version SET number = 9",
        "SELECT set_config('samskap.erasing', 'on', false); DELETE FROM proposal_version",
        "SELECT set_config('samskap.erasing', 'on', false); UPDATE support_event SET ordinal = 2",
        "SELECT set_config('samskap.erasing', 'on', false); UPDATE proposal_transition SET to_state = 'done'",
    ):
        await support(await person(), proposal_id)
        with pytest.raises(Exception, match="only ever added"):
            await execute_as_owner(f"BEGIN; {statement}")


async def test_logging_in_while_being_deleted_is_one_or_the_other(site, new_browser) -> None:
    before = await (await new_browser()).entered("fiolin")
    request_id = await request_deletion(before, keep_content=True)
    browsers = [await new_browser() for _ in range(4)]
    addresses = [await browser.choose(await browser.begin(), "fiolin") for browser in browsers]
    answers = await asyncio.gather(
        my_data.run_deletion(3201, request_id),
        *(browser.http.get(address) for browser, address in zip(browsers, addresses, strict=True)),
    )
    assert [answer.status_code for answer in answers[1:]] == [303] * 4
    assert not await fetch(
        """SELECT FROM account_session s JOIN account a ON a.id = s.account_id WHERE a.deleted_at IS NOT NULL
           UNION ALL
           SELECT FROM account_identity i JOIN account a ON a.id = i.account_id WHERE a.deleted_at IS NOT NULL"""
    )
    assert await fetch_value("SELECT count(*) FROM account WHERE deleted_at IS NULL") <= 1


async def test_a_request_whose_job_is_gone_can_be_made_again(fresh, person) -> None:
    actor = await person()
    first = await request_export(actor)
    assert await my_data.give_up_requests(3201) == 0
    await execute("UPDATE data_request SET state = 'running', created_at = now() - interval '1 hour'")
    # Its job is still to come, or being done.
    assert await my_data.give_up_requests(3201) == 0
    await execute("UPDATE outbox SET failed_at = now()")
    assert await my_data.give_up_requests(3201) == 1
    (request,) = await data_requests(actor)
    assert (request.state, request.error) == ("failed", "given_up")
    assert await request_export(actor) != first
