"""Subscriptions over a real socket: the protocol, who may hear what, and what a hostile client meets."""

import contextlib

from websockets.exceptions import ConnectionClosed

from api.node_ids import to_global_id
from backend.accounts.roles import end_grant
from backend.notifications.fan_out import deliver_event
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch_value, unit_of_work
from backend.platform.tags import changed
from backend.proposals.queries import proposals_by_id
from backend.proposals.service import create_proposal
from backend.proposals.states import Capacity, ProposalState
from backend.proposals.supports import support
from backend.proposals.transitions import apply_transition
from tests.fixtures.databases import execute_as_owner
from tests.fixtures.server import WORDS, Served
from tests.fixtures.socket_client import PROPOSAL, QUEUE, error_code, next_data, opened


async def _cookie(session_cookie, actor) -> str:
    return "; ".join(f"{name}={value}" for name, value in (await session_cookie(actor)).items())


async def test_a_proposal_is_shown_now_and_when_it_changes(served: Served, published, person) -> None:
    async with opened(served) as client:
        await client.subscribe("a", PROPOSAL, {"id": to_global_id("Proposal", published)})
        first = (await next_data(client, "a"))["proposalUpdated"]
        assert (first["title"], first["supportCount"]) == (WORDS.title, 0)
        await support(await person(), published)
        assert (await next_data(client, "a"))["proposalUpdated"]["supportCount"] == 1
        await client.send({"id": "a", "type": "complete"})
        await support(await person(name="To"), published)
        assert await client.silent_for(1.0)


async def test_many_changes_are_shown_once_with_the_newest_state(served: Served, published, person) -> None:
    async with opened(served) as client:
        await client.subscribe("a", PROPOSAL, {"id": to_global_id("Proposal", published)})
        await next_data(client, "a")
        for number in range(10):
            await support(await person(name=f"P{number}"), published)
        counts = [(await next_data(client, "a"))["proposalUpdated"]["supportCount"]]
        while counts[-1] < 10:
            counts.append((await next_data(client, "a"))["proposalUpdated"]["supportCount"])
        assert len(counts) < 10
        assert await client.silent_for(1.0)


async def test_every_event_is_answered_for_the_viewer(
    served: Served, published, person, session_cookie
) -> None:
    someone = await person()
    async with opened(served, cookie=await _cookie(session_cookie, someone)) as client:
        await client.subscribe("a", PROPOSAL, {"id": to_global_id("Proposal", published)})
        assert (await next_data(client, "a"))["proposalUpdated"]["viewerHasSupported"] is False
        await support(someone, published)
        assert (await next_data(client, "a"))["proposalUpdated"]["viewerHasSupported"] is True


async def test_what_may_not_be_known_is_null_and_ends(served: Served, person, topic_id) -> None:
    draft = await create_proposal(await person(), await topic_id(), WORDS, submit=False)
    async with opened(served) as client:
        for name, known in (("a", to_global_id("Proposal", draft)), ("b", "nonsense")):
            await client.subscribe(name, PROPOSAL, {"id": known})
            assert await next_data(client, name) == {"proposalUpdated": None}
            assert await client.receive() == {"id": name, "type": "complete"}
        await changed([f"proposal:{draft}"])
        assert await client.silent_for(1.0)


async def test_hiding_a_proposal_ends_what_follows_it(served: Served, published) -> None:
    async with opened(served) as client:
        await client.subscribe("a", PROPOSAL, {"id": to_global_id("Proposal", published)})
        await next_data(client, "a")
        async with unit_of_work():
            row = (await proposals_by_id(served.settings.municipality, [published]))[published]
            await apply_transition(
                served.settings.municipality, row, ProposalState.HIDDEN, Capacity.MODERATOR, actor_id=None
            )
        assert await next_data(client, "a") == {"proposalUpdated": None}
        assert (await client.receive())["type"] == "complete"


async def test_the_queue_is_for_moderators(served: Served, person, session_cookie, topic_id) -> None:
    topic = await topic_id()
    moderator = await person(name="Moderator", role=Role.MODERATOR, topic_id=topic)
    for actor, code in ((None, "login_required"), (await person(name="Beboer"), "role_missing")):
        headers = {"cookie": await _cookie(session_cookie, actor)} if actor else {}
        async with opened(served, **headers) as client:
            await client.subscribe("a", QUEUE)
            assert (await next_data(client, "a"))["moderationQueueChanged"]["code"] == code
            assert (await client.receive())["type"] == "complete"
    async with opened(served, cookie=await _cookie(session_cookie, moderator)) as client:
        await client.subscribe("a", QUEUE)
        assert (await next_data(client, "a"))["moderationQueueChanged"]["count"] == 0
        await _case(served, topic)
        await _case(served, await topic_id("kommunegarden"))
        await changed(["moderation"])
        state = (await next_data(client, "a"))["moderationQueueChanged"]
        assert (state["count"], [topic["count"] for topic in state["topicCounts"]]) == (1, [1])
        assert state["topicCounts"][0]["topic"]["title"]


async def _case(served: Served, topic: int) -> None:
    await execute_as_owner(
        "INSERT INTO content (municipality_id, kind, kind_id, root_kind, root_id, topic_id) "
        "VALUES ($1, 'proposal', $2, 'proposal', $2, $2)",
        served.settings.municipality,
        topic,
    )
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
        await next_data(client, "a")
        grant = await fetch_value("SELECT id FROM role_grant WHERE account_id = $1", moderator.account_id)
        await end_grant(admin, grant)
        await changed(["moderation"])
        assert (await next_data(client, "a"))["moderationQueueChanged"] == {
            "__typename": "NotAllowedProblem",
            "code": "role_missing",
        }
        assert (await client.receive())["type"] == "complete"


async def test_a_session_that_ends_closes_its_sockets(
    served: Served, published, person, session_cookie
) -> None:
    someone = await person()
    cookie = await _cookie(session_cookie, someone)
    async with opened(served, cookie=cookie) as client, opened(served) as stranger:
        for each in (client, stranger):
            await each.subscribe("a", PROPOSAL, {"id": to_global_id("Proposal", published)})
            await next_data(each, "a")
        session = await fetch_value(
            "SELECT id FROM account_session WHERE account_id = $1", someone.account_id
        )
        await execute("UPDATE account_session SET ended_at = now() WHERE id = $1", session)
        await changed([f"session:{session}"])
        assert await client.closed() == (4401, "Unauthorized")
        await support(await person(name="To"), published)
        assert (await next_data(stranger, "a"))["proposalUpdated"]["supportCount"] == 1


async def test_a_session_that_ended_in_silence_gets_no_event(
    served: Served, published, person, session_cookie
) -> None:
    someone = await person()
    async with opened(served, cookie=await _cookie(session_cookie, someone)) as client:
        await client.subscribe("a", PROPOSAL, {"id": to_global_id("Proposal", published)})
        await next_data(client, "a")
        await execute("UPDATE account_session SET expires_at = now()")
        await changed([f"account:{someone.account_id}", f"proposal:{published}"])
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


async def test_trusted_documents_run_by_id(served: Served, published) -> None:
    known = served.app.state.executor.trusted.by_name["ProposalUpdated"]
    variables = {"id": to_global_id("Proposal", published)}
    async with opened(served) as client:
        for name, payload in (
            ("a", {"documentId": known.id}),
            ("b", {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": known.id}}}),
        ):
            await client.send(
                {"id": name, "type": "subscribe", "payload": {**payload, "variables": variables}}
            )
            assert (await next_data(client, name))["proposalUpdated"]["title"] == WORDS.title
        await client.send({"id": "c", "type": "subscribe", "payload": {"documentId": "0" * 64}})
        assert await error_code(client) == "document_unknown"


async def test_a_silence_of_the_listener_is_followed_by_a_reading(served: Served, published) -> None:
    async with opened(served) as client:
        await client.subscribe("a", PROPOSAL, {"id": to_global_id("Proposal", published)})
        await next_data(client, "a")
        await execute("UPDATE proposal SET title = 'Endret i stillhet' WHERE id = $1", published)
        await execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND query ILIKE 'LISTEN%' OR query = 'SELECT 1'"""
        )
        assert (await next_data(client, "a"))["proposalUpdated"]["title"] == "Endret i stillhet"


async def test_notifications_are_the_viewers_own(served: Served, published, person, session_cookie) -> None:
    author = await fetch_value("SELECT author_id FROM proposal WHERE id = $1", published)
    reader = await person(name="Leser")
    query = """subscription { notificationArrived { __typename
        ... on InboxState { unreadCount newest { kind subject proposal { title } } } ... on Problem { code } } }"""
    cookies = [
        await _cookie(session_cookie, Actor(served.settings.municipality, number))
        for number in (author, reader.account_id)
    ]
    async with (
        opened(served, cookie=cookies[0]) as theirs,
        opened(served, cookie=cookies[1]) as other,
        opened(served) as stranger,
    ):
        for client in (theirs, other):
            await client.subscribe("a", query)
            assert (await next_data(client, "a"))["notificationArrived"]["unreadCount"] == 0
        await stranger.subscribe("a", query)
        assert (await next_data(stranger, "a"))["notificationArrived"]["code"] == "login_required"
        assert (await stranger.receive())["type"] == "complete"
        event = await fetch_value(
            "SELECT id FROM event WHERE kind = 'published' AND proposal_id = $1", published
        )
        await deliver_event(served.settings.municipality, event)
        state = (await next_data(theirs, "a"))["notificationArrived"]
        assert state["unreadCount"] == 1
        assert state["newest"]["proposal"]["title"] == WORDS.title
        assert await other.silent_for(1.0)


async def test_following_keeps_no_session_alive(served: Served, published, person, session_cookie) -> None:
    someone = await person()
    async with opened(served, cookie=await _cookie(session_cookie, someone)) as client:
        await client.subscribe("a", PROPOSAL, {"id": to_global_id("Proposal", published)})
        await next_data(client, "a")
        await execute("UPDATE account_session SET last_seen_at = now() - interval '20 minutes'")
        await changed([f"account:{someone.account_id}"])
        await support(someone, published)
        await next_data(client, "a")
        assert await fetch_value("SELECT last_seen_at < now() - interval '19 minutes' FROM account_session")
        await execute("UPDATE account_session SET last_seen_at = now() - interval '31 minutes'")
        await changed([f"account:{someone.account_id}"])
        assert (await client.closed())[0] == 4401
