"""Personal access tokens: for staff, shown once, with an end and a scope."""

import asyncio
from dataclasses import replace

import pytest

from backend.accounts.actors import actor_for_bearer, forget_actors
from backend.accounts.tokens import MAX_TOKENS, create_token, list_tokens, revoke_token
from backend.platform.authz import Role
from backend.platform.database import execute, fetch_row, fetch_value
from backend.platform.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated


async def test_a_planners_script_acts_as_its_planner(fresh, person) -> None:
    planner = await person(role=Role.PLANNER)
    made = await create_token(planner, " Uttrekk\u200b ", ["read", "export"], 365)
    assert made.secret.startswith("smsk_")
    assert made.secret not in repr(made)
    actor = await actor_for_bearer(fresh, f"Bearer {made.secret}")
    assert actor == replace(planner, scopes=frozenset({"read", "export"}))
    assert actor.may_use("export")
    assert not actor.may_use("write")
    row = await fetch_row("SELECT * FROM access_token")
    assert row["last_used_at"] is not None
    assert made.secret not in str(dict(row))
    (listed,) = await list_tokens(planner)
    assert (listed.name, listed.scopes) == ("Uttrekk", ("export", "read"))


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic abc",
        "Bearer smsk_",
        "Bearer smsk_unknown",
        "Bearer smsk_" + "x" * 9999,
        "x",
    ],
)
async def test_what_is_no_token_is_shown(fresh, header) -> None:
    with pytest.raises(Unauthenticated):
        await actor_for_bearer(fresh, header)


async def test_a_token_ends_by_time_by_its_owner_and_with_the_account(fresh, person) -> None:
    planner = await person(role=Role.PLANNER)
    made = [await create_token(planner, "n", ["read"], 1) for _ in range(3)]
    await revoke_token(planner, made[0].id)
    with pytest.raises(NotFound):
        await revoke_token(planner, made[0].id)
    await execute("UPDATE access_token SET expires_at = now() WHERE id = $1", made[1].id)
    for token in made[:2]:
        with pytest.raises(Unauthenticated):
            await actor_for_bearer(fresh, f"Bearer {token.secret}")
    await actor_for_bearer(fresh, f"Bearer {made[2].secret}")
    await execute("UPDATE account SET deleted_at = now()")
    forget_actors([f"account:{planner.account_id}"])
    with pytest.raises(Unauthenticated):
        await actor_for_bearer(fresh, f"Bearer {made[2].secret}")


async def test_a_revoked_token_leaves_the_cache(fresh, person) -> None:
    planner = await person(role=Role.PLANNER)
    made = await create_token(planner, "n", ["read"], 1)
    await actor_for_bearer(fresh, f"Bearer {made.secret}")
    await revoke_token(planner, made.id)
    forget_actors([f"token:{made.id}"])
    with pytest.raises(Unauthenticated):
        await actor_for_bearer(fresh, f"Bearer {made.secret}")


async def test_who_may_not_make_or_end_tokens(fresh, person) -> None:
    planner, resident = await person(role=Role.PLANNER), await person()
    made = await create_token(planner, "n", ["read"], 1)
    with pytest.raises(Forbidden):
        await create_token(resident, "n", ["read"], 1)
    script = await actor_for_bearer(fresh, f"Bearer {made.secret}")
    for call in (create_token(script, "n", ["read"], 1), list_tokens(script), revoke_token(script, made.id)):
        with pytest.raises(Forbidden):
            await call
    with pytest.raises(NotFound):
        await revoke_token(await person(role=Role.PLANNER), made.id)
    with pytest.raises(Unauthenticated):
        await create_token(replace(planner, account_id=None), "n", ["read"], 1)


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [
        ("", ["read"], 1),
        ("n" * 81, ["read"], 1),
        ("n", [], 1),
        ("n", ["admin"], 1),
        ("n", ["read", "everything"], 1),
        ("n", ["read"], 0),
        ("n", ["read"], 366),
    ],
)
async def test_what_a_token_cannot_be(person, name, scopes, days) -> None:
    with pytest.raises(Invalid):
        await create_token(await person(role=Role.PLANNER), name, scopes, days)


async def test_two_at_once_cannot_both_be_the_last_that_fits(person) -> None:
    planner = await person(role=Role.PLANNER)
    for _ in range(MAX_TOKENS - 1):
        await create_token(planner, "n", ["read"], 1)
    made = await asyncio.gather(
        *(create_token(planner, "n", ["read"], 1) for _ in range(3)), return_exceptions=True
    )
    assert [type(one) for one in made].count(Conflict) == 2
    assert await fetch_value("SELECT count(*) FROM access_token") == MAX_TOKENS
