"""What a person sees and does of their own over the API, and what administrators and moderators may know."""

import asyncio
from dataclasses import replace

import pytest

from api.node_ids import to_global_id
from backend.accounts.claims import LoginClaims
from backend.accounts.sessions import start_session
from backend.notifications.fan_out import deliver_event
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch_value
from backend.proposals.assessment import answer_proposal
from backend.proposals.states import Outcome
from backend.proposals.supports import support
from tests.fixtures.counting import count_queries
from tests.fixtures.operations import ask, errors_of
from tests.fixtures.people import author_id
from tests.proposals.support import OTHER_WORDS, WORDS, draft, published

ANSWER = "Vi bygger sykkelveien neste år, fordi mange barn går på skole langs elva."


async def _author(actor: Actor) -> str:
    return await author_id(actor.account_id)


async def _log_in(settings, actor: Actor, device: str) -> Actor:
    """The actor as the browser that logged in now."""
    await start_session(
        settings, actor.account_id, "idporten", LoginClaims(subject=device), device=device, replaces=None
    )
    return replace(actor, session_id=await fetch_value("SELECT max(id) FROM account_session"))


async def test_a_stranger_is_no_viewer(fresh) -> None:
    assert await ask(fresh, Actor(3201), "Viewer") is None
    (error,) = await errors_of(fresh, Actor(3201, 999_999), "Viewer")
    assert error["extensions"]["code"] == "login_required"


async def test_a_planner_sees_their_roles(fresh, person, topic_id) -> None:
    planner = await person(name="Solveig Planlegger", role=Role.PLANNER, topic_id=await topic_id())
    viewer = await ask(fresh, planner, "Viewer", language="en")
    assert viewer["id"] == await _author(planner)
    assert (viewer["displayName"], viewer["isStaff"], viewer["isNew"]) == ("Solveig Planlegger", True, True)
    assert [(r["role"], r["topic"]["title"]) for r in viewer["roles"]] == [("PLANNER", "Mobility strategy")]


async def test_a_profile_is_changed_as_a_whole_or_not_at_all(fresh, person) -> None:
    actor = await person(email="kari@example.no")
    place = to_global_id("Place", await fetch_value("SELECT id FROM place WHERE slug = 'sandvika'"))
    name = {"kind": "FIRST", "displayName": "Kari"}
    changed = await ask(
        fresh, actor, "UpdateProfile", input={"name": name, "language": "nn", "homePlace": place}
    )
    assert changed["viewer"]["displayName"] == "Kari"
    assert changed["viewer"]["homePlace"]["name"] == "Sandvika"
    assert changed["viewer"]["email"] == "kari@example.no"
    emptied = await ask(fresh, actor, "UpdateProfile", input={"homePlace": None, "email": None})
    assert (emptied["viewer"]["homePlace"], emptied["viewer"]["email"]) == (None, None)
    refused = await ask(
        fresh, actor, "UpdateProfile", input={"email": "ny@example.no", "name": {**name, "displayName": "K"}}
    )
    assert (refused["__typename"], refused["field"]) == ("InvalidProblem", "name")
    assert (await ask(fresh, actor, "MyProfile"))["email"] is None


@pytest.mark.parametrize(
    ("given", "problem", "field"),
    [
        ({"language": "tlh"}, "InvalidProblem", "language"),
        ({"email": "kari@example"}, "InvalidProblem", "email"),
        ({"email": "a@example.no\nBcc: b@example.no"}, "InvalidProblem", "email"),
        ({"email": "a@example.no, b@example.no"}, "InvalidProblem", "email"),
        ({"homePlace": to_global_id("Place", 999_999)}, "NotFoundProblem", "homePlace"),
        ({"homePlace": to_global_id("Topic", 1)}, "InvalidProblem", "homePlace"),
        ({"name": {"kind": "REAL", "displayName": "Kommunen"}}, "InvalidProblem", "name"),
        ({"name": {"kind": "REAL", "displayName": "post@example.no"}}, "PersonalDataProblem", "name"),
    ],
)
async def test_bad_profiles_are_refused(fresh, person, given, problem, field) -> None:
    refused = await ask(fresh, await person(), "UpdateProfile", input=given)
    assert (refused["__typename"], refused["field"]) == (problem, field)


async def test_a_stranger_changes_nothing(fresh) -> None:
    for operation, variables in (
        ("UpdateProfile", {"input": {"language": "nn"}}),
        ("RevokeOtherSessions", {}),
        ("RequestMyData", {}),
        ("RequestDeletion", {"keepContent": True}),
        ("CreateAccessToken", {"name": "x", "scopes": ["read"]}),
        ("MarkNotificationsRead", {"ids": []}),
        ("SetNotificationPreference", {"kind": "ANSWERED", "channel": "EMAIL", "enabled": False}),
        ("GrantRole", {"account": to_global_id("Author", 1), "role": "ADMIN"}),
        ("RoleGrants", {}),
        ("NameHistory", {"author": to_global_id("Author", 1)}),
        ("AccountPage", {"id": to_global_id("Author", 1)}),
    ):
        assert (await ask(fresh, Actor(3201), operation, **variables))["__typename"] == "LoginProblem"


async def test_own_and_supported_proposals_come_in_pages(fresh, person, topic_id) -> None:
    actor, other, topic = await person(), await person(name="Annen"), await topic_id()
    own = [await draft(actor, topic) for _ in range(3)]
    theirs = [await published(other, topic), await published(other, topic, OTHER_WORDS)]
    for proposal_id in theirs:
        await support(actor, proposal_id)
    first = (await ask(fresh, actor, "MyProposals", first=2))["proposals"]
    assert first["pageInfo"]["hasNextPage"]
    rest = (await ask(fresh, actor, "MyProposals", first=2, after=first["pageInfo"]["endCursor"]))[
        "proposals"
    ]
    listed = [node["id"] for node in first["nodes"] + rest["nodes"]]
    assert listed == [to_global_id("Proposal", number) for number in reversed(own)]
    supported = (await ask(fresh, actor, "MySupportedProposals", first=1))["supportedProposals"]
    after = supported["pageInfo"]["endCursor"]
    more = (await ask(fresh, actor, "MySupportedProposals", first=1, after=after))["supportedProposals"]
    assert [node["id"] for node in supported["nodes"] + more["nodes"]] == [
        to_global_id("Proposal", number) for number in reversed(theirs)
    ]
    assert not more["pageInfo"]["hasNextPage"]
    assert (await errors_of(fresh, actor, "MyProposals", first=101))[0]["extensions"]["code"] == "page_size"


async def test_what_was_hidden_is_no_longer_among_the_supported(fresh, person, topic_id) -> None:
    actor = await person()
    proposal_id = await published(await person(name="Annen"), await topic_id())
    await support(actor, proposal_id)
    async with count_queries() as statements:
        page = (await ask(fresh, actor, "MySupportedProposals"))["supportedProposals"]
    assert len(page["nodes"]) == 1
    assert statements.count <= 3, str(statements)
    await execute(
        """WITH t AS (INSERT INTO proposal_transition
               (municipality_id, proposal_id, ordinal, from_state, to_state, actor_role)
               VALUES (3201, $1, 4, 'published', 'hidden', 'moderator'))
           UPDATE proposal SET state = 'hidden', step = 4 WHERE id = $1""",
        proposal_id,
    )
    assert (await ask(fresh, actor, "MySupportedProposals"))["supportedProposals"]["nodes"] == []


async def test_own_comments_come_in_any_state_and_nobody_elses(fresh, person, topic_id) -> None:
    actor, other = await person(), await person(name="Annen")
    proposal_id = await published(other, await topic_id())
    for number, (writer, state) in enumerate(
        ((actor, "published"), (actor, "rejected"), (other, "published"), (actor, "submitted"))
    ):
        await execute(
            """INSERT INTO comment (municipality_id, proposal_id, author_id, stance, language, body, state,
                                    published_at)
               VALUES (3201, $1, $2, 'for', 'nb', $3, $4::text, CASE WHEN $4::text = 'published' THEN now() END)""",
            proposal_id,
            writer.account_id,
            f"Kommentar {number}",
            state,
        )
    first = (await ask(fresh, actor, "MyComments", first=2))["comments"]
    after = first["pageInfo"]["endCursor"]
    rest = (await ask(fresh, actor, "MyComments", first=2, after=after))["comments"]
    assert [(one["body"], one["state"]) for one in first["nodes"] + rest["nodes"]] == [
        ("Kommentar 3", "SUBMITTED"),
        ("Kommentar 1", "REJECTED"),
        ("Kommentar 0", "PUBLISHED"),
    ]
    assert first["nodes"][0]["proposal"]["title"] == WORDS.title
    assert not rest["pageInfo"]["hasNextPage"]


async def test_sessions_are_listed_and_revoked_by_their_person(fresh, person) -> None:
    actor, other = await person(), await person(name="Annen")
    await _log_in(fresh, actor, "Safari, iPhone")
    await _log_in(fresh, actor, "Chrome, Windows")
    here = await _log_in(fresh, actor, "Firefox, Linux")
    first = (await ask(fresh, here, "MySessions", first=2))["sessions"]
    rest = (await ask(fresh, here, "MySessions", first=2, after=first["pageInfo"]["endCursor"]))["sessions"]
    assert [(s["device"], s["isCurrent"]) for s in first["nodes"] + rest["nodes"]] == [
        ("Firefox, Linux", True),
        ("Chrome, Windows", False),
        ("Safari, iPhone", False),
    ]
    oldest = rest["nodes"][0]["id"]
    assert (await ask(fresh, other, "RevokeSession", id=oldest))["__typename"] == "NotFoundProblem"
    assert (await ask(fresh, here, "RevokeSession", id="tull"))["__typename"] == "InvalidProblem"
    answers = await asyncio.gather(*(ask(fresh, here, "RevokeSession", id=oldest) for _ in range(2)))
    assert sorted(answer["__typename"] for answer in answers) == ["NotFoundProblem", "SessionsRevoked"]
    assert (await ask(fresh, here, "RevokeOtherSessions"))["count"] == 1
    assert [s["device"] for s in (await ask(fresh, here, "MySessions"))["sessions"]["nodes"]] == [
        "Firefox, Linux"
    ]


async def test_keys_are_for_staff_in_a_browser(fresh, person) -> None:
    planner = await person(role=Role.PLANNER, email="solveig@example.no")
    token = {"name": "Ukesrapport", "scopes": ["read", "plan"], "days": 30}
    assert (await ask(fresh, planner, "MyAccessTokens"))["accessTokens"]["nodes"] == []
    made = await ask(fresh, planner, "CreateAccessToken", **token)
    assert made["secret"].startswith("smsk_")
    (listed,) = (await ask(fresh, planner, "MyAccessTokens"))["accessTokens"]["nodes"]
    assert (listed["name"], listed["scopes"], listed["id"]) == ("Ukesrapport", ["plan", "read"], made["id"])
    script = replace(planner, scopes=frozenset({"read"}))
    assert (await ask(fresh, script, "MyAccessTokens"))["accessTokens"]["code"] == "browser_needed"
    assert (await ask(fresh, script, "MyDataRequests"))["dataRequests"]["code"] == "browser_needed"
    assert (await ask(fresh, script, "MyProfile"))["email"] == "s…@example.no"
    assert (await ask(fresh, script, "UpdateProfile", input={}))["code"] == "scope_missing"
    assert (await ask(fresh, script, "CreateAccessToken", **token))["code"] == "browser_needed"
    assert (await ask(fresh, await person(), "CreateAccessToken", **token))["code"] == "staff_only"
    bad = await ask(fresh, planner, "CreateAccessToken", **{**token, "scopes": ["admin"]})
    assert (bad["__typename"], bad["field"]) == ("InvalidProblem", "scopes")
    assert (await ask(fresh, planner, "RevokeAccessToken", id=made["id"]))["id"] == made["id"]
    again = await ask(fresh, planner, "RevokeAccessToken", id=made["id"])
    assert again["__typename"] == "NotFoundProblem"
    blind = replace(planner, scopes=frozenset({"plan"}))
    assert (await errors_of(fresh, blind, "Viewer"))[0]["extensions"]["code"] == "scope_missing"


async def test_data_is_requested_once_at_a_time(fresh, person) -> None:
    actor = await person()
    assert (await ask(fresh, actor, "MyDataRequests"))["dataRequests"]["nodes"] == []
    requested = await asyncio.gather(*(ask(fresh, actor, "RequestMyData") for _ in range(3)))
    assert len({answer["request"]["id"] for answer in requested}) == 1
    deletion = (await ask(fresh, actor, "RequestDeletion", keepContent=True))["request"]
    assert (deletion["kind"], deletion["state"], deletion["keepContent"]) == ("DELETE", "WAITING", True)
    listed = (await ask(fresh, actor, "MyDataRequests"))["dataRequests"]["nodes"]
    assert [(one["kind"], one["progress"], one["canFetch"]) for one in listed] == [
        ("DELETE", 0, False),
        ("EXPORT", 0, False),
    ]
    admin = await person(role=Role.ADMIN)
    assert (await ask(fresh, admin, "RequestDeletion", keepContent=True))["code"] == "last_admin"


async def test_notifications_are_read_in_pages(fresh, person, topic_id) -> None:
    actor, planner = await person(), await person(name="Solveig", role=Role.PLANNER)
    for words in (WORDS, OTHER_WORDS):
        proposal_id = await published(actor, await topic_id(), words)
        await answer_proposal(planner, proposal_id, Outcome.ACCEPTED, ANSWER, "nb")
        event_id = await fetch_value("SELECT max(id) FROM event WHERE kind = 'answered'")
        await deliver_event(3201, event_id)
    viewer = await ask(fresh, actor, "Notifications", language="en", first=1)
    (newest,) = viewer["notifications"]["nodes"]
    assert (viewer["unreadCount"], newest["kind"], newest["cause"]) == (2, "ANSWERED", "AUTHOR")
    assert newest["proposal"]["title"] == OTHER_WORDS.title
    assert OTHER_WORDS.title in newest["text"]
    assert newest["subject"] != "Kommunen har svart på forslaget ditt"
    read = await ask(fresh, actor, "MarkNotificationsRead", ids=[newest["id"]])
    assert (read["changed"], read["unreadCount"]) == (1, 1)
    (left,) = (await ask(fresh, actor, "Notifications", unreadOnly=True))["notifications"]["nodes"]
    stranger = await ask(fresh, planner, "MarkNotificationsRead", ids=[left["id"]])
    assert stranger["changed"] == 0
    assert (await ask(fresh, actor, "MarkNotificationsRead", upTo=left["id"]))["changed"] == 1
    both = await ask(fresh, actor, "MarkNotificationsRead", ids=[left["id"]], upTo=left["id"])
    assert (both["__typename"], both["field"]) == ("InvalidProblem", "ids")
    many = await ask(fresh, actor, "MarkNotificationsRead", ids=[left["id"]] * 101)
    assert (many["limit"], many["figure"]) == ("100", "101")


async def test_what_one_is_shown_is_chosen_but_not_rulings_on_ones_own(fresh, person) -> None:
    actor = await person()
    before = (await ask(fresh, actor, "NotificationPreferences", language="en"))["notificationPreferences"]
    assert {"kind", "channel", "label", "enabled", "isRequired"} == set(before[0])
    changed = await ask(
        fresh, actor, "SetNotificationPreference", kind="ANSWERED", channel="EMAIL", enabled=False
    )
    chosen = {(one["kind"], one["channel"]): one["enabled"] for one in changed["preferences"]}
    assert chosen["ANSWERED", "EMAIL"] is False
    assert chosen["ANSWERED", "IN_APP"] is True
    refused = await ask(
        fresh, actor, "SetNotificationPreference", kind="REJECTED", channel="IN_APP", enabled=False
    )
    assert refused["code"] == "notification_required"


async def test_administrators_give_and_end_roles(fresh, person, topic_id) -> None:
    admin, somebody = await person(name="Ada", role=Role.ADMIN), await person(name="Ny Planlegger")
    topic = to_global_id("Topic", await topic_id())
    requested = {"account": await _author(somebody), "role": "PLANNER", "topic": topic}
    given = await asyncio.gather(*(ask(fresh, admin, "GrantRole", **requested) for _ in range(2)))
    (grant_id,) = {one["grant"]["id"] for one in given}
    assert given[0]["grant"]["grantedBy"]["displayName"] == "Ada"
    page = await ask(fresh, admin, "RoleGrants", first=1)
    assert (page["nodes"][0]["id"], page["pageInfo"]["hasNextPage"]) == (grant_id, True)
    ended = await ask(fresh, admin, "EndRole", id=grant_id)
    assert ended["grant"]["endedBy"]["displayName"] == "Ada"
    assert (await ask(fresh, admin, "EndRole", id=grant_id))["__typename"] == "NotFoundProblem"
    account = await ask(fresh, admin, "AccountPage", id=await _author(somebody))
    assert account["person"]["displayName"] == "Ny Planlegger"
    assert account["roleGrants"]["nodes"][0]["endedAt"] is not None
    assert len((await ask(fresh, admin, "RoleGrants"))["nodes"]) == 1
    assert len((await ask(fresh, admin, "RoleGrants", activeOnly=False))["nodes"]) == 2


async def test_roles_have_their_rules(fresh, person, topic_id) -> None:
    admin, somebody = await person(role=Role.ADMIN), await person()
    for role, variables in (("RESIDENT", {}), ("ADMIN", {"topic": to_global_id("Topic", await topic_id())})):
        refused = await ask(
            fresh, admin, "GrantRole", account=await _author(somebody), role=role, **variables
        )
        assert refused["__typename"] == "InvalidProblem"
    unknown = await ask(fresh, admin, "GrantRole", account=to_global_id("Author", 999_999), role="PLANNER")
    assert unknown["__typename"] == "NotFoundProblem"
    own = (await ask(fresh, admin, "RoleGrants"))["nodes"][0]["id"]
    assert (await ask(fresh, admin, "EndRole", id=own))["code"] == "last_admin"
    for operation, variables in (
        ("GrantRole", {"account": await _author(somebody), "role": "ADMIN"}),
        ("EndRole", {"id": own}),
        ("RoleGrants", {}),
        ("AccountPage", {"id": await _author(admin)}),
        ("NameHistory", {"author": await _author(admin)}),
    ):
        refused = await ask(fresh, somebody, operation, **variables)
        assert refused["__typename"] == "NotAllowedProblem", operation
    by_script = replace(admin, scopes=frozenset({"read", "write"}))
    assert (await ask(fresh, by_script, "RoleGrants"))["code"] == "scope_missing"


async def test_only_with_a_case_about_them_others_names_are_known(fresh, person) -> None:
    actor, moderator = await person(), await person(role=Role.MODERATOR)
    for name in ("Rask Elg", "Rolig Elg"):
        await ask(fresh, actor, "UpdateProfile", input={"name": {"kind": "PSEUDONYM", "displayName": name}})
    names = (await ask(fresh, actor, "NameHistory", author=await _author(actor)))["names"]
    assert [name["displayName"] for name in names] == ["Rolig Elg", "Rask Elg"]
    refused = await ask(fresh, moderator, "NameHistory", author=await _author(actor))
    assert refused["__typename"] == "NotAllowedProblem"
