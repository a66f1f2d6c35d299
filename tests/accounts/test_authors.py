"""How people appear beside what they wrote: a badge for staff, from the roles they hold now."""

from dataclasses import replace

from api.node_ids import to_global_id
from backend.accounts.authors import authors_by_id
from backend.accounts.erasure import erase_account
from backend.accounts.names import choose_name
from backend.accounts.roles import end_grant, grants_of
from backend.comments.queries import comments_by_id
from backend.platform.authz import Actor, Role
from tests.comments.support import commented
from tests.fixtures.operations import ask, ask_all
from tests.fixtures.people import author_id, public_id
from tests.proposals.support import WORDS, published, read


async def test_staff_are_shown_as_staff_while_they_hold_a_role(fresh, person, topic_id) -> None:
    topic, admin = await topic_id(), await person(role=Role.ADMIN)
    planner, resident = await person(role=Role.PLANNER), await person(name="Annen Lykt")
    proposal = await published(planner, topic)
    comment = await commented(planner, proposal)
    other = await published(resident, topic, replace(WORDS, title="Flere benker langs Sandvikselva"))
    number = to_global_id("Proposal", proposal)

    async def badges() -> list[bool]:
        page = (await ask_all(fresh, resident, "ShowProposal", id=number))["proposal"]
        loaded = await authors_by_id(3201, [planner.account_id])
        assert loaded[planner.account_id].is_staff is page["author"]["isStaff"]
        (shown,) = (await comments_by_id(3201, [comment])).values()
        return [page["author"]["isStaff"], shown.author_is_staff]

    assert await badges() == [True, True]
    assert (await read(other)).author_is_staff is False
    (grant,) = await grants_of(planner, planner.account_id)
    await end_grant(admin, grant.id)
    assert await badges() == [False, False]


async def test_a_change_of_name_takes_another_id_and_the_old_one_leads_nowhere(
    fresh, person, topic_id
) -> None:
    author, admin = await person(name="Elvevenn"), await person(role=Role.ADMIN)
    proposal = await published(author, await topic_id())
    before = await author_id(author.account_id)

    async def listed(who: str) -> list[str]:
        found = await ask(fresh, Actor(3201), "ProposalList", filter={"author": who})
        return [node["author"]["id"] for node in found["nodes"]]

    assert await listed(before) == [before]
    await choose_name(author, "first", "Elvevenn")
    assert await author_id(author.account_id) == before, "only what kind of name it is changed"
    await choose_name(author, "real", "Annen Lykt")
    now = await author_id(author.account_id)
    assert now != before
    # From what is kept for all, too: it is dropped with the name.
    assert (await listed(before), await listed(now)) == ([], [now])
    assert (await ask(fresh, author, "Viewer"))["id"] == now
    assert (await ask(fresh, admin, "AccountPage", id=before))["__typename"] == "NotFoundProblem"
    assert (await ask(fresh, admin, "AccountPage", id=now))["person"]["displayName"] == "Annen Lykt"
    refused = await ask(fresh, admin, "GrantRole", account=before, role="PLANNER")
    assert (refused["__typename"], refused["field"]) == ("NotFoundProblem", "account")
    assert (await read(proposal)).author_name == "Annen Lykt"


async def test_all_who_have_left_share_an_id(fresh, person, topic_id) -> None:
    first, second, topic = await person(name="Elvevenn"), await person(name="Annen Lykt"), await topic_id()
    admin = await person(role=Role.ADMIN)
    await published(first, topic)
    await published(second, topic, replace(WORDS, title="Flere benker langs Sandvikselva"))
    before = [await author_id(person.account_id) for person in (first, second)]
    for actor in (first, second):
        await erase_account(3201, actor.account_id, keep_content=True, progress=_no_progress)
    nodes = (await ask(fresh, Actor(3201), "ProposalList"))["nodes"]
    (shared,) = {node["author"]["id"] for node in nodes}
    assert len(nodes) == 2
    assert shared not in before
    for each in (shared, *before):
        assert (await ask(fresh, Actor(3201), "ProposalList", filter={"author": each}))["nodes"] == []
    # Administrators must account for what each of them did.
    ids = [await author_id(person.account_id) for person in (first, second)]
    assert [(await ask(fresh, admin, "AccountPage", id=each))["person"]["id"] for each in ids] == ids


async def test_ids_do_not_count_and_no_account_is_found_by_its_number(fresh, person) -> None:
    admin = await person(role=Role.ADMIN)
    drawn = [await public_id((await person()).account_id) for _ in range(20)]
    assert all(2**56 <= number < 2**57 for number in drawn)
    assert len(set(drawn)) == 20
    assert drawn != sorted(drawn)
    old = to_global_id("Author", admin.account_id)
    assert (await ask(fresh, admin, "AccountPage", id=old))["__typename"] == "NotFoundProblem"


async def _no_progress(_percent: int) -> None:
    return None
