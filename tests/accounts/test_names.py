"""A person's name here is their own choice, and moderators can see what it was before."""

from dataclasses import replace

import pytest

from backend.accounts.names import choose_name, name_history
from backend.accounts.profile import choose_language
from backend.accounts.queries import own_account
from backend.authz import Actor, Role
from backend.errors import Forbidden, Invalid, PersonalData, Unauthenticated
from tests.accounts.test_identity_hash import DIGITS


async def test_a_name_is_chosen_and_changed(person) -> None:
    actor = await person()
    assert await choose_name(actor, "pseudonym", "  Elve\u202evenn\u200b  23 ") == "Elvevenn 23"
    account = await own_account(actor)
    assert (account.display_name, account.name_kind) == ("Elvevenn 23", "pseudonym")
    assert account.welcomed_at is not None
    await choose_name(actor, "pseudonym", "Elvevenn 23")
    await choose_name(actor, "first", "Åse")
    assert [row.display_name for row in await name_history(actor, actor.account_id)] == ["Åse", "Elvevenn 23"]


async def test_who_sees_the_history(person, topic_id) -> None:
    actor = await person()
    await choose_name(actor, "real", "Ordentlig Fiolin")
    moderator = await person(role=Role.MODERATOR, topic_id=await topic_id())
    assert len(await name_history(moderator, actor.account_id)) == 1
    for other in (await person(), await person(role=Role.PLANNER)):
        with pytest.raises(Forbidden):
            await name_history(other, actor.account_id)
    with pytest.raises(Unauthenticated):
        await name_history(Actor(3201), actor.account_id)


async def test_a_moderators_token_needs_the_scope_for_it(person) -> None:
    actor, moderator = await person(), await person(role=Role.MODERATOR)
    await choose_name(actor, "real", "Ordentlig Fiolin")
    reading = replace(moderator, scopes=frozenset({"read", "write"}))
    with pytest.raises(Forbidden):
        await name_history(reading, actor.account_id)
    assert await name_history(reading, moderator.account_id) == []
    moderating = replace(moderator, scopes=frozenset({"moderate"}))
    assert len(await name_history(moderating, actor.account_id)) == 1


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("real", "A"),
        ("real", "\u200b\u200b\u200b"),
        ("real", "x" * 61),
        ("real", "12345"),
        ("nobility", "Kari"),
        ("real", "Bærum kommune"),
        ("pseudonym", "MODERATOR Kari"),
        ("pseudonym", "Slettet bruker"),
        ("pseudonym", "Bærum kоmmune"),  # with a Cyrillic o
        ("pseudonym", "K0mmunen"),
        ("pseudonym", "M\u200bo d-e r a t o r"),
        ("pseudonym", "Ｓaksbehandler"),
    ],
)
async def test_names_that_cannot_be(person, kind, name) -> None:
    with pytest.raises(Invalid):
        await choose_name(await person(), kind, name)


@pytest.mark.parametrize("name", ["kari@example.com", f"Kari {DIGITS}", "Ring 912 34 567"])
async def test_a_name_holds_no_personal_data(person, name) -> None:
    with pytest.raises(PersonalData) as caught:
        await choose_name(await person(), "pseudonym", name)
    assert name not in repr(caught.value) + str(caught.value)


async def test_nobody_and_the_deleted_choose_nothing(person) -> None:
    with pytest.raises(Unauthenticated):
        await choose_name(Actor(3201), "real", "Kari")
    with pytest.raises(Unauthenticated):
        await choose_name(Actor(3201, 999_999), "real", "Kari")
    with pytest.raises(Unauthenticated):
        await own_account(Actor(3201, 999_999))


async def test_a_language_is_chosen(person) -> None:
    actor = await person()
    await choose_language(actor, "nn")
    assert (await own_account(actor)).language == "nn"
    with pytest.raises(Invalid):
        await choose_language(actor, "se")
    with pytest.raises(Unauthenticated):
        await choose_language(Actor(3201), "nn")
