"""Everybody who asks, as the platform knows them by the credential that they show."""

from collections.abc import Mapping
from datetime import UTC, datetime

from backend.accounts.actors import actor_for_bearer, actor_for_session
from backend.accounts.claims import LoginClaims
from backend.accounts.roles import grant_as_operator
from backend.accounts.sessions import start_session
from backend.accounts.tokens import create_token
from backend.platform.authz import Actor, Role
from backend.platform.settings import Settings
from tests.fixtures.people import make_person

_THIS_YEAR = datetime.now(UTC).year
_RESIDENTS = ("resident", "author", "co_author", "moderator", "moderator_elsewhere", "admin", "owner")
_RESIDENTS += ("planner", "planner_elsewhere")


async def make_people(settings: Settings, here: int, elsewhere: int) -> dict[str, Actor]:
    """Actors by role, with topic roles for the topic `here` or the topic `elsewhere`; `owner` has the tokens."""
    people = {
        name: await make_person(settings, name=_name(name), email=f"{name}@example.org")
        for name in _RESIDENTS
    }
    people["minor"] = await make_person(settings, name="Minor", birth_year=_THIS_YEAR - 13)
    people["outsider"] = await make_person(settings, name="Outsider", home="0301")
    await _give_roles(settings, people, here, elsewhere)
    logged_in = {name: await log_in(settings, actor, "Firefox, Linux") for name, actor in people.items()}
    return {
        **logged_in,
        "stranger": await actor_for_session(settings, None),
        "read_token": await _script(settings, logged_in["owner"], "read"),
        # There is no token without any scope; this one covers nothing that the API asks for.
        "blind_token": await _script(settings, logged_in["owner"], "export"),
    }


def _name(role: str) -> str:
    return role.replace("_", " ").title()


async def _give_roles(settings: Settings, people: Mapping[str, Actor], here: int, elsewhere: int) -> None:
    for name, role, topic in (
        ("planner", Role.PLANNER, here),
        ("planner_elsewhere", Role.PLANNER, elsewhere),
        ("moderator", Role.MODERATOR, here),
        ("moderator_elsewhere", Role.MODERATOR, elsewhere),
        ("admin", Role.ADMIN, None),
        ("owner", Role.PLANNER, None),
        ("owner", Role.MODERATOR, None),
        ("owner", Role.ADMIN, None),
    ):
        await grant_as_operator(settings.municipality, number(people[name]), role, topic)


def number(actor: Actor) -> int:
    """The id of somebody who has an account."""
    assert actor.account_id is not None
    return actor.account_id


async def log_in(settings: Settings, actor: Actor, device: str) -> Actor:
    """The actor that a new session of this person's makes."""
    claims = LoginClaims(subject=f"{actor.account_id}")
    token = await start_session(settings, number(actor), "idporten", claims, device=device, replaces=None)
    return await actor_for_session(settings, token)


async def _script(settings: Settings, owner: Actor, scope: str) -> Actor:
    made = await create_token(owner, f"Script that may {scope}", [scope], 30)
    return await actor_for_bearer(settings, f"Bearer {made.secret}")
