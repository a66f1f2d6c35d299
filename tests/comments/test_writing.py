"""Who may comment, what is refused, and what becomes of a comment."""

import asyncio

import asyncpg
import pytest

from backend.comments.queries import Stance
from backend.comments.service import AN_HOUR, WAITING, add_comment, withdraw_comment
from backend.comments.states import CommentState
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch, fetch_value
from backend.platform.errors import (
    Conflict,
    Forbidden,
    Invalid,
    LimitExceeded,
    NotFound,
    PersonalData,
    Unauthenticated,
)
from backend.proposals.counting import count_comments, recount
from tests.comments.support import SENTENCES, commented, handed_in, read
from tests.proposals.support import draft, proposal_ref, published


async def test_a_comment_is_screened_published_and_counted(fresh, person, topic_id) -> None:
    proposal_id = await published(await person(), await topic_id())
    resident = await person(name="Kari Kommentar")
    comment_id = await handed_in(resident, proposal_id)
    assert (await read(comment_id)).state is CommentState.SUBMITTED
    job = await fetch(
        "SELECT payload FROM outbox WHERE job = 'screen_content' AND key = $1", f"comment:{comment_id}:1"
    )
    assert len(job) == 1
    other = await commented(resident, proposal_id, SENTENCES[1])
    row = await read(other)
    assert (row.state, row.stance, row.is_staff) == (CommentState.PUBLISHED, Stance.FOR, False)
    assert row.published_at is not None
    await count_comments(3201, proposal_id)
    assert (
        await fetch_value("SELECT comments FROM proposal_activity WHERE proposal_id = $1", proposal_id) == 1
    )
    assert await recount(3201, repair=False) == []


async def test_replies_go_two_levels_deep_and_no_deeper(fresh, person, topic_id) -> None:
    resident = await person()
    proposal_id = await published(await person(), await topic_id())
    comment_id = await commented(resident, proposal_id)
    reply_id = await commented(resident, proposal_id, SENTENCES[1], comment_id)
    with pytest.raises(Forbidden) as refused:
        await handed_in(resident, proposal_id, SENTENCES[2], reply_id)
    assert refused.value.code == "reply_too_deep"
    # The database holds it too, whoever writes.
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await execute(
            """INSERT INTO comment (municipality_id, proposal_id, parent_id, author_id, stance, language, body, state)
               VALUES (3201, $1, $2, $3, 'for', 'nb', 'tre', 'published')""",
            proposal_id,
            reply_id,
            resident.account_id,
        )


async def test_a_reply_belongs_to_a_published_comment_of_the_same_proposal(fresh, person, topic_id) -> None:
    resident = await person()
    topic = await topic_id()
    proposal_id = await published(await person(), topic)
    waiting = await handed_in(resident, proposal_id)
    with pytest.raises(Forbidden) as refused:
        await handed_in(resident, proposal_id, SENTENCES[1], waiting)
    assert refused.value.code == "comment_not_open"
    with pytest.raises(NotFound):
        await handed_in(await person(), proposal_id, SENTENCES[1], waiting)
    with pytest.raises(NotFound):
        await handed_in(resident, proposal_id, SENTENCES[1], 999_999)


async def test_staff_are_marked(fresh, person, topic_id) -> None:
    topic = await topic_id()
    proposal_id = await published(await person(), topic)
    planner = await person(role=Role.PLANNER, topic_id=topic)
    elsewhere = await person(role=Role.PLANNER, topic_id=await topic_id("kommunegarden"))
    assert (await read(await handed_in(planner, proposal_id))).is_staff
    assert not (await read(await handed_in(elsewhere, proposal_id))).is_staff


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", Invalid),
        (" \n\u200b ", Invalid),
        ("a" * 5_001, Invalid),
        ("b" * 1_000_000, Invalid),
        ("Ring meg på 412 34 567 i kveld.", PersonalData),
        ("Skriv til kari.nordmann@example.org da.", PersonalData),
    ],
)
async def test_what_cannot_be_stored_is_refused(fresh, person, topic_id, body, error) -> None:
    proposal_id = await published(await person(), await topic_id())
    with pytest.raises(error):
        await handed_in(await person(), proposal_id, body)
    assert await fetch_value("SELECT count(*) FROM comment") == 0


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script> fint forslag",
        "'; DROP TABLE comment; --",
        "\u202eltr \u2066skjult\u2069 tekst",
        "Z\u0335\u0321" * 50,
        "a" * 5_000,
    ],
)
async def test_hostile_texts_are_only_texts(fresh, person, topic_id, body) -> None:
    proposal_id = await published(await person(), await topic_id())
    row = await read(await handed_in(await person(), proposal_id, body))
    assert 1 <= len(row.body) <= 5_000
    assert "\u202e" not in row.body


async def test_strangers_and_closed_proposals_are_refused(fresh, person, topic_id) -> None:
    author = await person()
    topic = await topic_id()
    proposal_id = await published(author, topic)
    with pytest.raises(Unauthenticated):
        await handed_in(Actor(municipality_id=3201), proposal_id)
    with pytest.raises(NotFound):
        await handed_in(await person(), await draft(author, topic))
    with pytest.raises(Invalid):
        await add_comment(author, proposal_ref(proposal_id), "Hei på deg", Stance.FOR, "xx")
    await execute("UPDATE topic SET comments_open = false WHERE id = $1", topic)
    with pytest.raises(Forbidden) as refused:
        await handed_in(await person(), proposal_id)
    assert refused.value.code == "comments_closed"


async def test_sent_twice_with_one_key_is_one_comment(fresh, person, topic_id) -> None:
    proposal_id = await published(await person(), await topic_id())
    resident = await person()
    sent = [
        add_comment(resident, proposal_ref(proposal_id), SENTENCES[0], Stance.FOR, "nb", key="k1")
        for _ in range(2)
    ]
    assert len(set(await asyncio.gather(*sent))) == 1
    assert await fetch_value("SELECT count(*) FROM comment") == 1
    with pytest.raises(Conflict):
        await add_comment(resident, proposal_ref(proposal_id), SENTENCES[1], Stance.FOR, "nb", key="k1")


async def test_there_is_a_limit_to_how_much_may_wait_and_how_fast(fresh, person, topic_id) -> None:
    proposal_id = await published(await person(), await topic_id())
    resident = await person()
    tried = [handed_in(resident, proposal_id, f"Kommentar nummer {n}") for n in range(WAITING + 4)]
    came = await asyncio.gather(*tried, return_exceptions=True)
    assert sum(isinstance(answer, int) for answer in came) == WAITING
    assert all(isinstance(answer, int | LimitExceeded) for answer in came)
    await execute("UPDATE comment SET state = 'published', published_at = now()")
    for n in range(AN_HOUR - WAITING):
        await handed_in(resident, proposal_id, f"En til, nummer {n}")
    with pytest.raises(LimitExceeded) as refused:
        await handed_in(resident, proposal_id)
    assert refused.value.code == "comment_rate"


async def test_only_its_author_takes_a_comment_back_and_once(fresh, person, topic_id) -> None:
    proposal_id = await published(await person(), await topic_id())
    resident = await person()
    comment_id = await commented(resident, proposal_id)
    with pytest.raises(Forbidden) as refused:
        await withdraw_comment(await person(role=Role.MODERATOR), comment_id)
    assert refused.value.code == "author_only"
    tried = await asyncio.gather(
        *(withdraw_comment(resident, comment_id) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in tried) == ["Forbidden", "NoneType"]
    assert (await read(comment_id)).state is CommentState.WITHDRAWN
    await count_comments(3201, proposal_id)
    assert await recount(3201, repair=False) == []


async def test_taking_back_what_waits_closes_its_case(fresh, person, topic_id) -> None:
    topic = await topic_id()
    proposal_id = await published(await person(), topic)
    await execute("UPDATE topic SET moderation_mode = 'approve_first' WHERE id = $1", topic)
    resident = await person()
    comment_id = await commented(resident, proposal_id)
    assert (await read(comment_id)).state is CommentState.SUBMITTED
    await withdraw_comment(resident, comment_id)
    cases = await fetch("SELECT state, decision FROM moderation_case WHERE subject_type = 'comment'")
    assert [tuple(case.values()) for case in cases] == [("decided", "lapse")]
