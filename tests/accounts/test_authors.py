"""How people appear beside what they wrote: a badge for staff, from the roles they hold now."""

from dataclasses import replace

from api.node_ids import to_global_id
from backend.accounts.authors import authors_by_id
from backend.accounts.roles import end_grant, grants_of
from backend.authz import Role
from backend.comments.queries import comments_by_id
from tests.comments.support import commented
from tests.fixtures.operations import ask
from tests.proposals.support import WORDS, published, read


async def test_staff_are_shown_as_staff_while_they_hold_a_role(fresh, person, topic_id) -> None:
    topic, admin = await topic_id(), await person(role=Role.ADMIN)
    planner, resident = await person(role=Role.PLANNER), await person(name="Annen Lykt")
    proposal = await published(planner, topic)
    comment = await commented(planner, proposal)
    other = await published(resident, topic, replace(WORDS, title="Flere benker langs Sandvikselva"))
    number = to_global_id("Proposal", proposal)

    async def badges() -> list[bool]:
        page = await ask(fresh, resident, "ShowProposal", id=number)
        loaded = await authors_by_id(3201, [planner.account_id])
        assert loaded[planner.account_id].is_staff is page["author"]["isStaff"]
        (shown,) = (await comments_by_id(3201, [comment])).values()
        return [page["author"]["isStaff"], shown.author_is_staff]

    assert await badges() == [True, True]
    assert (await read(other)).author_is_staff is False
    (grant,) = await grants_of(planner, planner.account_id)
    await end_grant(admin, grant.id)
    assert await badges() == [False, False]
