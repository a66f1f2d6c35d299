"""GraphQL over HTTP as clients use it."""

import orjson
import pytest

from tests.fixtures.server import Served

QUERY = "query Named($slug: String!) { topic(slug: $slug) { slug } }"
SLUG = {"slug": "mobilitetsstrategi"}
DATA = {"data": {"topic": {"slug": "mobilitetsstrategi"}}}


async def test_a_query_by_post(served: Served) -> None:
    answer = await served.ask(QUERY, SLUG)
    assert answer.json() == DATA
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


async def test_one_of_several_operations_is_chosen_by_name(served: Served) -> None:
    text = "query A { __typename } query B { topics(first: 1) { nodes { slug } } }"
    answer = await served.http.post("/graphql", json={"query": text, "operationName": "A"})
    assert answer.json() == {"data": {"__typename": "Query"}}


async def test_a_trusted_document_is_requested_by_its_id_in_two_ways(served: Served) -> None:
    known = served.app.state.executor.trusted.by_name["TopicList"].id
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": known}}
    by_id = await served.ask_trusted(known, {"first": 1})
    by_extension = await served.http.post(
        "/graphql", json={"extensions": persisted, "variables": {"first": 1}}
    )
    by_get = await served.http.get(
        "/graphql", params={"extensions": orjson.dumps(persisted).decode(), "variables": '{"first": 1}'}
    )
    assert by_id.json() == by_extension.json() == by_get.json()
    assert len(by_id.json()["data"]["topics"]["nodes"]) == 1
    unknown = await served.ask_trusted("0" * 64)
    assert unknown.status_code == 400
    assert unknown.json()["errors"][0]["extensions"]["code"] == "document_unknown"


@pytest.mark.parametrize(
    ("accepts", "message"),
    [
        ("nb", "Dokumentet er ikke blant dem vi kjenner."),
        ("en-GB, nb;q=0.5", None),
        ("nn", None),
        ("de", "Dokumentet er ikke blant dem vi kjenner."),
    ],
)
async def test_refusals_are_shown_in_the_readers_language(
    served: Served, accepts: str, message: str | None
) -> None:
    answer = await served.ask_trusted("0" * 64, **{"accept-language": accepts})
    reported = answer.json()["errors"][0]["message"]
    assert (reported == message) if message else (reported != "Dokumentet er ikke blant dem vi kjenner.")


async def test_a_mistake_in_the_document_is_shown_with_its_place(served: Served) -> None:
    answer = await served.ask("{ nothing }")
    assert answer.status_code == 400
    error = answer.json()["errors"][0]
    assert error["locations"] == [{"line": 1, "column": 3}]
    assert "data" not in answer.json()


async def test_an_error_in_one_field_leaves_the_answer(served: Served) -> None:
    answer = await served.ask('{ __typename proposals(first: 5, after: "nonsense") { nodes { id } } }')
    assert answer.status_code == 200
    assert answer.json()["errors"][0]["path"] == ["proposals"]


async def test_subscriptions_are_not_answered_over_http(served: Served) -> None:
    answer = await served.ask("subscription { moderationQueueChanged { __typename } }")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "subscription"
    streamed = await served.ask(
        "subscription { moderationQueueChanged { __typename } }", accept="text/event-stream"
    )
    assert streamed.status_code == 400


async def test_a_token_that_does_not_hold_is_shown(served: Served) -> None:
    answer = await served.ask("{ __typename }", authorization="Bearer smsk_nonsense")
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["problem"]["__typename"] == "LoginProblem"
