"""Topics over the API: pages for everybody, settings for those who look after them."""

from api.node_ids import to_global_id
from backend.platform.authz import Actor, Role
from backend.platform.database import fetch_value
from tests.fixtures.operations import ask
from tests.fixtures.people import author_id

TEXT = {
    "language": "nb",
    "title": "Trygge skoleveier",
    "summary": "Hvor er det utrygt å gå og sykle til skolen?",
    "body": "Fortell hvor det er **utrygt**, og hva som ville hjulpet.",
}
FRAME = {
    "goals": [2],
    "opensAt": "2026-01-01T08:00:00+01:00",
    "answerDays": 45,
    "moderationMode": "HOLD_RISKY",
    "requirements": [{"action": "support", "minAge": 15}],
}


async def test_a_topic_is_made_and_changed(fresh, person) -> None:
    admin = await person(role=Role.ADMIN)
    planner = await person(name="Solveig Planlegger", role=Role.PLANNER)
    place = to_global_id("Place", await fetch_value("SELECT id FROM place WHERE slug = 'sandvika'"))
    made = await ask(
        fresh,
        admin,
        "CreateTopic",
        slug="skolevei",
        content={"texts": [TEXT]},
        frame={**FRAME, "places": [place], "responsible": await author_id(planner.account_id)},
        idempotencyKey="k",
    )
    page = await ask(fresh, Actor(3201), "TopicPage", slug="skolevei")
    assert (page["title"], page["moderationMode"], page["proposalsOpen"]) == (
        TEXT["title"],
        "HOLD_RISKY",
        True,
    )
    assert page["places"][0]["name"] == "Sandvika"
    assert page["responsible"]["displayName"] == "Solveig Planlegger"
    settings = await ask(fresh, planner, "TopicSettings", slug="skolevei")
    assert settings["viewerCanManage"]["allowed"]
    assert settings["viewerCanAdminister"]["code"] == "role_missing"
    content = {"texts": [*settings["texts"], {**TEXT, "language": "en"}], "commentsOpen": False}
    arguments = {"id": made["topic"]["id"], "content": content, "expectedVersion": settings["version"]}
    changed = await ask(fresh, planner, "UpdateTopic", **arguments)
    assert changed["topic"]["version"] == settings["version"] + 1
    assert (await ask(fresh, planner, "UpdateTopic", **arguments))["__typename"] == "ConflictProblem"
    after = await ask(fresh, planner, "TopicSettings", slug="skolevei")
    assert ([t["language"] for t in after["texts"]], after["commentsOpen"]) == (["en", "nb"], False)
    listed = await ask(fresh, Actor(3201), "TopicList")
    assert "skolevei" in [topic["slug"] for topic in listed["nodes"]]


async def test_refusals_are_problems(fresh, person) -> None:
    arguments = {"slug": "skolevei", "content": {"texts": [TEXT]}, "frame": FRAME}
    assert (await ask(fresh, Actor(3201), "CreateTopic", **arguments))["__typename"] == "LoginProblem"
    assert (await ask(fresh, await person(), "CreateTopic", **arguments))["__typename"] == "NotAllowedProblem"
    admin = await person(role=Role.ADMIN)
    naive = {**FRAME, "opensAt": "2026-01-01T08:00:00"}
    for changed, field in (
        ({"slug": "Skolevei"}, "slug"),
        ({"frame": naive}, "frame.opensAt"),
        ({"frame": {**FRAME, "answerDays": 2_000_000_000}}, "frame.answerDays"),
        ({"frame": {**FRAME, "places": [to_global_id("Topic", 1)]}}, "frame.places"),
        ({"content": {"texts": []}}, "texts"),
    ):
        refused = await ask(fresh, admin, "CreateTopic", **{**arguments, **changed})
        assert refused["field"] == field
    nothing = await ask(fresh, admin, "UpdateTopic", id=to_global_id("Topic", 1), expectedVersion=1)
    assert nothing["code"] == "nothing_to_change"
