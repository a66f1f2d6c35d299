"""Each kind reaches exactly those concerned, once, for the strongest cause, in their language."""

import pytest

from backend.notifications.events import EventKind
from backend.notifications.fan_out import deliver_event
from backend.notifications.kinds import KINDS
from backend.platform.database import fetch, fetch_value
from backend.proposals.states import Capacity, ProposalState
from tests.notifications.village import AUTHORS, EVERYBODY, INVOLVED

K = EventKind
REPLIER = {"replier": "commenter"}

CASES = [
    (K.PUBLISHED, "author", False, AUTHORS),
    (K.PUBLISHED, "replier", True, REPLIER),
    (K.HELD, None, False, AUTHORS),
    (K.HELD, None, True, REPLIER),
    (K.REJECTED, "planner", False, AUTHORS),
    (K.REJECTED, "planner", True, REPLIER),
    (K.CONTENT_HIDDEN, None, False, AUTHORS),
    (K.CONTENT_HIDDEN, None, True, REPLIER),
    (K.ANSWERED, "planner", False, EVERYBODY),
    (K.STATUS_CHANGED, "planner", False, EVERYBODY),
    (K.COMMENT_ON_YOURS, "replier", True, AUTHORS | {"commenter": "commenter"}),
    (K.NEW_ON_PROPOSAL, "replier", True, {"follower": "proposal", "planner": "proposal"}),
    (K.NEW_IN_TOPIC, "author", False, {"follower": "topic", "topic_follower": "topic", "planner": "topic"}),
    (K.AMENDED, "author", False, INVOLVED | {"co_author": "author", "planner": "proposal"}),
]
SUBJECTS = {
    (K.ANSWERED, "author"): "Kommunen har svara på forslaget ditt",
    (K.ANSWERED, "co_author"): "The municipality has answered your proposal",
    (K.ANSWERED, "supporter"): "Kommunen har svara på eit forslag du støttar",
    (K.ANSWERED, "commenter"): "Kommunen har svart på et forslag du har kommentert",
    (K.ANSWERED, "follower"): "Kommunen har svart på et forslag du følger",
    (K.COMMENT_ON_YOURS, "author"): "Ny kommentar til forslaget ditt",
    (K.COMMENT_ON_YOURS, "co_author"): "New comment on your proposal",
    (K.COMMENT_ON_YOURS, "commenter"): "Svar på kommentaren din",
}


@pytest.mark.parametrize(("kind", "by", "about_comment", "expected"), CASES)
async def test_a_kind_reaches_those_concerned(
    kind, by, about_comment, expected, village, work, office
) -> None:
    if kind is K.HELD and about_comment:
        await village.comment_becomes("submitted")
    if kind is K.ANSWERED:
        await village.becomes(ProposalState.ANSWERED, Capacity.PLANNER, outcome="partly")
    await village.happens(kind, by, reply=about_comment)
    await work()
    assert await village.recipients("in_app", "sent") == expected
    by_mail = expected if KINDS[kind].by_email else {}
    assert await village.recipients("email", "sent") == by_mail
    assert sorted(m["To"] for m in office.taken) == sorted(f"{who}@example.org" for who in by_mail)
    for message in office.taken:
        who = message["To"].split("@")[0]
        assert message["Content-Language"] == village.people[who].language
        assert message["Subject"] == SUBJECTS.get((kind, who), message["Subject"])


async def test_every_kind_is_in_the_table() -> None:
    assert set(KINDS) == set(EventKind) == {kind for kind, *_ in CASES}


async def test_who_chose_mail_gets_mail_and_who_chose_none_gets_none(village, work, office) -> None:
    await village.wants("topic_follower", K.NEW_IN_TOPIC, "email", True)
    await village.wants("follower", K.NEW_IN_TOPIC, "in_app", False)
    await village.happens(K.NEW_IN_TOPIC, "author")
    await work()
    assert await village.recipients("in_app", "sent") == {"topic_follower": "topic", "planner": "topic"}
    (message,) = office.taken
    assert message["Subject"] == "New proposal in a topic you follow"
    assert "Mobil" in message.get_body(("plain",)).get_content()


async def test_the_same_event_notified_again_doubles_nothing(village, work, office) -> None:
    event = await village.happens(K.STATUS_CHANGED, "planner")
    assert await village.happens(K.STATUS_CHANGED, "planner") == event
    await work()
    before = await fetch("SELECT * FROM delivery ORDER BY id")
    await deliver_event(village.municipality, event)
    assert await work() == 0
    assert await fetch("SELECT * FROM delivery ORDER BY id") == before
    assert len(office.taken) == len(set(office.ids())) == len(EVERYBODY)


async def test_nobody_in_another_municipality_is_notified(village, work) -> None:
    event = await village.happens(K.STATUS_CHANGED, "planner")
    await deliver_event(village.municipality + 1, event)
    assert await fetch_value("SELECT count(*) FROM delivery") == 0


async def test_what_is_hidden_before_anybody_was_notified_stays_unknown(village, work, office) -> None:
    await village.happens(K.NEW_IN_TOPIC, "author")
    await village.becomes(ProposalState.HIDDEN, Capacity.MODERATOR)
    await work()
    assert await village.recipients("in_app", "sent") == {}
    assert set(await village.recipients("in_app", "dropped")) == {"follower", "topic_follower", "planner"}
    assert office.taken == []
