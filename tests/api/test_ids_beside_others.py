"""An id that is none comes together with what else is wrong with the form, and nothing is written."""

from typing import Any

import pytest

from api.node_ids import to_global_id
from backend.platform.database import fetch_value
from tests.fixtures.operations import ask
from tests.proposals.support import published


def _fields(answer: Any) -> set[str]:
    return {answer["field"], *(each["field"] for each in answer["alsoInvalid"])}


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
