"""Sessions: opaque, hashed, timed out, listed and ended by their owner, and dropped from caches."""

import hashlib
from dataclasses import replace

import asyncpg
import pytest

from backend.accounts import actor_cache, sessions
from backend.accounts.actor_cache import ActorCache
from backend.accounts.actors import actor_for_session, anonymous, forget_actors
from backend.accounts.devices import device_label
from backend.accounts.roles import grant_role
from backend.accounts.sessions import cookie_name, list_sessions, revoke_other_sessions, revoke_session
from backend.platform.authz import Actor, Role
from backend.platform.database import connection_parameters, execute, fetch_value
from backend.platform.errors import NotFound, Unauthenticated
from backend.platform.settings import Settings


def _token(cookie: dict[str, str]) -> str:
    return next(iter(cookie.values()))


async def test_a_session_leads_to_its_actor(fresh, person, session_cookie) -> None:
    someone = await person(role=Role.PLANNER, language="nn")
    token = _token(await session_cookie(someone))
    actor = await actor_for_session(fresh, token)
    assert actor == replace(someone, session_id=actor.session_id)
    assert (
        await fetch_value("SELECT token_hash FROM account_session") == hashlib.sha256(token.encode()).digest()
    )
    assert sessions.new_secret() != sessions.new_secret()


@pytest.mark.parametrize("token", [None, "", "x", "x" * 300, "æ\udcff"])
async def test_no_session_is_nobody(fresh, token) -> None:
    assert await actor_for_session(fresh, token) == anonymous(fresh)


@pytest.mark.parametrize(
    "change",
    [
        "expires_at = now()",
        "last_seen_at = now() - interval '31 minutes'",
        "ended_at = now()",
    ],
)
async def test_idle_absolute_and_ended(fresh, person, session_cookie, change) -> None:
    token = _token(await session_cookie(await person()))
    await execute(f"UPDATE account_session SET {change}")
    assert (await actor_for_session(fresh, token)).is_anonymous


async def test_the_absolute_time_is_the_setting(fresh, person, session_cookie) -> None:
    await session_cookie(await person())
    hours = await fetch_value("SELECT extract(epoch FROM expires_at - created_at)::int FROM account_session")
    assert hours == fresh.session_absolute


async def test_last_seen_is_written_at_most_once_a_minute(fresh, person, session_cookie) -> None:
    actor = await person()
    token = _token(await session_cookie(actor))
    await execute("UPDATE account_session SET last_seen_at = now() - interval '50 seconds'")
    before = await fetch_value("SELECT last_seen_at FROM account_session")
    await actor_for_session(fresh, token)
    assert await fetch_value("SELECT last_seen_at FROM account_session") == before
    await execute("UPDATE account_session SET last_seen_at = now() - interval '70 seconds'")
    forget_actors([f"account:{actor.account_id}"])
    await actor_for_session(fresh, token)
    assert await fetch_value("SELECT now() - last_seen_at < interval '5 seconds' FROM account_session")


async def test_a_person_sees_and_ends_their_sessions(fresh, person, session_cookie) -> None:
    owner, other = await person(), await person()
    tokens = [_token(await session_cookie(owner)) for _ in range(3)]
    foreign = await actor_for_session(fresh, _token(await session_cookie(other)))
    actor = await actor_for_session(fresh, tokens[0])
    listed = await list_sessions(fresh, actor)
    assert [row.is_current for row in sorted(listed, key=lambda row: row.id)] == [True, False, False]
    assert {row.device for row in listed} == {"Firefox, Linux"}
    with pytest.raises(NotFound):
        await revoke_session(actor, foreign.session_id)
    await revoke_session(actor, max(row.id for row in listed))
    with pytest.raises(NotFound):
        await revoke_session(actor, max(row.id for row in listed))
    assert await revoke_other_sessions(actor) == 1
    assert [row.is_current for row in await list_sessions(fresh, actor)] == [True]
    assert (await actor_for_session(fresh, tokens[1])).is_anonymous
    assert len(await list_sessions(fresh, foreign)) == 1


async def test_nobody_has_no_sessions(fresh) -> None:
    for call in (list_sessions(fresh, anonymous(fresh)), revoke_session(anonymous(fresh), 1)):
        with pytest.raises(Unauthenticated):
            await call


async def test_ending_is_announced_and_drops_the_cached_actor(fresh, person, session_cookie) -> None:
    token = _token(await session_cookie(await person()))
    actor = await actor_for_session(fresh, token)
    heard: list[str] = []
    listener = await asyncpg.connect(**connection_parameters(fresh.database_url))
    await listener.add_listener("changed", lambda *message: heard.append(message[3]))
    await revoke_session(actor, actor.session_id)
    await listener.execute("SELECT 1")
    await listener.close()
    assert f"session:{actor.session_id}" in " ".join(heard).split()
    assert not (await actor_for_session(fresh, token)).is_anonymous
    forget_actors(" ".join(heard).split())
    assert (await actor_for_session(fresh, token)).is_anonymous


async def test_a_new_role_is_announced(fresh, person, session_cookie) -> None:
    admin, someone = await person(role=Role.ADMIN), await person()
    token = _token(await session_cookie(someone))
    assert not (await actor_for_session(fresh, token)).is_staff
    await grant_role(admin, someone.account_id, Role.MODERATOR)
    forget_actors([f"account:{someone.account_id}"])
    assert (await actor_for_session(fresh, token)).has_role(Role.MODERATOR)


def test_the_cache_is_short_bounded_and_dropped_by_tag(monkeypatch) -> None:
    cache, now = ActorCache(), [100.0]
    monkeypatch.setattr(actor_cache.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(actor_cache, "MAX_ENTRIES", 3)
    actors = [Actor(3201, number) for number in range(4)]
    for actor in actors:
        cache.put(bytes([actor.account_id]), actor, (f"account:{actor.account_id}", "all"))
    assert [cache.get(bytes([number])) for number in range(4)] == [None, *actors[1:]]
    cache.forget(["account:2", "account:77"])
    assert cache.get(b"\x02") is None
    now[0] += actor_cache.LIFETIME
    assert cache.get(b"\x03") is None
    cache.forget(["all"])
    assert (cache._entries, cache._by_tag) == ({}, {})


def test_cookies_are_for_https_only_but_in_trials() -> None:
    production = Settings(env="production", base_url="https://samskap.example")
    assert cookie_name(production) == "__Host-samskap"
    assert cookie_name(replace(production, base_url="http://samskap.example")) == "__Host-samskap"
    assert cookie_name(replace(production, env="dev")) == "__Host-samskap"
    assert cookie_name(replace(production, env="dev", base_url="http://localhost:8000")) == "samskap"


@pytest.mark.parametrize(
    ("given", "label"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0",
            "Firefox, Windows",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge, Linux",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8", None),
        (None, None),
    ],
)
def test_a_device_in_two_words(given, label) -> None:
    assert device_label(given) == label
