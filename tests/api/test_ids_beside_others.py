"""An id that is none comes together with what else is wrong with the form, and nothing is written."""

from typing import Any

import pytest

from api.node_ids import to_global_id
from backend.platform.authz import Role
from backend.platform.database import fetch_value
from tests.fixtures.operations import ask
from tests.proposals.support import published


def _fields(answer: Any) -> set[str]:
    return {answer["field"], *(each["field"] for each in answer.get("alsoInvalid", ()))}


@pytest.mark.parametrize("place", ["garbage", "", to_global_id("Topic", 1)])
async def test_a_proposals_place_and_topic(fresh: Any, person: Any, topic_id: Any, place: str) -> None:
    author = await person()
    words = {"title": "", "body": "", "language": "xx", "place": place}
    created = await ask(fresh, author, "CreateProposal", input=words, topic="garbage")
    assert _fields(created) == {"title", "body", "language", "place", "topic"}
    number = await published(author, await topic_id())
    edited = await ask(
        fresh, author, "EditProposal", id=to_global_id("Proposal", number), input=words, expectedVersion=1
    )
    assert _fields(edited) == {"title", "body", "language", "place"}
    assert await fetch_value("SELECT count(*) FROM proposal") == 1


async def test_a_comments_parent(fresh: Any, person: Any, topic_id: Any) -> None:
    author = await person()
    proposal = to_global_id("Proposal", await published(author, await topic_id()))
    words = {"body": "", "language": "xx", "stance": "NEUTRAL", "parent": "garbage"}
    assert _fields(await ask(fresh, author, "CreateComment", subject=proposal, input=words)) == {
        "body",
        "language",
        "parent",
    }
    assert await fetch_value("SELECT count(*) FROM comment") == 0


async def test_a_proposals_topic_that_is_not_there(fresh: Any, person: Any) -> None:
    words = {"title": "", "body": "", "language": "xx"}
    created = await ask(
        fresh, await person(), "CreateProposal", input=words, topic=to_global_id("Topic", 999_999)
    )
    assert _fields(created) == {"title", "body", "language", "topic"}


async def test_a_comments_parent_that_is_not_there(fresh: Any, person: Any, topic_id: Any) -> None:
    author = await person()
    proposal = to_global_id("Proposal", await published(author, await topic_id()))
    words = {"body": "", "language": "nb", "stance": "NEUTRAL", "parent": to_global_id("Comment", 999_999)}
    assert _fields(await ask(fresh, author, "CreateComment", subject=proposal, input=words)) == {
        "body",
        "parent",
    }


async def test_a_topics_places_and_planner(fresh: Any, person: Any) -> None:
    admin = await person(role=Role.ADMIN)
    text = {"language": "nb", "title": "", "summary": "", "body": ""}
    content = {"texts": [text], "proposalsOpen": True, "supportsOpen": True, "commentsOpen": True}
    frame = {
        "goals": [],
        "places": ["garbage"],
        "requirements": [],
        "opensAt": "2026-12-01T12:00:00Z",
        "answerDays": 0,
        "moderationMode": "PUBLISH_AT_ONCE",
        "responsible": "garbage",
    }
    bad = {"frame.places", "frame.responsible", "frame.goals", "frame.answerDays"}
    created = await ask(fresh, admin, "CreateTopic", slug="Æ Ø", content=content, frame=frame)
    assert bad | {"slug"} <= _fields(created)
    assert any("title" in field for field in _fields(created)), _fields(created)
    topic = to_global_id("Topic", await fetch_value("SELECT min(id) FROM topic"))
    changed = await ask(
        fresh, admin, "UpdateTopic", id=topic, expectedVersion=1, content=content, frame=frame
    )
    assert bad <= _fields(changed)


async def test_a_profiles_place(fresh: Any, person: Any) -> None:
    resident = await person(name="Før")
    words = {"homePlace": "garbage", "language": "xx", "name": {"kind": "PSEUDONYM", "displayName": ""}}
    answer = await ask(fresh, resident, "UpdateProfile", input=words)
    assert {"homePlace", "language"} < _fields(answer)
    only = await ask(fresh, resident, "UpdateProfile", input={"homePlace": "garbage", "language": "en"})
    assert _fields(only) == {"homePlace"}
    assert await fetch_value("SELECT language FROM account WHERE id = $1", resident.account_id) == "nb"


@pytest.mark.parametrize("account", ["garbage", to_global_id("Author", 999_999)])
async def test_a_roles_holder_and_topic(fresh: Any, person: Any, account: str) -> None:
    topic = "garbage" if account == "garbage" else to_global_id("Topic", 999_999)
    answer = await ask(
        fresh, await person(role=Role.ADMIN), "GrantRole", account=account, role="PLANNER", topic=topic
    )
    assert _fields(answer) == {"account", "topic"}
