"""Times that no calendar holds are invalid input, wherever they are sent."""

from datetime import UTC, datetime
from typing import Any

import pytest

from api.node_ids import to_global_id
from api.pagination import decode_cursor, encode_cursor
from backend.platform.authz import Role
from backend.platform.errors import Invalid
from tests.fixtures.people import MakePerson
from tests.fixtures.server import Served

EDGES = [
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "2026-05-01T12:00:00",
    "9999-12-31T24:00:00Z",
]


@pytest.mark.parametrize("time", EDGES)
def test_a_cursor_holds_a_time_that_there_is(time: str) -> None:
    with pytest.raises(Invalid):
        decode_cursor(encode_cursor(time, 1), datetime, int)


def test_a_cursor_of_ours_is_read_in_utc() -> None:
    at = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
    assert decode_cursor(encode_cursor(at, 7), datetime, int) == (at, 7)


_LISTS = {
    "proposals": "{ proposals(sort: NEWEST, first: 1, after: $after) { nodes { id } } }",
    "sessions": "{ viewer { sessions(first: 1, after: $after) { nodes { id } } } }",
    "comments": '{ proposal(id: "%s") { comments(first: 1, after: $after) { nodes { id } } } }',
}


@pytest.mark.parametrize("time", EDGES)
@pytest.mark.parametrize("name", sorted(_LISTS))
async def test_lists_refuse_such_a_cursor(
    served: Served, published: int, person: MakePerson, session_cookie: Any, name: str, time: str
) -> None:
    served.http.cookies.update(await session_cookie(await person()))
    query = "query ($after: String) " + _LISTS[name].replace("%s", to_global_id("Proposal", published))
    answer = (await served.ask(query, {"after": encode_cursor(time, 1)})).json()
    assert answer["errors"][0]["extensions"]["code"] == "cursor", answer


def _frame(**times: str) -> dict[str, Any]:
    return {"goals": [1], "answerDays": 90, "moderationMode": "PUBLISH_AT_ONCE", **times}


_CREATE = """mutation ($frame: TopicFrameInput!) {
    createTopic(slug: "nytt-tema", frame: $frame, content: {texts: [{language: "nb", title: "Et tema",
        summary: "Om noe som gjelder alle her", body: "Fortell oss hva du mener om dette."}]}) {
        __typename ... on InvalidProblem { code field } } }"""


async def _create(served: Served, person: MakePerson, session_cookie: Any, **times: str) -> Any:
    admin = await person(role=Role.ADMIN)
    served.http.cookies.update(await session_cookie(admin))
    return (await served.ask(_CREATE, {"frame": _frame(**times)}, **{"sec-fetch-site": "same-origin"})).json()


@pytest.mark.parametrize(
    ("times", "field"),
    [
        ({"opensAt": "1950-01-01T00:00:00Z"}, "frame.opensAt"),
        ({"opensAt": "2026-01-01T00:00:00Z", "closesAt": "9999-12-31T23:59:59Z"}, "frame.closesAt"),
        ({"opensAt": "2026-01-01T00:00:00"}, "frame.opensAt"),
    ],
)
async def test_a_topic_has_times_that_people_live_in(
    served: Served, person: MakePerson, session_cookie: Any, times: dict[str, str], field: str
) -> None:
    shown = await _create(served, person, session_cookie, **times)
    assert shown["data"]["createTopic"]["__typename"] == "InvalidProblem", shown
    assert shown["data"]["createTopic"]["field"] == field


@pytest.mark.parametrize("time", [EDGES[0], EDGES[1], EDGES[3], "soon"])
async def test_a_time_beyond_the_calendar_is_a_mistake_in_the_request(
    served: Served, person: MakePerson, session_cookie: Any, time: str
) -> None:
    shown = await _create(served, person, session_cookie, opensAt=time)
    assert shown["errors"][0]["extensions"]["code"] == "graphql_variables", shown
