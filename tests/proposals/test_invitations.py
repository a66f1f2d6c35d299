"""An author invites others to write along."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from backend.platform.authz import Actor
from backend.platform.database import execute, fetch, fetch_value
from backend.platform.errors import Conflict, Forbidden, NotFound, Unauthenticated
from backend.proposals.invitations import (
    MAX_CO_AUTHORS,
    MAX_OPEN,
    invitations_of,
    invite,
    leave,
    redeem,
    revoke,
)
from backend.proposals.queries import co_authors_of
from backend.proposals.service import edit_proposal, withdraw_proposal
from tests.proposals.support import WORDS, draft, published


async def test_whoever_redeems_an_invitation_writes_along(fresh, person, topic_id) -> None:
    author, friend = await person(), await person(name="Venn")
    proposal_id = await draft(author, await topic_id())
    with pytest.raises(NotFound):
        await edit_proposal(friend, proposal_id, WORDS, expected_version=1)
    invitation = await invite(author, proposal_id)
    assert await redeem(friend, invitation.secret) == proposal_id
    assert await redeem(friend, invitation.secret) == proposal_id
    assert await edit_proposal(friend, proposal_id, WORDS, expected_version=1) == 2
    assert (await co_authors_of(3201, [proposal_id]))[proposal_id] == [friend.account_id]
    (row,) = await invitations_of(author, proposal_id)
    assert (row.id, row.accepted_by_id) == (invitation.id, friend.account_id)


async def test_the_secret_is_preserved_only_as_a_hash(fresh, person, topic_id) -> None:
    author = await person()
    proposal_id = await draft(author, await topic_id())
    invitation = await invite(author, proposal_id)
    (row,) = await fetch("SELECT * FROM proposal_invitation")
    assert invitation.secret not in str(dict(row)) + repr(invitation)
    assert timedelta(days=13, hours=23) < row["expires_at"] - row["created_at"] < timedelta(days=14, hours=1)


async def test_of_two_who_redeem_at_once_one_comes_in(fresh, person, topic_id) -> None:
    author = await person()
    proposal_id = await published(author, await topic_id())
    invitation = await invite(author, proposal_id)
    people = [await person(name=f"Person {n}") for n in range(4)]
    answers = await asyncio.gather(
        *(redeem(somebody, invitation.secret) for somebody in people), return_exceptions=True
    )
    assert sum(answer == proposal_id for answer in answers) == 1
    assert sum(isinstance(answer, NotFound) for answer in answers) == 3


async def test_one_person_with_two_invitations_is_co_author_once(fresh, person, topic_id) -> None:
    author, friend = await person(), await person(name="Venn")
    proposal_id = await draft(author, await topic_id())
    secrets = [(await invite(author, proposal_id)).secret for _ in range(2)]
    await asyncio.gather(*(redeem(friend, secret) for secret in secrets))
    assert (await co_authors_of(3201, [proposal_id]))[proposal_id] == [friend.account_id]


async def test_invitations_end(fresh, person, topic_id) -> None:
    author, friend = await person(), await person(name="Venn")
    proposal_id = await draft(author, await topic_id())
    revoked, expired = await invite(author, proposal_id), await invite(author, proposal_id)
    await revoke(author, revoked.id)
    await execute("UPDATE proposal_invitation SET expires_at = now() WHERE id = $1", expired.id)
    for secret in (revoked.secret, expired.secret, "", "x" * 100_000, "\ud800"):
        with pytest.raises(NotFound, match="invitation_not_found"):
            await redeem(friend, secret)
    with pytest.raises(NotFound):
        await revoke(author, revoked.id)
    assert await invitations_of(author, proposal_id) == []


async def test_co_authors_leave_and_are_let_go(fresh, person, topic_id) -> None:
    author, friend, other = await person(), await person(name="Venn"), await person(name="Annen")
    proposal_id = await draft(author, await topic_id())
    first, second = await invite(author, proposal_id), await invite(author, proposal_id)
    await redeem(friend, first.secret)
    await redeem(other, second.secret)
    await leave(friend, proposal_id)
    assert await revoke(author, second.id) == proposal_id
    assert (await co_authors_of(3201, [proposal_id]))[proposal_id] == []
    for gone in (friend, other, author):
        with pytest.raises(NotFound, match="not_co_author"):
            await leave(gone, proposal_id)
    with pytest.raises(NotFound):
        await redeem(friend, first.secret)


async def test_only_the_first_author_invites(fresh, person, topic_id) -> None:
    author, friend, stranger = await person(), await person(name="Venn"), await person(name="Fremmed")
    proposal_id = await published(author, await topic_id())
    invitation = await invite(author, proposal_id)
    await redeem(friend, invitation.secret)
    with pytest.raises(Forbidden, match="first_author_only"):
        await invite(friend, proposal_id)
    with pytest.raises(Forbidden, match="first_author_only"):
        await invitations_of(friend, proposal_id)
    with pytest.raises(Forbidden, match="first_author_only"):
        await revoke(friend, invitation.id)
    with pytest.raises(Forbidden, match="authors_only"):
        await invite(stranger, proposal_id)
    with pytest.raises(NotFound, match="invitation_not_found"):
        await revoke(stranger, invitation.id)
    with pytest.raises(NotFound):
        await invitations_of(stranger, proposal_id)
    with pytest.raises(Conflict, match="own_invitation"):
        await redeem(author, (await invite(author, proposal_id)).secret)
    for act in (invite(Actor(3201), proposal_id), redeem(Actor(3201), invitation.secret)):
        with pytest.raises(Unauthenticated):
            await act


async def test_open_invitations_are_bounded_also_when_made_at_once(fresh, person, topic_id) -> None:
    author = await person()
    proposal_id = await draft(author, await topic_id())
    made = await asyncio.gather(
        *(invite(author, proposal_id) for _ in range(MAX_OPEN + 3)), return_exceptions=True
    )
    assert sum(isinstance(one, Conflict) for one in made) == 3
    assert await fetch_value("SELECT count(*) FROM proposal_invitation") == MAX_OPEN


async def test_co_authors_are_bounded(fresh, person, topic_id) -> None:
    author = await person()
    proposal_id = await draft(author, await topic_id())
    for number in range(MAX_CO_AUTHORS):
        await redeem(await person(name=f"Person {number}"), (await invite(author, proposal_id)).secret)
    with pytest.raises(Conflict, match="too_many_co_authors"):
        await invite(author, proposal_id)


async def test_a_withdrawn_proposal_takes_nobody_in(fresh, person, topic_id) -> None:
    author, friend = await person(), await person(name="Venn")
    proposal_id = await published(author, await topic_id())
    invitation = await invite(author, proposal_id)
    await withdraw_proposal(author, proposal_id, None)
    with pytest.raises(Conflict, match="invitation_too_late"):
        await redeem(friend, invitation.secret)
    with pytest.raises(Forbidden, match="not_editable"):
        await invite(author, proposal_id)


async def _only_for_residents_of_age(topic: int) -> None:
    await execute("DELETE FROM topic_requirement WHERE topic_id = $1", topic)
    await execute(
        """INSERT INTO topic_requirement (municipality_id, topic_id, action, min_age, residents_only)
           VALUES (3201, $1, 'propose', 15, true)""",
        topic,
    )


@pytest.mark.parametrize(
    ("facts", "code"), [({"home": "0301"}, "residents_only"), ({"birth_year": 2020}, "too_young")]
)
async def test_who_may_not_propose_in_the_topic_does_not_come_in_by_invitation(
    fresh, person, topic_id, facts, code
) -> None:
    author, somebody, topic = await person(), await person(**facts), await topic_id()
    proposal_id = await published(author, topic)
    invitation, late = await invite(author, proposal_id), await invite(author, proposal_id)
    assert await redeem(somebody, invitation.secret) == proposal_id
    await _only_for_residents_of_age(topic)
    other = await person(**facts)
    with pytest.raises(Forbidden) as refused:
        await redeem(other, late.secret)
    assert refused.value.code == code
    # Whoever came in before the topic asked writes no more either.
    with pytest.raises(Forbidden) as refused:
        await edit_proposal(somebody, proposal_id, WORDS, expected_version=1)
    assert refused.value.code == code
    assert await redeem(await person(), late.secret) == proposal_id


async def test_nobody_is_invited_to_what_they_wrote_with_their_other_account(fresh, person, topic_id) -> None:
    resident, employee = await person(), await person()
    employee = replace(employee, bound_account_id=resident.account_id)
    proposal_id = await published(resident, await topic_id())
    invitation = await invite(resident, proposal_id)
    with pytest.raises(Conflict) as refused:
        await redeem(employee, invitation.secret)
    assert refused.value.code == "own_invitation"
