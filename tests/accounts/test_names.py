"""A person's name here is their own choice, and moderators can see what it was before."""

from dataclasses import replace

import pytest

from api.node_ids import to_global_id
from backend.accounts.names import choose_name, name_history, usable_name
from backend.accounts.profile import choose_language
from backend.accounts.queries import own_account
from backend.accounts.reserved_names import DELETED_NAME, FORMER_NAME
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch
from backend.platform.errors import Forbidden, Invalid, PersonalData, Unauthenticated
from backend.platform.i18n import LANGUAGES, translate
from tests.accounts.test_identity_hash import DIGITS
from tests.fixtures.operations import ask
from tests.moderation.support import held_proposal
from tests.proposals.support import published, refused_with


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
    actor, here, elsewhere = await person(), await topic_id(), await topic_id("kommunegarden")
    await choose_name(actor, "real", "Ordentlig Fiolin")
    moderator = await person(role=Role.MODERATOR, topic_id=here)
    neighbour = await person(role=Role.MODERATOR, topic_id=elsewhere)
    assert (
        await refused_with(Forbidden, name_history(moderator, actor.account_id))
    ).code == "no_case_about_author"
    _, case_id = await held_proposal(actor, here)
    assert (
        await refused_with(Forbidden, name_history(neighbour, actor.account_id))
    ).code == "no_case_about_author"
    assert await fetch("SELECT FROM account_act") == []
    for _ in range(2):
        assert len(await name_history(moderator, actor.account_id)) == 1
    # Noted once within the hour, for the case that was the reason.
    (read,) = await fetch("SELECT kind, account_id, actor_id, case_id FROM account_act")
    assert tuple(read.values()) == ("names_read", actor.account_id, moderator.account_id, case_id)
    assert len(await name_history(actor, actor.account_id)) == 1
    for other in (await person(), await person(role=Role.PLANNER)):
        with pytest.raises(Forbidden):
            await name_history(other, actor.account_id)
    with pytest.raises(Unauthenticated):
        await name_history(Actor(3201), actor.account_id)


async def test_what_screening_let_pass_is_nobodys_case(person, topic_id) -> None:
    actor, moderator = await person(), await person(role=Role.MODERATOR)
    await published(actor, await topic_id())
    await refused_with(Forbidden, name_history(moderator, actor.account_id))


async def test_names_in_a_case_are_noted_too(fresh, person, topic_id) -> None:
    actor, moderator = await person(), await person(role=Role.MODERATOR)
    _, case_id = await held_proposal(actor, await topic_id())
    await ask(fresh, moderator, "ModerationCase", id=to_global_id("ModerationCase", case_id))
    (read,) = await fetch("SELECT account_id, actor_id, case_id FROM account_act")
    assert tuple(read.values()) == (actor.account_id, moderator.account_id, case_id)


async def test_a_moderators_token_needs_the_scope_for_it(person, topic_id) -> None:
    actor, moderator = await person(), await person(role=Role.MODERATOR)
    await held_proposal(actor, await topic_id())
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
        ("pseudonym", "Ordføreren i Bærum"),
        ("pseudonym", "0rdførar"),
        ("real", "Bærum"),
        ("real", "B æ r u m"),
        ("pseudonym", "Byens Adm1n"),
        ("pseudonym", "The Mayor"),
        ("pseudonym", "M a y o r"),
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


@pytest.mark.parametrize(
    "name", ["Konrad Mann", "Admina Berg", "Nabo i Bærum", "Lars Mayorga", "Bærumsdaler"]
)
async def test_innocent_names_pass(person, name) -> None:
    assert await choose_name(await person(), "real", name) == name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [DELETED_NAME, FORMER_NAME])
@pytest.mark.parametrize("role", [None, Role.PLANNER])
async def test_nobody_is_called_what_the_deleted_are(person, language, name, role) -> None:
    shown = translate(language, name)
    actor = await person(role=role) if role else await person()
    for variant in (shown, shown.upper(), shown.replace(" ", ""), shown.replace("e", "е"), f"{shown} 2"):
        with pytest.raises(Invalid) as caught:
            await choose_name(actor, "pseudonym", variant)
        assert caught.value.code == "name_of_deleted"
    assert usable_name(shown) is None


async def test_nobody_takes_a_staff_members_name(person) -> None:
    moderator, resident, planner = (
        await person(role=Role.MODERATOR),
        await person(),
        await person(role=Role.PLANNER),
    )
    await choose_name(moderator, "real", "Sofie Larm")
    for actor in (resident, planner):
        for name in ("Sofie Larm", "sofie larm", "S0fie  Larm", "Sofielarm", "Ѕofie Larm"):
            with pytest.raises(Invalid) as caught:
                await choose_name(actor, "real", name)
            assert (caught.value.code, caught.value.field) == ("name_of_staff", "name")
    assert await choose_name(moderator, "real", "Sofie Larm") == "Sofie Larm"
    assert await choose_name(resident, "real", "Sofie Larmsen") == "Sofie Larmsen"
    bound = replace(planner, bound_account_id=moderator.account_id)
    assert await choose_name(bound, "real", "Sofie Larm") == "Sofie Larm"
    await choose_name(bound, "real", "Sofie Annen")
    await execute("UPDATE role_grant SET ended_at = now() WHERE account_id = $1", moderator.account_id)
    assert await choose_name(resident, "real", "Sofie Larm") == "Sofie Larm"


async def test_a_namesake_keeps_their_name_when_another_joins_the_staff(person) -> None:
    resident = await person()
    await choose_name(resident, "real", "Anne Vik")
    planner = await person(role=Role.PLANNER, name="Anne Vik")
    assert planner.is_staff
    assert await choose_name(resident, "first", "Anne  Vik") == "Anne Vik"
    await choose_name(resident, "first", "Anne")
    with pytest.raises(Invalid):
        await choose_name(resident, "real", "Anne Vik")
