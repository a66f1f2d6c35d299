"""The planner's desk: one's own topics, and nothing for those who answer nowhere."""

from dataclasses import replace
from typing import Any

from backend.platform.authz import Grant, Role
from backend.platform.database import execute
from backend.platform.settings import Settings
from backend.proposals.statistics import count_figures
from backend.proposals.workload import DeskRow, planners_desk
from tests.fixtures.operations import ask
from tests.fixtures.people import MakePerson
from tests.proposals.support import OTHER_WORDS, published


async def test_it_holds_the_topics_of_the_grants(fresh: Settings, person: MakePerson, topic_id: Any) -> None:
    here, there = await topic_id(), await topic_id("klimastrategi-2030")
    planner, author = await person(role=Role.PLANNER, topic_id=here), await person()
    late = await published(author, here)
    await published(author, there, OTHER_WORDS)
    await execute("UPDATE proposal SET published_at = now() - interval '2 years' WHERE id = $1", late)
    await count_figures(3201)
    assert await planners_desk(planner) == DeskRow((here,), 1, 1)
    assert await planners_desk(replace(planner, grants=frozenset({Grant(Role.PLANNER)}))) == DeskRow(
        None, 2, 1
    )
    both = frozenset({Grant(Role.PLANNER, here), Grant(Role.PLANNER, there), Grant(Role.MODERATOR)})
    assert await planners_desk(replace(planner, grants=both)) == DeskRow((here, there), 2, 1)
    desk = (await ask(fresh, planner, "PlannerDesk"))["planner"]
    assert (desk["waitingCount"], desk["overdueCount"]) == (1, 1)
    (topic,) = desk["topics"]["nodes"]
    assert (topic["slug"], topic["figures"]["overdueCount"]) == ("mobilitetsstrategi", 1)


async def test_it_is_for_planners_alone(fresh: Settings, person: MakePerson) -> None:
    moderator = await person(role=Role.MODERATOR)
    assert await planners_desk(moderator) is None
    assert (await ask(fresh, moderator, "PlannerDesk"))["planner"] is None
    script = replace(await person(role=Role.PLANNER), scopes=frozenset({"export"}))
    assert await planners_desk(script) is None
