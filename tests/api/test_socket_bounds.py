"""What bounds a socket: what may run over it, messages out of form, and how many may be open."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import orjson
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from api.node_ids import to_global_id
from backend.moderation.service import screen_content
from backend.platform.database import execute, fetch_value
from backend.platform.settings import Settings
from backend.proposals.service import create_proposal
from tests.fixtures.databases import open_clone
from tests.fixtures.people import make_person
from tests.fixtures.server import WORDS, Served, serving
from tests.fixtures.socket_client import PROPOSAL, error_code, next_data, opened
from tests.fixtures.waiting import until


@pytest.fixture(scope="module")
async def settings(services: Settings) -> AsyncIterator[Settings]:
    """One database for all of them."""
    async with open_clone(services) as cloned:
        yield cloned


@pytest.fixture(scope="module")
async def published(settings: Settings) -> int:
    """A published proposal."""
    topic = await fetch_value("SELECT id FROM topic WHERE slug = 'mobilitetsstrategi'")
    number = await create_proposal(await make_person(settings), topic, WORDS, submit=True)
    await screen_content(settings.municipality, "proposal", number, 1)
    return number


@pytest.fixture(scope="module")
async def served(settings: Settings) -> AsyncIterator[Served]:
    """One application for all of them."""
    async with serving(settings) as running:
        yield running


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('{ node(id: "x") { id } }', "not_a_subscription"),
        ("query { __typename }", "not_a_subscription"),
        ('mutation { withdrawSupport(proposalId: "x") { __typename } }', None),
        ("subscription { __typename }", None),
        ('subscription { proposalUpdated(id: "x") { id } moderationQueueChanged { __typename } }', None),
        (
            "subscription { "
            + " ".join(f"a{n}: moderationQueueChanged {{ __typename }}" for n in range(40))
            + "}",
            "limit_aliases",
        ),
        ("subscription { nothing }", None),
        ("subscription {", None),
        ("x" * 30_000, "limit_characters"),
    ],
)
async def test_only_one_bounded_subscription_runs(served: Served, query, code) -> None:
    async with opened(served) as client:
        await client.subscribe("a", query)
        message = await client.receive()
        assert message["type"] == "error", message
        assert "Did you mean" not in orjson.dumps(message).decode()
        if code:
            assert message["payload"][0]["extensions"]["code"] == code


async def test_another_site_cannot_open_a_socket(served: Served) -> None:
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1"):
        with pytest.raises(InvalidStatus) as refused:
            async with opened(served, origin=origin):
                pass
        assert refused.value.response.status_code == 403
    async with opened(served, origin=served.url):
        pass


async def test_only_the_one_protocol_is_spoken(served: Served) -> None:
    async with opened(served, begun=False, protocol="graphql-ws") as client:
        assert (await client.closed())[0] == 4406


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("not json", 4400),
        ("[" * 50_000, 4400),
        ("[]", 4400),
        ("null", 4400),
        ('"text"', 4400),
        ("{}", 4400),
        ('{"type": ["subscribe"]}', 4400),
        ('{"type": "%s"}' % ("x" * 500), 4400),
        ('{"type": "subscribe"}', 4400),
        ('{"type": "subscribe", "id": [1], "payload": {}}', 4400),
        ('{"type": "subscribe", "id": "%s", "payload": {}}' % ("å" * 100), 4400),
        ('{"type": "subscribe", "id": "a", "payload": []}', 4400),
        ('{"type": "complete", "id": {}}', 4400),
        ('{"type": "connection_init"}', 4429),
        ('{"type": "connection_init", "payload": 3}', 4400),
        (b"\x00\x01binary", 4400),
        ("x" * (16 * 1024 * 1024 + 1), 1009),
    ],
)
async def test_a_message_out_of_form_closes_the_socket(served: Served, message, code) -> None:
    async with opened(served) as client:
        with contextlib.suppress(ConnectionClosed):
            await client.held.send(message)
        assert (await client.closed())[0] == code


async def test_nothing_runs_before_the_acknowledgement(served: Served) -> None:
    async with opened(served, begun=False) as client:
        await client.subscribe("a", PROPOSAL, {"id": "x"})
        assert (await client.closed())[0] == 4401


async def test_names_are_unique_and_few(served: Served, published) -> None:
    known = {"id": to_global_id("Proposal", published)}
    async with opened(served) as client:
        for number in range(20):
            await client.subscribe(str(number), PROPOSAL, known)
        for _ in range(20):
            assert (await client.receive())["type"] == "next"
        await client.subscribe("too many", PROPOSAL, known)
        assert await error_code(client) == "too_many_subscriptions"
        await client.send({"type": "ping"})
        assert await client.receive() == {"type": "pong"}
        await client.subscribe("7", PROPOSAL, known)
        assert (await client.closed())[0] == 4409


async def test_wrong_variables_are_an_error(served: Served) -> None:
    async with opened(served) as client:
        await client.subscribe("a", PROPOSAL, {})
        assert (await client.receive())["type"] == "error"
        await client.send({"id": "b", "type": "subscribe", "payload": {"query": PROPOSAL, "variables": [1]}})
        assert await error_code(client) == "not_an_object"


async def test_too_often_is_refused(served: Served) -> None:
    async with (
        serving(served.settings, rate_limits={"address.free": "3/minute"}) as bounded,
        opened(bounded) as client,
    ):
        for number in range(3):
            await client.subscribe(str(number), PROPOSAL, {"id": "x"})
            assert [(await client.receive())["type"] for _ in range(2)] == ["next", "complete"]
        await client.subscribe("4", PROPOSAL, {"id": "x"})
        assert await error_code(client) == "too_often"


async def test_idle_and_silent_sockets_are_closed(served: Served, monkeypatch) -> None:
    monkeypatch.setattr("api.socket_handler.RECHECK_SECONDS", 0.1)
    monkeypatch.setattr("api.socket_handler.IDLE_SECONDS", 0.3)
    async with opened(served) as client:
        assert await client.closed() == (1000, "Idle")


async def test_who_says_nothing_is_not_waited_for(served: Served, monkeypatch) -> None:
    monkeypatch.setattr("api.sockets.ACKNOWLEDGE_SECONDS", 0.2)
    async with serving(served.settings) as bounded, opened(bounded, begun=False) as client:
        assert (await client.closed())[0] == 4408


async def test_a_full_house_takes_no_more_sockets(served: Served, monkeypatch) -> None:
    monkeypatch.setattr("api.sockets.MAX_SOCKETS_PER_ADDRESS", 2)
    async with opened(served), opened(served):
        with pytest.raises(InvalidStatus) as refused:
            async with opened(served):
                pass
        assert refused.value.response.status_code == 503
    await asyncio.sleep(0.2)
    async with opened(served):
        pass


async def test_a_client_that_takes_nothing_is_left(served: Served, published, monkeypatch) -> None:
    monkeypatch.setattr("api.socket_handler.SEND_SECONDS", 0.5)
    monkeypatch.setattr("api.broker.LEAST_SECONDS", 0.001)
    await execute("UPDATE proposal SET body = repeat('Mange ord. ', 1500) WHERE id = $1", published)
    wide = PROPOSAL.replace("title", " ".join(f"a{n}: body" for n in range(14)))
    broker = served.app.state.sockets.broker
    async with opened(served) as client:
        for number in range(20):
            await client.subscribe(str(number), wide, {"id": to_global_id("Proposal", published)})
        assert (await client.receive())["type"] == "next"
        assert len(broker) == 1
        async with asyncio.timeout(60):
            while len(broker):
                broker.on_tags([f"proposal:{published}"])
                await asyncio.sleep(0.02)
        # A farewell would wait behind all that was not taken.
        client.held.transport.abort()


async def test_nothing_is_left_behind(served: Served, published) -> None:
    for _ in range(5):
        async with opened(served) as client:
            await client.subscribe("a", PROPOSAL, {"id": to_global_id("Proposal", published)})
            await next_data(client, "a")
    await until(lambda: len(served.app.state.sockets.broker) == 0)
