"""Administrators make and change topics; the planner responsible looks after words and switches."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from backend.platform.authz import Actor, Role
from backend.platform.database import fetch, fetch_value
from backend.platform.errors import Conflict, Forbidden, Invalid, NotFound, PersonalData, Unauthenticated
from backend.topics.content import TopicContent, TopicFrame
from backend.topics.modes import ModerationMode
from backend.topics.queries import Requirement, TopicRow, TopicText, places_of_topics, topics_by_id
from backend.topics.service import create_topic, update_topic

NOW = datetime(2030, 1, 1, tzinfo=UTC)
TEXT = TopicText(
    "nb",
    "Trygge skoleveier",
    "Hvor er det utrygt å gå og sykle til skolen?",
    "Fortell hvor det er **utrygt**, og hva som ville hjulpet. Ring oss på 67 50 40 50.",
)
CONTENT = TopicContent((TEXT,))
FRAME = TopicFrame(
    goals=(4, 2, 2),
    place_ids=(),
    requirements=(Requirement("support", 15, residents_only=True),),
    opens_at=NOW,
    closes_at=NOW + timedelta(days=90),
    answer_days=45,
    moderation_mode=ModerationMode.HOLD_RISKY,
)


@pytest.fixture
async def admin(person) -> Actor:
    return await person(name="Ada Administrator", role=Role.ADMIN)


async def _place(slug: str) -> int:
    found: int = await fetch_value("SELECT id FROM place WHERE slug = $1", slug)
    return found


async def _topic(topic_id: int, language: str = "nb") -> TopicRow:
    return (await topics_by_id(3201, [topic_id], language))[topic_id]


async def test_an_administrator_makes_a_topic(fresh, admin) -> None:
    frame = replace(FRAME, place_ids=(await _place("sandvika"), await _place("fornebu")))
    english = replace(TEXT, language="en", title="Safe ways to school")
    topic_id = await create_topic(admin, "skolevei", TopicContent((english, TEXT)), frame)
    row = await _topic(topic_id)
    assert (row.slug, row.title, row.goals, row.answer_days) == ("skolevei", TEXT.title, (2, 4), 45)
    assert row.requirements == FRAME.requirements
    assert (row.opens_at, row.closes_at, row.version) == (FRAME.opens_at, FRAME.closes_at, 1)
    assert (await _topic(topic_id, "en")).title == "Safe ways to school"
    assert [place.slug for place in (await places_of_topics(3201, [topic_id]))[topic_id]] == [
        "fornebu",
        "sandvika",
    ]


async def test_only_administrators_make_topics(fresh, person) -> None:
    with pytest.raises(Unauthenticated):
        await create_topic(Actor(3201), "skolevei", CONTENT, FRAME)
    for role in (None, Role.PLANNER, Role.MODERATOR):
        with pytest.raises(Forbidden):
            await create_topic(await person(role=role), "skolevei", CONTENT, FRAME)


async def test_a_slug_is_taken_once_and_a_key_makes_one_topic(fresh, admin) -> None:
    same = await asyncio.gather(*(create_topic(admin, "skolevei", CONTENT, FRAME, key="k") for _ in range(3)))
    assert len(set(same)) == 1
    with pytest.raises(Conflict, match="slug_taken"):
        await create_topic(admin, "skolevei", CONTENT, FRAME)
    with pytest.raises(Conflict, match="idempotency_key_reused"):
        await create_topic(admin, "annen-vei", CONTENT, FRAME, key="k")


def _bad_content(**changes: str) -> TopicContent:
    return TopicContent((replace(TEXT, **changes),))


@pytest.mark.parametrize(
    ("slug", "content", "frame", "field"),
    [
        ("Skolevei", CONTENT, FRAME, "slug"),
        ("skole--vei", CONTENT, FRAME, "slug"),
        ("sk", CONTENT, FRAME, "slug"),
        ("skolevei\n", CONTENT, FRAME, "slug"),
        ("skolevei", _bad_content(language="en"), FRAME, "texts"),
        ("skolevei", TopicContent((TEXT, TEXT)), FRAME, "texts.language"),
        ("skolevei", TopicContent((TEXT, replace(TEXT, language="fi"))), FRAME, "texts.language"),
        ("skolevei", _bad_content(title="\u200b"), FRAME, "texts.nb.title"),
        ("skolevei", _bad_content(summary="x" * 401), FRAME, "texts.nb.summary"),
        ("skolevei", CONTENT, replace(FRAME, goals=()), "frame.goals"),
        ("skolevei", CONTENT, replace(FRAME, goals=(5,)), "frame.goals"),
        ("skolevei", CONTENT, replace(FRAME, closes_at=NOW), "frame.closesAt"),
        ("skolevei", CONTENT, replace(FRAME, opens_at=datetime(2030, 1, 1)), "frame.opensAt"),  # noqa: DTZ001
        ("skolevei", CONTENT, replace(FRAME, answer_days=0), "frame.answerDays"),
        (
            "skolevei",
            CONTENT,
            replace(FRAME, requirements=(Requirement("vote", None, residents_only=False),)),
            "frame.requirements",
        ),
        (
            "skolevei",
            CONTENT,
            replace(FRAME, requirements=(Requirement("support", 121, residents_only=False),)),
            "frame.requirements.minAge",
        ),
    ],
)
async def test_bad_input_is_refused_by_field(fresh, admin, slug, content, frame, field) -> None:
    with pytest.raises(Invalid) as refusal:
        await create_topic(admin, slug, content, frame)
    assert refusal.value.field == field
    assert await fetch_value("SELECT count(*) FROM topic WHERE slug LIKE 's%vei%'") == 0


async def test_what_a_frame_names_must_be_there(fresh, person, admin) -> None:
    resident = await person()
    for frame, error in (
        (replace(FRAME, place_ids=(999_999,)), NotFound),
        (replace(FRAME, responsible_id=999_999), NotFound),
        (replace(FRAME, responsible_id=resident.account_id), Invalid),
    ):
        with pytest.raises(error):
            await create_topic(admin, "skolevei", CONTENT, frame)
    assert await fetch_value("SELECT count(*) FROM topic WHERE slug = 'skolevei'") == 0


async def test_nobodys_identity_number_gets_into_a_topic(fresh, admin) -> None:
    with pytest.raises(PersonalData):
        await create_topic(admin, "skolevei", _bad_content(body=f"{TEXT.body} 01817779901"), FRAME)


async def test_the_responsible_planner_changes_words_and_switches_only(
    fresh, person, admin, topic_id: Callable[..., Awaitable[int]]
) -> None:
    number = await topic_id()
    planner = await person(role=Role.PLANNER, topic_id=number)
    closed = replace(CONTENT, comments_open=False)
    with pytest.raises(Forbidden, match="topic_not_yours"):
        await update_topic(planner, number, expected_version=1, content=closed)
    frame = replace(FRAME, responsible_id=planner.account_id)
    assert await update_topic(admin, number, expected_version=1, frame=frame) == 2
    assert await update_topic(planner, number, expected_version=2, content=closed) == 3
    row = await _topic(number)
    assert (row.title, row.comments_open, row.responsible_id) == (TEXT.title, False, planner.account_id)
    assert [
        text["language"]
        for text in await fetch("SELECT language FROM topic_text WHERE topic_id = $1", number)
    ] == ["nb"]
    with pytest.raises(Forbidden, match="role_missing"):
        await update_topic(planner, number, expected_version=3, frame=frame)
    with pytest.raises(Forbidden, match="topic_not_yours"):
        await update_topic(replace(planner, grants=frozenset()), number, expected_version=3, content=closed)


async def test_of_two_who_change_a_topic_at_once_one_wins(fresh, admin, topic_id) -> None:
    number = await topic_id()
    answers = await asyncio.gather(
        *(update_topic(admin, number, expected_version=1, content=CONTENT) for _ in range(3)),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Conflict", "int"]


async def test_bad_updates_are_refused(fresh, admin, topic_id) -> None:
    with pytest.raises(Invalid, match="nothing_to_change"):
        await update_topic(admin, await topic_id(), expected_version=1)
    with pytest.raises(NotFound):
        await update_topic(admin, 999_999, expected_version=1, content=CONTENT)
    with pytest.raises(Unauthenticated):
        await update_topic(Actor(3201), await topic_id(), expected_version=1, content=CONTENT)
