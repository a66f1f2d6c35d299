"""Roles are given and taken by administrators, and from the command line."""

import asyncio
import os
import subprocess
import sys

import pytest

from backend.accounts.roles import end_grant, grant_role, grants_of
from backend.platform.authz import Actor, Role
from backend.platform.database import fetch_row, fetch_value
from backend.platform.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated


async def test_a_role_is_a_row_with_who_and_when(person, topic_id) -> None:
    admin, someone = await person(role=Role.ADMIN), await person()
    grant_id = await grant_role(admin, someone.account_id, Role.PLANNER, await topic_id())
    assert await grant_role(admin, someone.account_id, Role.PLANNER, await topic_id()) == grant_id
    everywhere = await grant_role(admin, someone.account_id, Role.PLANNER)
    await end_grant(admin, grant_id)
    rows = {row.id: row for row in await grants_of(someone, someone.account_id)}
    assert rows[grant_id].ended_by_id == admin.account_id
    assert rows[grant_id].granted_by_id == admin.account_id
    assert rows[everywhere].ended_at is None
    again = await grant_role(admin, someone.account_id, Role.PLANNER, await topic_id())
    assert again not in rows


async def test_only_administrators_give_and_take(person) -> None:
    someone = await person()
    admin = await person(role=Role.ADMIN)
    grant_id = await grant_role(admin, someone.account_id, Role.MODERATOR)
    for role in (None, Role.PLANNER, Role.MODERATOR):
        actor = await person(role=role)
        for call in (grant_role(actor, actor.account_id, Role.ADMIN), end_grant(actor, grant_id)):
            with pytest.raises(Forbidden):
                await call
        with pytest.raises(Forbidden):
            await grants_of(actor, someone.account_id)
    script = Actor(3201, admin.account_id, admin.grants, scopes=frozenset({"read", "write"}))
    with pytest.raises(Forbidden):
        await grant_role(script, someone.account_id, Role.ADMIN)
    with pytest.raises(Unauthenticated):
        await grant_role(Actor(3201), someone.account_id, Role.ADMIN)


async def test_what_cannot_be_given(person, topic_id) -> None:
    admin, someone = await person(role=Role.ADMIN), await person()
    with pytest.raises(NotFound):
        await grant_role(admin, 999_999, Role.PLANNER)
    with pytest.raises(NotFound):
        await grant_role(admin, someone.account_id, Role.PLANNER, 999_999)
    with pytest.raises(Invalid):
        await grant_role(admin, someone.account_id, Role.ADMIN, await topic_id())
    for role in (Role.SERVICE, Role.RESIDENT, "emperor"):
        with pytest.raises(Invalid):
            await grant_role(admin, someone.account_id, role)
    with pytest.raises(NotFound):
        await end_grant(admin, 999_999)


async def test_the_last_administrator_stays_also_when_two_take_each_other(person) -> None:
    first, second = await person(role=Role.ADMIN), await person(role=Role.ADMIN)
    grants = {
        actor.account_id: await fetch_value(
            "SELECT id FROM role_grant WHERE account_id = $1", actor.account_id
        )
        for actor in (first, second)
    }
    ended = await asyncio.gather(
        end_grant(first, grants[second.account_id]),
        end_grant(second, grants[first.account_id]),
        return_exceptions=True,
    )
    assert sorted(str(type(one).__name__) for one in ended) == ["Conflict", "NoneType"]
    assert await fetch_value("SELECT count(*) FROM role_grant WHERE ended_at IS NULL") == 1
    last = await fetch_row("SELECT id, account_id FROM role_grant WHERE ended_at IS NULL")
    survivor = first if last["account_id"] == first.account_id else second
    with pytest.raises(Conflict) as caught:
        await end_grant(survivor, last["id"])
    assert caught.value.code == "last_admin"


async def _samskap(settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "SAMSKAP_ENV": "test",
        "SAMSKAP_DATABASE_URL": settings.database_url,
        "SAMSKAP_REDIS_URL": settings.redis_url,
        "SAMSKAP_PEPPERS": "1:" + "ab" * 32,
    }
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "ops.cli", "grant", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


async def test_the_command_line_gives_the_first_administrator(fresh, person, topic_id) -> None:
    someone = await person(email="Grundig.Linjal@example.invalid")
    done = await _samskap(fresh, "admin", "--account", str(someone.account_id))
    assert done.returncode == 0, done.stderr
    row = await fetch_row("SELECT role, source, granted_by_id, topic_id FROM role_grant")
    assert tuple(row.values()) == ("admin", "person", None, None)
    address = ["--email", "grundig.linjal@example.invalid"]
    done = await _samskap(fresh, "planner", *address, "--topic", "mobilitetsstrategi")
    assert done.returncode == 0, done.stderr
    topic = await fetch_value("SELECT topic_id FROM role_grant WHERE role = 'planner'")
    assert topic == await topic_id("mobilitetsstrategi")


@pytest.mark.parametrize(
    "arguments",
    [
        ["admin"],
        ["admin", "--account", "1", "--email", "a@example.invalid"],
        ["emperor", "--account", "1"],
        ["admin", "--account", "999999"],
        ["admin", "--email", "nobody@example.invalid"],
        ["planner", "--account", "1", "--topic", "no-such"],
    ],
)
async def test_what_the_command_line_refuses(fresh, arguments) -> None:
    done = await _samskap(fresh, *arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
