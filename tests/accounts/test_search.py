"""Administrators find people by name or address, to give them a role; nobody else does."""

from typing import Any

from backend.accounts.roles import grant_role
from backend.platform.authz import Actor, Role
from backend.platform.database import execute
from tests.fixtures.operations import ask


async def found(fresh: Any, actor: Actor, search: str, **page: Any) -> list[str]:
    answer = await ask(fresh, actor, "AccountSearch", search=search, **page)
    return [node["person"]["displayName"] for node in answer["nodes"]]


async def test_by_words_of_a_name_and_by_a_whole_address(fresh, person) -> None:
    admin = await person(role=Role.ADMIN, name="Administrator")
    await person(name="Solveig Planlegger", email="Solveig@Example.org")
    await person(name="Solbritt Bie")
    gone = await person(name="Solveig Borte", email="borte@example.org")
    await execute("UPDATE account SET deleted_at = now() WHERE id = $1", gone.account_id)
    assert await found(fresh, admin, "sol") == ["Solbritt Bie", "Solveig Planlegger"]
    assert await found(fresh, admin, "plan SOLV") == ["Solveig Planlegger"]
    assert await found(fresh, admin, " solveig@example.ORG ") == ["Solveig Planlegger"]
    for nothing in ("solveig@", "example.org", "lveig", "borte", "& | ! ' :*", "%", "_", "@"):
        assert await found(fresh, admin, nothing) == [], nothing
    assert await found(fresh, admin, "") == ["Solbritt Bie", "Solveig Planlegger", "Administrator"]
    long = await ask(fresh, admin, "AccountSearch", search="x" * 300)
    assert long["code"] == "search_long"


async def test_pages_and_the_roles_they_tell(fresh, person, topic_id) -> None:
    admin = await person(role=Role.ADMIN, name="Administrator")
    people = [await person(name=f"Kari {number}") for number in range(5)]
    await grant_role(admin, people[4].account_id, Role.PLANNER, await topic_id())
    page = await ask(fresh, admin, "AccountSearch", search="kari", first=2)
    assert [node["person"]["displayName"] for node in page["nodes"]] == ["Kari 4", "Kari 3"]
    assert [role["role"] for role in page["nodes"][0]["roles"]] == ["PLANNER"]
    assert page["pageInfo"]["hasNextPage"]
    rest = await found(fresh, admin, "kari", first=10, after=page["pageInfo"]["endCursor"])
    assert rest == ["Kari 2", "Kari 1", "Kari 0"]


async def test_nobody_else_finds_anybody(fresh, person) -> None:
    for actor, code in (
        (Actor(3201), "login_required"),
        (await person(email="a@example.org"), "role_missing"),
        (await person(role=Role.MODERATOR), "role_missing"),
    ):
        assert (await ask(fresh, actor, "AccountSearch", search="a@example.org"))["code"] == code
