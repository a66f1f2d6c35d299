"""A notice through writing, screening, report, decision, restoring, comment and reply, follow, notification in the app
and by mail, similar texts, search, my data, erasure and who sees what."""

import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from api.content.enums import SubjectType
from api.node_ids import to_global_id
from backend.accounts.erasure import erase_account
from backend.accounts.export import export_zip
from backend.content.kinds import ContentRef
from backend.content.registry import kinds
from backend.follows.service import follow_content, follow_topic
from backend.moderation.decisions import Decision, Ruling, decide, restore
from backend.moderation.reasons import ReasonCode
from backend.notifications.inbox import describe, list_inbox
from backend.notifications.mutes import mute
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch, fetch_value
from backend.platform.errors import Forbidden
from tests.api.matrix.expectations import CASES
from tests.api.test_access_matrix import fields_of_schema
from tests.fixtures.operations import ask, ask_all, ask_freely
from tests.kinds.notice.content_kind import NOTICE
from tests.kinds.notice.service import put_up
from tests.notifications.conftest import office, settings
from workers.__main__ import load_jobs
from workers.job import run_row

__all__ = ["office", "settings"]
TITLE, BODY = (
    "Bytt planter på torget lørdag",
    "Ta med stiklinger og potter, så bytter vi ved fontenen klokka tolv.",
)


@pytest.fixture
async def work(settings: Any) -> Any:
    """Do all that is due, as the workers do."""
    load_jobs()

    async def run() -> None:
        while rows := await fetch(
            "SELECT id FROM outbox WHERE done_at IS NULL AND failed_at IS NULL AND due_at <= now() ORDER BY id"
        ):
            for row in rows:
                await run_row(row["id"])

    return run


@pytest.fixture
async def put(settings: Any, person: Any, topic_id: Any, work: Any) -> tuple[Actor, int, str]:
    """A notice that was screened and published: its author, its id, and that for clients."""
    author = await person(name="Plantevenn", email="author@example.org")
    number = await put_up(author, await topic_id(), TITLE, BODY)
    await work()
    return author, number, to_global_id("Notice", number)


async def _state(number: int) -> str:
    state: str = await fetch_value("SELECT state FROM notice WHERE id = $1", number)
    return state


async def _inbox(actor: Actor) -> list[str]:
    rows = await list_inbox(actor, before=None, limit=20)
    said = await describe(actor, rows)
    return [said[row.id].text for row in rows]


async def test_screening_publishes_and_tells(
    put: Any, settings: Any, person: Any, topic_id: Any, work: Any
) -> None:
    _, number, _ = put
    assert await _state(number) == "published"
    follower = await person(email="follower@example.org")
    await follow_topic(follower, await topic_id())
    await put_up(
        await person(), await topic_id(), "Enda et bytte", "Denne gangen bytter vi bøker ved biblioteket."
    )
    await work()
    assert any("Enda et bytte" in text for text in await _inbox(follower))


async def test_what_screening_holds_waits_for_a_moderator(
    settings: Any, person: Any, topic_id: Any, work: Any
) -> None:
    author, moderator = await person(email="author@example.org"), await person(role=Role.MODERATOR)
    await execute("UPDATE topic SET moderation_mode = 'approve_first'")
    number = await put_up(author, await topic_id(), TITLE, BODY)
    await work()
    assert await _state(number) == "submitted"
    case = await fetch_value("SELECT id FROM moderation_case WHERE subject_type = 'notice'")
    known = {"id": to_global_id("ModerationCase", case), "withPreview": True, "decision": "REJECT"}
    shown = (await ask_all(settings, moderator, "ShowModerationCase", **known))["moderationCase"]
    assert shown["preview"]["subject"] == "Oppslaget ditt kom ikke ut"
    await decide(
        moderator,
        case,
        Ruling(Decision.REJECT, 1, ReasonCode.OFF_TOPIC, "Dette hører hjemme på oppslagstavla."),
    )
    await work()
    assert await _state(number) == "rejected"
    assert any("blir ikke publisert" in text for text in await _inbox(author))


async def test_reported_hidden_and_restored(
    put: Any, settings: Any, person: Any, work: Any, office: Any
) -> None:
    author, number, id_ = put
    reporter, moderator = await person(), await person(role=Role.MODERATOR)
    reported = await ask(settings, reporter, "ReportContent", subject=id_, reasonCode="OFF_TOPIC", text="")
    assert reported["__typename"] == "ContentReported"
    own = await ask(settings, author, "ReportContent", subject=id_, reasonCode="OFF_TOPIC", text="")
    assert own["__typename"] == "NotAllowedProblem"
    case = await fetch_value(
        "SELECT id FROM moderation_case WHERE subject_type = 'notice' AND state <> 'decided'"
    )
    await decide(moderator, case, Ruling(Decision.HIDE, 1, ReasonCode.OFF_TOPIC, "Dette er reklame."))
    await work()
    assert await _state(number) == "hidden"
    mails = [m for m in office.taken if m["To"] == "author@example.org"]
    assert any("Oppslaget ditt er skjult" in m["Subject"] for m in mails)
    assert any(
        f"oppslag%2F{number}" in m.get_body(("plain",)).get_content().replace("=\n", "") for m in mails
    )
    with pytest.raises(Forbidden):
        await restore(replace(author, grants=moderator.grants), "notice", number)
    await restore(moderator, "notice", number)
    assert await _state(number) == "published"


async def test_comments_and_replies_below_it(put: Any, settings: Any, person: Any, work: Any) -> None:
    author, _, id_ = put
    resident, other = await person(), await person()
    made = await ask(
        settings,
        resident,
        "CreateComment",
        subject=id_,
        input={"body": "Jeg tar med tomatplanter.", "stance": "FOR"},
    )
    comment = made["comment"]["id"]
    await work()
    words = {"body": "Og jeg tar med basilikum.", "stance": "NEUTRAL", "parent": comment}
    await ask(settings, other, "CreateComment", subject=id_, input=words)
    await work()
    found = await ask_freely(
        settings,
        other,
        """query($id: ID!) { notice(id: $id) { viewerCanComment { allowed }
           comments { nodes { body subject { id } replies { nodes { body } } } } } }""",
        id=id_,
    )
    assert found["notice"]["viewerCanComment"]["allowed"]
    (node,) = found["notice"]["comments"]["nodes"]
    assert node == {
        "body": "Jeg tar med tomatplanter.",
        "subject": {"id": id_},
        "replies": {"nodes": [{"body": "Og jeg tar med basilikum."}]},
    }
    assert any("kommentert" in text for text in await _inbox(author))
    assert any("svart på kommentaren din" in text for text in await _inbox(resident))


async def test_who_follows_hears_and_who_mutes_does_not(
    put: Any, settings: Any, person: Any, work: Any
) -> None:
    _, number, id_ = put
    follower, muted, writer = await person(), await person(), await person()
    followed = await ask(settings, follower, "Follow", id=id_)
    assert (followed["changed"], followed["thing"]["id"]) == (True, id_)
    await follow_content(muted, ContentRef("notice", number))
    await mute(muted, ContentRef("notice", number))
    await ask(settings, writer, "CreateComment", subject=id_, input={"body": "Fint tiltak.", "stance": "FOR"})
    await work()
    assert any("kommentert" in text for text in await _inbox(follower))
    assert await _inbox(muted) == []
    (line,) = (await ask(settings, follower, "ShowMyNotifications"))["notifications"]["nodes"]
    assert line["path"] == f"/kommentar/{await fetch_value('SELECT max(id) FROM comment')}"
    assert (await ask(settings, follower, "Unfollow", id=id_))["changed"]


async def test_it_is_found_by_words_and_by_likeness(put: Any, settings: Any, person: Any) -> None:
    _, _, id_ = put
    reader = await person()
    for text in (
        '{ found: matchingContent(words: "planter torget") { id } }',
        f'{{ found: similarContent(title: "{TITLE}") {{ id }} }}',
    ):
        assert (await ask_freely(settings, reader, text))["found"] == [{"id": id_}]
    assert (await ask_freely(settings, reader, '{ found: matchingContent(words: "flaggermus") { id } }'))[
        "found"
    ] == []


async def test_my_data_has_it_and_erasure_takes_it(put: Any, settings: Any, work: Any) -> None:
    author, number, id_ = put

    async def progress(_percent: int) -> None:
        pass

    archive = zipfile.ZipFile(io.BytesIO(await export_zip(3201, author.account_id, progress)))
    assert [row["title"] for row in json.loads(archive.read("notice.json"))] == [TITLE]
    await erase_account(3201, author.account_id, keep_content=False, progress=progress)
    assert await fetch_value("SELECT body FROM notice WHERE id = $1", number) == ""
    stranger = Actor(municipality_id=3201)
    assert (
        await ask_freely(settings, stranger, "query($id: ID!) { notice(id: $id) { title } }", id=id_)
    ) == {"notice": None}


@pytest.mark.parametrize(
    ("state", "seen_by"),
    [
        ("submitted", {"author", "moderator"}),
        ("published", {"stranger", "resident", "author", "moderator", "planner"}),
        ("rejected", {"author", "moderator"}),
        ("hidden", {"author", "moderator"}),
    ],
)
async def test_who_sees_it(put: Any, settings: Any, person: Any, state: str, seen_by: set[str]) -> None:
    author, number, id_ = put
    await execute("UPDATE notice SET state = $2 WHERE id = $1", number, state)
    people = {
        "stranger": Actor(municipality_id=3201),
        "resident": await person(),
        "author": author,
        "moderator": await person(role=Role.MODERATOR),
        "planner": await person(role=Role.PLANNER),
    }
    for name, actor in people.items():
        for text in (
            "{ node(id: $id) { id } }",
            "{ found: notice(id: $id) { title comments { nodes { id } } } }",
        ):
            (found,) = (await ask_freely(settings, actor, f"query($id: ID!) {text}", id=id_)).values()
            assert (found is not None) is (name in seen_by), name
        can = await ask(
            settings, actor, "CreateComment", subject=id_, input={"body": "Hei.", "stance": "FOR"}
        )
        allowed = "CommentChanged" if state == "published" and name != "stranger" else None
        assert (can["__typename"] == "CommentChanged") is (allowed is not None), (name, can)


def test_the_access_matrix_demands_a_line_for_each_of_its_fields() -> None:
    unexpected = fields_of_schema() - {case.field for case in CASES}
    assert {"Query.notice", "Notice.title", "Notice.comments", "Notice.viewerCanComment"} <= unexpected


def test_who_moderates_is_requested_of_it_too() -> None:
    assert NOTICE in kinds().values()
    assert {"NOTICE", "PROPOSAL", "COMMENT", "EDIT"} == set(SubjectType.__members__)
