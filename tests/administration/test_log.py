"""What staff did, as administrators read it: every kind, in order, page by page, and no words that are not public."""

from typing import Any

from api.node_ids import to_global_id
from backend.accounts.roles import end_grant, grant_role
from backend.administration.log import StaffActKind
from backend.moderation.decisions import Decision, Ruling, decide
from backend.moderation.reasons import ReasonCode
from backend.moderation.reports import report_content
from backend.moderation.service import screen_content
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch_value
from backend.platform.settings import Settings
from backend.proposals.assessment import answer_proposal, start_assessment
from backend.proposals.service import edit_proposal
from backend.proposals.states import Outcome
from backend.topics.places import PlaceContent, PlaceKind, create_place
from tests.comments.support import handed_in
from tests.fixtures.databases import execute_as_owner
from tests.fixtures.operations import ask
from tests.moderation.support import approve_first
from tests.proposals.support import OTHER_WORDS, published

SQUARE = {"type": "Polygon", "coordinates": [[[10, 59], [11, 59], [11, 60], [10, 59]]]}


async def log_of(fresh: Settings, admin: Actor, **page: Any) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await ask(fresh, admin, "AdminLog", **page))["nodes"]
    return nodes


async def test_roles_and_places_are_shown_with_who_and_to_whom(fresh: Settings, person: Any) -> None:
    admin = await person(role=Role.ADMIN, name="Administrator")
    kari = await person(name="Kari")
    grant = await grant_role(admin, kari.account_id, Role.MODERATOR)
    await end_grant(admin, grant)
    place = await create_place(
        admin, PlaceContent("nytt-sted", (("nb", "Nytt sted"),), PlaceKind.TOWN, SQUARE)
    )
    found = await log_of(fresh, admin)
    shown = [(each["kind"], each["subjectLabel"], each["detail"]) for each in found[:3]]
    assert shown == [
        ("PLACE_CREATED", "Nytt sted", None),
        ("ROLE_ENDED", "Kari", "moderator"),
        ("ROLE_GRANTED", "Kari", "moderator"),
    ]
    assert {each["actor"]["displayName"] for each in found[:3]} == {"Administrator"}
    assert (found[0]["subject"], found[0]["subjectType"]) == (to_global_id("Place", place), "Place")
    # What the command line did has nobody behind it.
    assert found[-1]["actor"] is None
    await execute("UPDATE account SET deleted_at = now() WHERE id = $1", kari.account_id)
    assert (await log_of(fresh, admin, kind="ROLE_ENDED"))[0]["subjectLabel"] is None


async def test_titles_are_shown_of_public_proposals_only(fresh: Settings, person: Any, topic_id: Any) -> None:
    admin, planner = await person(role=Role.ADMIN), await person(role=Role.PLANNER, name="Planlegger")
    moderator, author = await person(role=Role.MODERATOR), await person()
    proposal = await published(author, await topic_id())
    await start_assessment(planner, proposal)
    await answer_proposal(planner, proposal, Outcome.ACCEPTED, "Det gjør vi gjerne neste vår.", "nb")
    shown = [(entry["kind"], entry["subjectLabel"], entry["detail"]) for entry in await log_of(fresh, admin)]
    assert shown[:2] == [
        ("ANSWERED", "Sykkelvei langs Sandvikselva", "accepted"),
        ("STATUS_CHANGED", "Sykkelvei langs Sandvikselva", "assessment"),
    ]
    await report_content(await person(), "proposal", proposal, ReasonCode.OTHER, "Se på dette.")
    case_id = await fetch_value("SELECT max(id) FROM moderation_case")
    await decide(moderator, case_id, Ruling(Decision.HIDE, 1, ReasonCode.OTHER, "Bryter reglene våre."))
    shown = [(entry["kind"], entry["subjectLabel"], entry["detail"]) for entry in await log_of(fresh, admin)]
    assert shown[:3] == [
        ("CASE_DECIDED", None, "hide"),
        ("ANSWERED", None, "accepted"),
        ("STATUS_CHANGED", None, "assessment"),
    ]


async def test_pages_neither_skip_nor_repeat_at_one_time(fresh: Settings, person: Any) -> None:
    admin = await person(role=Role.ADMIN)
    people = [await person() for _ in range(7)]
    for each in people:
        await grant_role(admin, each.account_id, Role.MODERATOR)
    await execute(
        """INSERT INTO staff_act (municipality_id, kind, actor_id, topic_id)
           SELECT 3201, kind, $1, (SELECT min(id) FROM topic)
           FROM unnest('{topic_created,topic_changed}'::text[]) kind, generate_series(1, 4)""",
        admin.account_id,
    )
    await execute_as_owner("UPDATE role_grant SET created_at = (SELECT min(created_at) FROM staff_act)")
    whole = await log_of(fresh, admin, first=100)
    seen: list[dict[str, Any]] = []
    after = None
    while True:
        page = await ask(fresh, admin, "AdminLog", first=3, after=after)
        seen += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == whole
    assert len(whole) == 16
    for kind in StaffActKind:
        chosen = await log_of(fresh, admin, first=100, kind=kind.name)
        assert chosen == [entry for entry in whole if entry["kind"] == kind.name]


async def test_nobody_else_reads_it(fresh: Settings, person: Any) -> None:
    for actor in (Actor(3201), await person(), await person(role=Role.MODERATOR)):
        for operation in ("AdminLog", "PlatformHealth", "PlatformSettings"):
            assert (await ask(fresh, actor, operation))["code"] in ("login_required", "role_missing")


async def test_a_decision_says_what_it_was_about(fresh: Settings, person: Any, topic_id: Any) -> None:
    admin, author, topic = await person(role=Role.ADMIN), await person(), await topic_id()
    proposal = await published(author, topic)
    await edit_proposal(author, proposal, OTHER_WORDS, expected_version=1)
    comment = await handed_in(author, proposal, "Dette står under forslaget, og er ikke selve forslaget.")
    await approve_first(topic)
    moderator = await person(role=Role.MODERATOR)
    for subject_type, number, version in (("edit", proposal, 2), ("comment", comment, 1)):
        held = await screen_content(3201, subject_type, number, version)
        assert held is not None
        ruling = Ruling(Decision.REJECT, version, ReasonCode.OTHER, "Bryter reglene våre.")
        await decide(moderator, held.case_id, ruling)
    shown = await log_of(fresh, admin, kind="CASE_DECIDED")
    assert [(entry["subjectType"], entry["subject"], entry["subjectLabel"]) for entry in shown] == [
        ("Comment", to_global_id("Comment", comment), "Sykkelvei langs Sandvikselva"),
        ("PendingVersion", to_global_id("Proposal", proposal), "Sykkelvei langs Sandvikselva"),
    ]
