"""Internal notes: for those in charge alone, only ever added, and gone with the words they are about."""

from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from api.node_ids import to_global_id
from backend.accounts.erasure import erase_account
from backend.accounts.export import export_zip
from backend.platform.authz import Role
from backend.platform.database import fetch, fetch_value
from backend.platform.errors import Conflict, Forbidden, Invalid, NotFound, PersonalData, Unauthenticated
from backend.platform.settings import Settings
from backend.proposals.notes import NotesKey, add_note, note_by_id, note_pages, withdraw_note
from tests.fixtures.databases import execute_as_owner
from tests.fixtures.operations import ask
from tests.fixtures.people import MakePerson
from tests.proposals.support import OTHER_WORDS, draft, published, refused_with

NOTE = "Dette hører sammen med planen for elva."


async def _nothing(_: int) -> None:
    """Progress that nobody follows."""


async def test_those_in_charge_read_each_other(fresh: Settings, person: MakePerson, topic_id: Any) -> None:
    topic = await topic_id()
    planner, moderator = await person(role=Role.PLANNER, topic_id=topic), await person(role=Role.MODERATOR)
    proposal = await published(await person(), topic)
    first = await add_note(planner, proposal, f"  {NOTE}  ")
    second = await add_note(moderator, proposal, "Enig.")
    assert [(await note_by_id(moderator, n)).body for n in (first, second)] == [NOTE, "Enig."]
    page = (await note_pages(3201, [NotesKey(proposal)], limit=1))[NotesKey(proposal)]
    assert [note.id for note in page] == [second]
    after = NotesKey(proposal, page[0].id)
    assert [note.id for note in (await note_pages(3201, [after], limit=9))[after]] == [first]
    assert (await note_pages(301, [NotesKey(proposal)], limit=9))[NotesKey(proposal)] == []


async def test_nobody_else_knows_of_one(fresh: Settings, person: MakePerson, topic_id: Any) -> None:
    topic, elsewhere = await topic_id(), await topic_id("klimastrategi-2030")
    author, planner = await person(), await person(role=Role.PLANNER)
    proposal = await published(author, topic)
    note = await add_note(planner, proposal, NOTE)
    own = await published(planner, topic, OTHER_WORDS)
    for actor in (author, await person(role=Role.ADMIN), await person(role=Role.PLANNER, topic_id=elsewhere)):
        assert (await refused_with(Forbidden, add_note(actor, proposal, NOTE))).code == "role_missing"
        assert (await refused_with(NotFound, note_by_id(actor, note))).code == "note_not_found"
        assert (await refused_with(NotFound, withdraw_note(actor, note))).code == "note_not_found"
    stranger = replace(author, account_id=None)
    await refused_with(Unauthenticated, add_note(stranger, proposal, NOTE))
    await refused_with(NotFound, note_by_id(stranger, note))
    assert (await refused_with(Forbidden, add_note(planner, own, NOTE))).code == "own_proposal_notes"
    await refused_with(NotFound, add_note(planner, await draft(author, topic), NOTE))
    gone = replace(planner, grants=frozenset())
    await refused_with(NotFound, withdraw_note(gone, note))


async def test_what_a_note_must_be(fresh: Settings, person: MakePerson, topic_id: Any) -> None:
    planner, proposal = await person(role=Role.PLANNER), await published(await person(), await topic_id())
    for body in ("", "   ", "a" * 4_001, "a" * 10_000_000):
        await refused_with(Invalid, add_note(planner, proposal, body))
    for body in ("Ring 913 45 678 om dette.", "Han er 01817779901.", "Skriv til ola@example.org"):
        assert (await refused_with(PersonalData, add_note(planner, proposal, body))).field == "body"
    assert await fetch_value("SELECT count(*) FROM proposal_note") == 0
    assert await add_note(planner, proposal, "a" * 4_000)


async def test_sent_twice_it_is_one(fresh: Settings, person: MakePerson, topic_id: Any) -> None:
    planner, proposal = await person(role=Role.PLANNER), await published(await person(), await topic_id())
    first = await add_note(planner, proposal, NOTE, key="k")
    assert await add_note(planner, proposal, NOTE, key="k") == first
    await refused_with(Conflict, add_note(planner, proposal, "Noe annet.", key="k"))
    # Without a key too: what the same person noted within the hour is that note, until it is withdrawn.
    assert await add_note(planner, proposal, NOTE) == first
    await withdraw_note(planner, first)
    assert await add_note(planner, proposal, NOTE) != first


async def test_its_writer_withdraws_it_once(fresh: Settings, person: MakePerson, topic_id: Any) -> None:
    planner, colleague = await person(role=Role.PLANNER), await person(role=Role.PLANNER)
    note = await add_note(planner, await published(await person(), await topic_id()), NOTE)
    assert (await refused_with(Forbidden, withdraw_note(colleague, note))).code == "writer_only"
    await withdraw_note(planner, note)
    withdrawn = await note_by_id(colleague, note)
    assert (withdrawn.body, withdrawn.withdrawn_at is not None) == (None, True)
    await withdraw_note(planner, note)
    assert await note_by_id(colleague, note) == withdrawn


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE proposal_note SET body = 'Noe annet.'",
        "UPDATE proposal_note SET withdrawn_at = NULL",
        "UPDATE proposal_note SET withdrawn_at = now() + interval '1 day'",
        "UPDATE proposal_note SET author_id = author_id + 1",
        "DELETE FROM proposal_note",
    ],
)
async def test_the_database_keeps_notes_as_they_were(
    fresh: Settings, person: MakePerson, topic_id: Any, change: str
) -> None:
    planner = await person(role=Role.PLANNER)
    note = await add_note(planner, await published(await person(), await topic_id()), NOTE)
    await withdraw_note(planner, note)
    with pytest.raises(asyncpg.RestrictViolationError):
        await execute_as_owner(change)


async def test_it_goes_with_the_words_it_is_about(fresh: Settings, person: MakePerson, topic_id: Any) -> None:
    author, planner, topic = await person(), await person(role=Role.PLANNER), await topic_id()
    lost = await add_note(planner, await published(author, topic), "Hun skriver om skoleveien til barna.")
    stored = await add_note(planner, await published(await person(), topic, OTHER_WORDS), NOTE)
    await erase_account(3201, author.account_id or 0, keep_content=False, progress=_nothing)
    await erase_account(3201, planner.account_id or 0, keep_content=False, progress=_nothing)
    rows = {row["id"]: row["body"] for row in await fetch("SELECT id, body FROM proposal_note")}
    assert rows == {lost: "", stored: NOTE}, "what staff did has to be accounted for"


async def test_its_writer_gets_it_with_their_data(fresh: Settings, person: MakePerson, topic_id: Any) -> None:
    import io
    import zipfile

    author, planner = await person(), await person(role=Role.PLANNER)
    await add_note(planner, await published(author, await topic_id()), NOTE)
    for actor, holds in ((planner, True), (author, False)):
        packed = await export_zip(3201, actor.account_id or 0, _nothing)
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            assert (NOTE in archive.read("proposal_note.json").decode()) is holds


async def test_over_the_api(fresh: Settings, person: MakePerson, topic_id: Any) -> None:
    planner = await person(name="Solveig Planlegger", role=Role.PLANNER)
    proposal = to_global_id("Proposal", await published(await person(), await topic_id()))
    added = (await ask(fresh, planner, "AddInternalNote", proposal=proposal, body=NOTE))["note"]
    assert (added["body"], added["author"]["displayName"]) == (NOTE, "Solveig Planlegger")
    shown = await ask(fresh, planner, "AddInternalNote", proposal=proposal, body="Ring 913 45 678 om dette.")
    assert (shown["kind"], shown["start"], shown["end"]) == ("phone", 5, 15)
    withdrawn = (await ask(fresh, planner, "WithdrawInternalNote", id=added["id"]))["note"]
    assert (withdrawn["body"], withdrawn["viewerIsAuthor"]) == (None, True)
    script = replace(planner, scopes=frozenset({"write"}))
    refused = await ask(fresh, script, "AddInternalNote", proposal=proposal, body=NOTE)
    assert refused["code"] == "scope_missing"
