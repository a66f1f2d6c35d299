"""Right before a mail leaves: still wanted, still so, still visible, not yet sent."""

import asyncio
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest

from backend.follows.service import unfollow_content
from backend.notifications.events import EventKind
from backend.notifications.fan_out import deliver_event
from backend.notifications.mutes import mute
from backend.notifications.preferences import set_preferences
from backend.notifications.sending import send_deliveries
from backend.platform.database import execute, fetch, fetch_value
from backend.proposals.states import Capacity, ProposalState
from tests.notifications.village import AUTHORS, EVERYBODY, INVOLVED, support_event
from tests.proposals.support import proposal_ref

K = EventKind


async def _reasons() -> dict[str, str | None]:
    rows = await fetch(
        """SELECT a.email, d.state, d.dropped_because FROM delivery d JOIN account a ON a.id = d.account_id
           WHERE d.channel = 'email'"""
    )
    return {str(row["email"]).split("@")[0]: row["dropped_because"] or row["state"] for row in rows}


async def _withdrawn(village) -> None:
    await village.becomes(ProposalState.WITHDRAWN, Capacity.AUTHOR)


async def _hidden(village) -> None:
    await village.becomes(ProposalState.HIDDEN, Capacity.MODERATOR)


async def _silenced(village) -> None:
    await village.wants("author", K.STATUS_CHANGED, "email", False)


async def _left(village) -> None:
    await execute("UPDATE account SET deleted_at = now() WHERE id = $1", village.id_of("author"))


async def _support_taken_back(village) -> None:
    await support_event(village, "supporter", 2)


async def _muted(village) -> None:
    for who in ("supporter", "author"):
        await mute(village.people[who], proposal_ref(village.proposal))


async def _cause_off(village) -> None:
    await set_preferences(village.people["supporter"], [], [("supporter", "email", False)])


async def _unfollowed(village) -> None:
    await unfollow_content(village.people["follower"], proposal_ref(village.proposal))


_ALL_SENT = dict.fromkeys(EVERYBODY, "sent")


@pytest.mark.parametrize(
    ("meanwhile", "expected"),
    [
        (_withdrawn, dict.fromkeys(EVERYBODY, "no_longer_so")),
        (_hidden, dict.fromkeys(AUTHORS, "no_longer_so") | dict.fromkeys(INVOLVED, "not_visible")),
        (_silenced, _ALL_SENT | {"author": "unwanted"}),
        (_left, _ALL_SENT | {"author": "account_gone"}),
        (_support_taken_back, _ALL_SENT | {"supporter": "unwanted"}),
        (_muted, _ALL_SENT | {"supporter": "muted", "author": "muted"}),
        (_cause_off, _ALL_SENT | {"supporter": "unwanted"}),
        (_unfollowed, _ALL_SENT | {"follower": "unwanted"}),
    ],
)
async def test_what_changes_before_sending_is_heeded(meanwhile, expected, village, work, office) -> None:
    event = await village.happens(K.STATUS_CHANGED, "planner")
    await deliver_event(village.municipality, event)
    assert set((await _reasons()).values()) == {"waiting"}
    await meanwhile(village)
    await work()
    assert await _reasons() == expected
    assert len(office.taken) == list(expected.values()).count("sent")


async def test_a_comment_hidden_meanwhile_is_not_announced(village, work, office) -> None:
    event = await village.happens(K.COMMENT_ON_YOURS, "replier", reply=True)
    await deliver_event(village.municipality, event)
    await village.comment_becomes("hidden")
    await work()
    assert set((await _reasons()).values()) == {"no_longer_so"}
    assert office.taken == []


async def test_an_answer_taken_back_is_not_announced(village, work, office) -> None:
    await village.becomes(ProposalState.ANSWERED, Capacity.PLANNER, outcome="declined")
    event = await village.happens(K.ANSWERED, "planner")
    await deliver_event(village.municipality, event)
    await village.becomes(ProposalState.ASSESSMENT, Capacity.PLANNER)
    await work()
    assert set((await _reasons()).values()) == {"no_longer_so"}
    assert office.taken == []


async def test_an_address_removed_meanwhile(village, work, office) -> None:
    event = await village.happens(K.STATUS_CHANGED, "planner")
    await deliver_event(village.municipality, event)
    await execute("UPDATE account SET email = NULL WHERE id = $1", village.id_of("author"))
    await work()
    assert await fetch_value("SELECT state FROM delivery WHERE dropped_because = 'no_address'") == "dropped"
    assert len(office.taken) == len(EVERYBODY) - 1


async def test_two_workers_at_once_send_each_mail_once(village, settings, office) -> None:
    office.slowness = 0.05
    event = await village.happens(K.STATUS_CHANGED, "planner")
    await deliver_event(village.municipality, event)
    ids = [row["id"] for row in await fetch("SELECT id FROM delivery WHERE channel = 'email' ORDER BY id")]
    await asyncio.gather(*(send_deliveries(settings, village.municipality, ids) for _ in range(4)))
    assert sorted(m["To"].split("@")[0] for m in office.taken) == sorted(EVERYBODY)
    assert office.tries == len(EVERYBODY)


async def test_the_words_of_a_mail(village, work, office) -> None:
    await village.becomes(ProposalState.ANSWERED, Capacity.PLANNER, outcome="partly")
    await village.happens(K.ANSWERED, "planner")
    await work()
    mails = {m["To"].split("@")[0]: m for m in office.taken}
    text = mails["author"].get_body(("plain",)).get_content()
    assert "Hei, Den Author." in text
    assert "«Sykkelvei langs Sandvikselva». Svar: delvis ja." in text
    assert f"http://testserver/nn/forslag/{village.proposal}\r\n" in text, "in the language of the mail"
    assert "http://testserver/nn/min-side/varsler/innstillinger" in text
    assert "Du får denne e-posten fordi forslaget er ditt." in text
    page = mails["co_author"].get_body(("html",)).get_content()
    assert '<html lang="en">' in page
    assert f'href="http://testserver/en/forslag/{village.proposal}"' in page
    assert mails["follower"]["List-Unsubscribe"].startswith("<http://testserver/nb/varsler/av/")
    assert mails["follower"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "fordi du følger forslaget" in mails["follower"].get_body(("plain",)).get_content()
    assert mails["follower"]["Auto-Submitted"] == "auto-generated"
    assert all("Sykkelvei" not in m["Subject"] and "Den " not in m["Subject"] for m in office.taken)


async def test_reasons_are_notified_in_the_persons_language(village, work, office) -> None:
    await village.happens(K.HELD, reasons=["links", "off_topic", "unknown_to_us"])
    await work()
    text = next(m for m in office.taken if m["To"].startswith("co_author")).get_body(("plain",)).get_content()
    assert "- The text contains links" in text
    assert "- Does not belong to the topic." in text
    assert "unknown_to_us" not in text


@pytest.mark.parametrize(
    "evil",
    [
        "Uskyldig\r\nBcc: alle@example.org\r\n\r\nLes dette",
        "<script>alert(1)</script> & \"$link\" '$text' {title} %(x)s",
        "\u2028Linje\x00\x1bskift",
    ],
)
async def test_names_and_titles_cannot_change_the_message(evil, village, work, office) -> None:
    await execute("UPDATE account SET display_name = $1 WHERE email IS NOT NULL", evil.replace("\x00", ""))
    await execute("UPDATE proposal SET title = $1", evil.replace("\x00", ""))
    await execute("UPDATE topic_text SET title = $1", evil.replace("\x00", ""))
    await village.wants("topic_follower", K.NEW_IN_TOPIC, "email", True)
    await village.happens(K.NEW_IN_TOPIC, "author")
    await work()
    (message,) = office.taken
    assert message["X-Recipients"] == message["To"] == "topic_follower@example.org"
    assert message["Bcc"] is None
    assert message["Subject"] == "New proposal in a topic you follow"
    page = message.get_body(("html",)).get_content()
    assert "<script" not in page
    assert "$" not in page.replace("$link", "").replace("$text", "")


@pytest.mark.parametrize(
    "address",
    ["a@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org", "ikke en adresse", "<a@b.no>"],
)
async def test_an_address_that_is_none_is_never_written_to(address, village, work, office) -> None:
    await execute("UPDATE account SET email = $2 WHERE id = $1", village.id_of("author"), address)
    await village.happens(K.STATUS_CHANGED, "planner")
    await work()
    assert await fetch_value("SELECT dropped_because FROM delivery WHERE state = 'failed'") == "bad_address"
    assert sorted(m["To"].split("@")[0] for m in office.taken) == sorted(EVERYBODY.keys() - {"author"})


async def test_without_a_mail_server_mails_are_files(village, settings, tmp_path) -> None:
    settings = replace(settings, smtp_url="", mail_dir=tmp_path / "mail")
    event = await village.happens(K.STATUS_CHANGED, "planner")
    await deliver_event(village.municipality, event)
    ids = [row["id"] for row in await fetch("SELECT id FROM delivery WHERE channel = 'email'")]
    await send_deliveries(settings, village.municipality, ids)
    files = sorted((tmp_path / "mail").iterdir())
    assert [file.name for file in files] == sorted(f"varsel.3201.{number}.eml" for number in ids)
    mails = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
    assert {m["To"] for m in mails} == {f"{who}@example.org" for who in EVERYBODY}
