"""Administrators end what others are logged in by, and shut them out; what a login gave lapses by itself."""

import asyncio
from dataclasses import replace

import pytest

from backend.accounts.actors import actor_for_bearer, actor_for_session, forget_all_actors
from backend.accounts.sessions import cookie_name
from backend.accounts.supervision import (
    acts_on,
    end_sessions_of,
    end_tokens_of,
    lapse_access,
    reinstate_account,
    standings_of,
    suspend_account,
)
from backend.accounts.tokens import create_token
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch, fetch_value
from backend.platform.errors import Conflict, Forbidden, Invalid, NotFound, PersonalData, Unauthenticated
from tests.accounts.conftest import reason
from tests.fixtures.databases import execute_as_owner
from tests.fixtures.operations import ask
from tests.fixtures.people import author_id
from tests.proposals.support import refused_with

WHY = "Sluttet i kommunen 1. mars."


@pytest.fixture
async def admin(person) -> Actor:
    return await person(name="Astrid Styrer", role=Role.ADMIN)


async def _session(fresh, session_cookie, actor) -> Actor:
    forget_all_actors()
    return await actor_for_session(fresh, session_cookie[cookie_name(fresh)])


async def test_sessions_and_keys_end_for_a_reason(fresh, person, admin, session_cookie) -> None:
    planner = await person(role=Role.PLANNER)
    cookies = [await session_cookie(planner) for _ in range(2)]
    key = await create_token(planner, "Ukesrapport", ["read"], 90)
    standing = (await standings_of(fresh, admin, [planner.account_id]))[planner.account_id]
    assert (standing.sessions, standing.tokens, standing.suspended_at) == (2, 1, None)
    assert await end_sessions_of(admin, planner.account_id, WHY) == 2
    assert [(await _session(fresh, each, planner)).is_anonymous for each in cookies] == [True, True]
    assert (await actor_for_bearer(fresh, f"Bearer {key.secret}")).account_id == planner.account_id
    assert await end_tokens_of(admin, planner.account_id, WHY) == 1
    forget_all_actors()
    with pytest.raises(Unauthenticated):
        await actor_for_bearer(fresh, f"Bearer {key.secret}")
    acts = (await acts_on(admin, [planner.account_id]))[planner.account_id]
    assert [(act.kind, act.actor_id, act.reason) for act in acts] == [
        ("tokens_ended", admin.account_id, WHY),
        ("sessions_ended", admin.account_id, WHY),
    ]
    log = await ask(fresh, admin, "AdminLog")
    assert [entry["kind"] for entry in log["nodes"]][:2] == ["TOKENS_ENDED", "SESSIONS_ENDED"]


async def test_whoever_is_suspended_is_shut_out_until_reinstated(site, browser, new_browser, person) -> None:
    admin = await person(role=Role.ADMIN)
    resident = await browser.entered("fiolin")
    await suspend_account(admin, resident.account_id, WHY)
    forget_all_actors()
    assert (await browser.actor()).is_anonymous
    refused = await (await new_browser()).log_in("fiolin")
    assert refused.status_code == 403
    assert "stengt av kommunen" in reason(refused)
    assert await fetch_value("SELECT count(*) FROM account_session WHERE ended_at IS NULL") == 0
    assert (
        await refused_with(Conflict, suspend_account(admin, resident.account_id, WHY))
    ).code == "already_suspended"
    await reinstate_account(admin, resident.account_id, WHY)
    assert (await (await new_browser()).entered("fiolin")).account_id == resident.account_id
    assert (
        await refused_with(Conflict, reinstate_account(admin, resident.account_id, WHY))
    ).code == "not_suspended"


async def test_the_last_administrator_stays_and_nobody_shuts_out_themselves(fresh, person, admin) -> None:
    other = await person(role=Role.ADMIN)
    assert (
        await refused_with(Forbidden, suspend_account(admin, admin.account_id, WHY))
    ).code == "own_account"
    bound = replace(admin, bound_account_id=other.account_id)
    assert (
        await refused_with(Forbidden, suspend_account(bound, other.account_id, WHY))
    ).code == "own_account"
    answers = await asyncio.gather(
        suspend_account(admin, other.account_id, WHY),
        suspend_account(other, admin.account_id, WHY),
        return_exceptions=True,
    )
    assert answers.count(None) == 1
    (refusal,) = [answer for answer in answers if answer is not None]
    assert isinstance(refusal, Conflict)
    assert refusal.code == "last_admin"


async def test_it_takes_an_administrator_and_a_reason(fresh, person, admin) -> None:
    somebody, moderator = await person(), await person(role=Role.MODERATOR)
    for act in (end_sessions_of, end_tokens_of, suspend_account, reinstate_account):
        await refused_with(Forbidden, act(moderator, somebody.account_id, WHY))
        await refused_with(
            Forbidden, act(replace(admin, scopes=frozenset({"read"})), somebody.account_id, WHY)
        )
        await refused_with(Unauthenticated, act(Actor(3201), somebody.account_id, WHY))
        await refused_with(NotFound, act(admin, 999_999, WHY))
        for empty in ("", " \n ", "x" * 501):
            await refused_with(Invalid, act(admin, somebody.account_id, empty))
        await refused_with(PersonalData, act(admin, somebody.account_id, "Se 01817779901 i arkivet."))
    assert await fetch("SELECT FROM account_act") == []


async def test_over_graphql(fresh, person, admin) -> None:
    somebody = await person()
    account = await author_id(somebody.account_id)
    done = await ask(fresh, admin, "SuspendAccount", account=account, reason=WHY)
    assert done["standing"]["suspendedAt"] is not None
    again = await ask(fresh, admin, "SuspendAccount", account=account, reason=WHY)
    assert (again["__typename"], again["code"]) == ("ConflictProblem", "already_suspended")
    assert (await ask(fresh, somebody, "EndAccountTokens", account=account, reason=WHY))[
        "code"
    ] == "role_missing"


async def test_what_a_login_gave_lapses_when_the_logins_end(fresh, person) -> None:
    gone, here = await person(role=Role.PLANNER), await person(role=Role.PLANNER)
    await execute_as_owner("UPDATE role_grant SET source = 'provider'")
    given = await person(role=Role.MODERATOR)
    keys = [await create_token(each, "Skript", ["read"], 365) for each in (gone, here)]
    days = fresh.access_lapse_days
    await execute(
        "UPDATE account_identity SET last_login_at = now() - make_interval(days => $2) WHERE account_id = ANY($1)",
        [gone.account_id, given.account_id],
        days + 1,
    )
    # A key does not wait for the job.
    with pytest.raises(Unauthenticated):
        await actor_for_bearer(fresh, f"Bearer {keys[0].secret}")
    assert await lapse_access(fresh, 3201) == 1
    assert await lapse_access(fresh, 3201) == 0
    assert (await actor_for_bearer(fresh, f"Bearer {keys[1].secret}")).account_id == here.account_id
    held = await fetch("SELECT account_id FROM role_grant WHERE ended_at IS NULL ORDER BY account_id")
    # What an administrator gave stays until an administrator ends it.
    assert [row["account_id"] for row in held] == sorted([here.account_id, given.account_id])
    assert await fetch_value("SELECT count(*) FROM access_token WHERE ended_at IS NULL") == 1


async def test_acts_are_only_ever_added(fresh, person, admin) -> None:
    somebody = await person()
    await end_sessions_of(admin, somebody.account_id, WHY)
    for statement in ("UPDATE account_act SET reason = 'annet'", "DELETE FROM account_act"):
        with pytest.raises(Exception, match="only ever added"):
            await execute_as_owner(statement)
