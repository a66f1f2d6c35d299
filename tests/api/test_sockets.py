"""Subscriptions over a real socket: the protocol, who may hear what, and what a hostile client meets."""

import asyncio
import contextlib
from typing import Any

import orjson
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from api.node_ids import to_global_id
from backend.accounts.roles import end_grant
from backend.authz import Role
from backend.database import execute, fetch_value, unit_of_work
from backend.moderation.service import screen_subject
from backend.proposals.queries import proposals_by_id
from backend.proposals.service import ProposalInput, create_proposal
from backend.proposals.states import Part, ProposalState
from backend.proposals.supports import support
from backend.proposals.transitions import take_step
from backend.tags import changed
from tests.fixtures.server import Served, serving
from tests.fixtures.socket_client import SocketClient, opened

PROPOSAL = (
    "subscription P($id: ID!) { proposalUpdated(id: $id) { id title supportCount viewerHasSupported } }"
)
QUEUE = """subscription { moderationQueueChanged {
    __typename ... on ModerationQueueState { count topics { count topic { title } } } ... on Problem { code } } }"""
WORDS = ProposalInput(
    title="Sykkelvei langs Sandvikselva",
    body="Det trengs en trygg sykkelvei langs elva, slik at barn kan sykle til skolen hver dag.",
    language="nb",
)


@pytest.fixture
async def proposal(fresh, person, topic_id) -> int:
    """A published proposal."""
    number = await create_proposal(await person(name="Forfatter"), await topic_id(), WORDS, submit=True)
    await screen_subject(fresh.municipality, "proposal", number, 1)
    return number


async def _cookie(session_cookie, actor) -> str:
    return "; ".join(f"{name}={value}" for name, value in (await session_cookie(actor)).items())


async def _next(client: SocketClient, name: str) -> Any:
    message = await client.receive()
    assert (message["type"], message["id"]) == ("next", name), message
    assert "errors" not in message["payload"]
    return message["payload"]["data"]


async def _error_code(client: SocketClient) -> str:
    message = await client.receive()
    assert message["type"] == "error", message
    code: str = message["payload"][0]["extensions"]["code"]
    return code


async def test_a_proposal_is_told_now_and_when_it_changes(served: Served, proposal, person) -> None:
    async with opened(served) as client:
        await client.subscribe("a", PROPOSAL, {"id": to_global_id("Proposal", proposal)})
        first = (await _next(client, "a"))["proposalUpdated"]
        assert (first["title"], first["supportCount"]) == (WORDS.title, 0)
        await support(await person(), proposal)
        assert (await _next(client, "a"))["proposalUpdated"]["supportCount"] == 1
        await client.send({"id": "a", "type": "complete"})
        await support(await person(name="To"), proposal)
        assert await client.silent_for(1.0)


async def test_many_changes_are_told_once_with_the_newest_state(served: Served, proposal, person) -> None:
    async with opened(served) as client:
        await client.subscribe("a", PROPOSAL, {"id": to_global_id("Proposal", proposal)})
        await _next(client, "a")
        for number in range(10):
            await support(await person(name=f"P{number}"), proposal)
        told = [(await _next(client, "a"))["proposalUpdated"]["supportCount"]]
        while told[-1] < 10:
            told.append((await _next(client, "a"))["proposalUpdated"]["supportCount"])
        assert len(told) < 10
        assert await client.silent_for(1.0)


async def test_every_event_is_answered_for_the_viewer(
    served: Served, proposal, person, session_cookie
) -> None:
    someone = await person()
    async with opened(served, cookie=await _cookie(session_cookie, someone)) as client:
        await client.subscribe("a", PROPOSAL, {"id": to_global_id("Proposal", proposal)})
        assert (await _next(client, "a"))["proposalUpdated"]["viewerHasSupported"] is False
        await support(someone, proposal)
        assert (await _next(client, "a"))["proposalUpdated"]["viewerHasSupported"] is True


async def test_what_may_not_be_known_is_null_and_ends(served: Served, person, topic_id) -> None:
    draft = await create_proposal(await person(), await topic_id(), WORDS, submit=False)
    async with opened(served) as client:
        for name, known in (("a", to_global_id("Proposal", draft)), ("b", "nonsense")):
            await client.subscribe(name, PROPOSAL, {"id": known})
            assert await _next(client, name) == {"proposalUpdated": None}
            assert await client.receive() == {"id": name, "type": "complete"}
        await changed([f"proposal:{draft}"])
        assert await client.silent_for(1.0)


async def test_hiding_a_proposal_ends_what_follows_it(served: Served, proposal) -> None:
    async with opened(served) as client:
        await client.subscribe("a", PROPOSAL, {"id": to_global_id("Proposal", proposal)})
        await _next(client, "a")
        async with unit_of_work():
            row = (await proposals_by_id(served.settings.municipality, [proposal]))[proposal]
            await take_step(
                served.settings.municipality, row, ProposalState.HIDDEN, Part.MODERATOR, actor_id=None
            )
        assert await _next(client, "a") == {"proposalUpdated": None}
        assert (await client.receive())["type"] == "complete"


async def test_the_queue_is_for_moderators(served: Served, person, session_cookie, topic_id) -> None:
    topic = await topic_id()
    moderator = await person(name="Moderator", role=Role.MODERATOR, topic_id=topic)
    for actor, code in ((None, "login_required"), (await person(name="Beboer"), "role_missing")):
        headers = {"cookie": await _cookie(session_cookie, actor)} if actor else {}
        async with opened(served, **headers) as client:
            await client.subscribe("a", QUEUE)
            assert (await _next(client, "a"))["moderationQueueChanged"]["code"] == code
            assert (await client.receive())["type"] == "complete"
    async with opened(served, cookie=await _cookie(session_cookie, moderator)) as client:
        await client.subscribe("a", QUEUE)
        assert (await _next(client, "a"))["moderationQueueChanged"]["count"] == 0
        await _case(served, topic)
        await _case(served, await topic_id("kommunegarden"))
        await changed(["moderation"])
        state = (await _next(client, "a"))["moderationQueueChanged"]
        assert (state["count"], [load["count"] for load in state["topics"]]) == (1, [1])
        assert state["topics"][0]["topic"]["title"]


async def _case(served: Served, topic: int) -> None:
    await execute(
        """INSERT INTO moderation_case (municipality_id, subject_type, subject_id, topic_id, origin, reasons, state)
           VALUES ($1, 'proposal', $2, $2, 'screening', '{}', 'waiting')""",
        served.settings.municipality,
        topic,
    )


async def test_a_moderator_who_no_longer_is_one_hears_nothing(
    served: Served, person, session_cookie, topic_id
) -> None:
    moderator = await person(role=Role.MODERATOR)
    admin = await person(name="Admin", role=Role.ADMIN)
    async with opened(served, cookie=await _cookie(session_cookie, moderator)) as client:
        await client.subscribe("a", QUEUE)
        await _next(client, "a")
        grant = await fetch_value("SELECT id FROM role_grant WHERE account_id = $1", moderator.account_id)
        await end_grant(admin, grant)
        await changed(["moderation"])
        assert (await _next(client, "a"))["moderationQueueChanged"] == {
            "__typename": "NotAllowedProblem",
            "code": "role_missing",
        }
        assert (await client.receive())["type"] == "complete"


async def test_a_session_that_ends_closes_its_sockets(
    served: Served, proposal, person, session_cookie
) -> None:
    someone = await person()
    cookie = await _cookie(session_cookie, someone)
    async with opened(served, cookie=cookie) as client, opened(served) as stranger:
        for each in (client, stranger):
            await each.subscribe("a", PROPOSAL, {"id": to_global_id("Proposal", proposal)})
            await _next(each, "a")
        session = await fetch_value(
            "SELECT id FROM account_session WHERE account_id = $1", someone.account_id
        )
        await execute("UPDATE account_session SET ended_at = now() WHERE id = $1", session)
        await changed([f"session:{session}"])
        assert await client.closed() == (4401, "Unauthorized")
        await support(await person(name="To"), proposal)
        assert (await _next(stranger, "a"))["proposalUpdated"]["supportCount"] == 1


async def test_a_session_that_ended_in_silence_gets_no_event(
    served: Served, proposal, person, session_cookie
) -> None:
    someone = await person()
    async with opened(served, cookie=await _cookie(session_cookie, someone)) as client:
        await client.subscribe("a", PROPOSAL, {"id": to_global_id("Proposal", proposal)})
        await _next(client, "a")
        await execute("UPDATE account_session SET expires_at = now()")
        await changed([f"account:{someone.account_id}", f"proposal:{proposal}"])
        with contextlib.suppress(ConnectionClosed):
            assert (await client.receive())["type"] == "error"
        assert (await client.closed())[0] == 4401


async def test_a_bearer_comes_in_the_handshake_or_with_connection_init(served: Served) -> None:
    async with opened(served, begun=False) as client:
        await client.send({"type": "connection_init", "payload": {"authorization": "Bearer smsk_wrong"}})
        assert await client.closed() == (4403, "Forbidden")
    async with opened(served, begun=False, authorization="Bearer smsk_wrong") as client:
        await client.send({"type": "connection_init"})
        assert await client.closed() == (4403, "Forbidden")


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


async def test_trusted_documents_run_by_id(served: Served, proposal) -> None:
    known = served.app.state.executor.trusted.by_name["ProposalUpdated"]
    variables = {"id": to_global_id("Proposal", proposal)}
    async with opened(served) as client:
        for name, payload in (
            ("a", {"documentId": known.id}),
            ("b", {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": known.id}}}),
        ):
            await client.send(
                {"id": name, "type": "subscribe", "payload": {**payload, "variables": variables}}
            )
            assert (await _next(client, name))["proposalUpdated"]["title"] == WORDS.title
        await client.send({"id": "c", "type": "subscribe", "payload": {"documentId": "0" * 64}})
        assert await _error_code(client) == "document_unknown"


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


async def test_names_are_unique_and_few(served: Served, proposal) -> None:
    known = {"id": to_global_id("Proposal", proposal)}
    async with opened(served) as client:
        for number in range(20):
            await client.subscribe(str(number), PROPOSAL, known)
        for _ in range(20):
            assert (await client.receive())["type"] == "next"
        await client.subscribe("too many", PROPOSAL, known)
        assert await _error_code(client) == "too_many_subscriptions"
        await client.send({"type": "ping"})
        assert await client.receive() == {"type": "pong"}
        await client.subscribe("7", PROPOSAL, known)
        assert (await client.closed())[0] == 4409


async def test_wrong_variables_are_an_error(served: Served) -> None:
    async with opened(served) as client:
        await client.subscribe("a", PROPOSAL, {})
        assert (await client.receive())["type"] == "error"
        await client.send({"id": "b", "type": "subscribe", "payload": {"query": PROPOSAL, "variables": [1]}})
        assert await _error_code(client) == "not_an_object"


async def test_too_often_is_refused(fresh) -> None:
    async with serving(fresh, rate_limits={"address.free": "3/minute"}) as served, opened(served) as client:
        for number in range(3):
            await client.subscribe(str(number), PROPOSAL, {"id": "x"})
            assert [(await client.receive())["type"] for _ in range(2)] == ["next", "complete"]
        await client.subscribe("4", PROPOSAL, {"id": "x"})
        assert await _error_code(client) == "too_often"


async def test_a_silence_of_the_listener_is_followed_by_a_reading(served: Served, proposal) -> None:
    async with opened(served) as client:
        await client.subscribe("a", PROPOSAL, {"id": to_global_id("Proposal", proposal)})
        await _next(client, "a")
        await execute("UPDATE proposal SET title = 'Endret i stillhet' WHERE id = $1", proposal)
        await execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND query ILIKE 'LISTEN%' OR query = 'SELECT 1'"""
        )
        assert (await _next(client, "a"))["proposalUpdated"]["title"] == "Endret i stillhet"


async def test_idle_and_silent_sockets_are_closed(served: Served, monkeypatch) -> None:
    monkeypatch.setattr("api.socket_handler.RECHECK_SECONDS", 0.1)
    monkeypatch.setattr("api.socket_handler.IDLE_SECONDS", 0.3)
    async with opened(served) as client:
        assert await client.closed() == (1000, "Idle")


async def test_who_says_nothing_is_not_waited_for(fresh, monkeypatch) -> None:
    monkeypatch.setattr("api.sockets.ACKNOWLEDGE_SECONDS", 0.2)
    async with serving(fresh) as served, opened(served, begun=False) as client:
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


async def test_a_client_that_takes_nothing_is_left(served: Served, proposal, monkeypatch) -> None:
    monkeypatch.setattr("api.socket_handler.SEND_SECONDS", 0.5)
    monkeypatch.setattr("api.hub.LEAST_SECONDS", 0.001)
    await execute("UPDATE proposal SET body = repeat('Mange ord. ', 1500) WHERE id = $1", proposal)
    wide = PROPOSAL.replace("title", " ".join(f"a{n}: body" for n in range(14)))
    hub = served.app.state.sockets.hub
    async with opened(served) as client:
        for number in range(20):
            await client.subscribe(str(number), wide, {"id": to_global_id("Proposal", proposal)})
        await _next(client, "0")
        assert len(hub) == 1
        async with asyncio.timeout(30):
            while len(hub):
                hub.hear([f"proposal:{proposal}"])
                await asyncio.sleep(0.02)


async def test_nothing_is_left_behind(served: Served, proposal, person, session_cookie) -> None:
    cookie = await _cookie(session_cookie, await person())
    for _ in range(5):
        async with opened(served, cookie=cookie) as client:
            await client.subscribe("a", PROPOSAL, {"id": to_global_id("Proposal", proposal)})
            await _next(client, "a")
    await asyncio.sleep(0.3)
    assert len(served.app.state.sockets.hub) == 0
