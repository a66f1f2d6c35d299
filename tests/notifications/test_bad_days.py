"""Mail servers that are away, refuse, or hang up; workers that die."""

import pytest

from backend.notifications.events import EventKind
from backend.notifications.fan_out import deliver_event
from backend.notifications.sending import send_deliveries, sweep
from backend.platform.database import execute, fetch, fetch_value
from backend.platform.exclusive import exclusive
from tests.notifications.post_office import Day
from workers.job import run_row

K = EventKind
HELD_MAILS = 2


async def _states() -> list[str]:
    rows = await fetch("SELECT state FROM delivery WHERE channel = 'email' ORDER BY id")
    return [row["state"] for row in rows]


async def test_while_the_server_is_down_mails_wait_and_are_then_sent_once(village, work, office) -> None:
    await office.close()
    await village.happens(K.HELD)
    await work()
    assert await _states() == ["waiting"] * HELD_MAILS
    row = (await fetch("SELECT attempts, due_at > now() AS later FROM outbox WHERE job = 'send_mail'"))[0]
    assert (row["attempts"], row["later"]) == (1, True)
    await work(again=True)
    assert await _states() == ["waiting"] * HELD_MAILS
    await office.open()
    await work(again=True)
    assert await _states() == ["sent"] * HELD_MAILS
    assert len(set(office.ids())) == len(office.taken) == HELD_MAILS
    assert await fetch_value("SELECT count(*) FROM outbox WHERE job = 'send_mail' AND done_at IS NULL") == 0


@pytest.mark.parametrize("day", [Day.HANGS_UP_BEFORE_KEEPING, Day.HANGS_UP_AFTER_KEEPING])
async def test_a_connection_lost_after_the_message_gives_one_message_by_its_id(
    day, village, work, office
) -> None:
    office.day = day
    await village.happens(K.HELD)
    await work()
    assert "sent" not in await _states()
    office.day = Day.GOOD
    await work(again=True)
    assert await _states() == ["sent"] * HELD_MAILS
    assert len(set(office.ids())) == HELD_MAILS
    bodies = {str(m["Message-ID"]): m.get_body(("plain",)).get_content() for m in office.taken}
    assert all(bodies[str(m["Message-ID"])] == m.get_body(("plain",)).get_content() for m in office.taken)


async def test_a_busy_server_is_requested_again_and_a_refusal_is_for_good(village, work, office) -> None:
    office.day = Day.BUSY
    await village.happens(K.HELD)
    await work()
    assert await _states() == ["waiting"] * HELD_MAILS
    office.day = Day.REFUSES
    await work(again=True)
    assert await _states() == ["failed"] * HELD_MAILS
    assert (
        await fetch_value("SELECT DISTINCT dropped_because FROM delivery WHERE state = 'failed'") == "refused"
    )
    tries = office.tries
    await sweep(village.municipality)
    await work(again=True)
    assert office.tries == tries


async def test_what_a_dead_worker_left_behind_is_sent_by_another(village, work, office) -> None:
    await village.happens(K.HELD)
    await work()
    office.taken.clear()
    await execute("UPDATE outbox SET done_at = NULL WHERE job = 'send_mail'")
    await execute("UPDATE delivery SET state = 'sending', claimed_at = now() WHERE channel = 'email'")
    assert await work() == 1
    assert await _states() == ["sent"] * HELD_MAILS
    assert len(office.taken) == HELD_MAILS


async def test_what_another_sends_is_left_to_it_and_looked_at_again(village, settings, work, office) -> None:
    event = await village.happens(K.HELD)
    await deliver_event(village.municipality, event)
    ids = [row["id"] for row in await fetch("SELECT id FROM delivery WHERE channel = 'email' ORDER BY id")]
    async with exclusive("delivery", ids[:1]):
        assert not await send_deliveries(settings, village.municipality, ids)
        assert await _states() == ["waiting", "sent"]
        await run_row(await fetch_value("SELECT max(id) FROM outbox WHERE job = 'send_mail'"))
        assert await _states() == ["waiting", "sent"]
    row = (await fetch("SELECT attempts, done_at, error FROM outbox WHERE job = 'send_mail'"))[0]
    assert tuple(row.values()) == (0, None, None)
    await work()
    assert await _states() == ["sent"] * HELD_MAILS
    assert len(office.taken) == HELD_MAILS


async def test_what_was_left_without_a_job_is_swept_up(village, settings, work, office) -> None:
    event = await village.happens(K.HELD)
    await deliver_event(village.municipality, event)
    await execute("UPDATE outbox SET done_at = now()")
    await execute("UPDATE delivery SET state = 'sending', claimed_at = now() WHERE channel = 'email'")
    await sweep(village.municipality)
    assert await work() == 0
    await execute("UPDATE delivery SET claimed_at = now() - interval '61 seconds' WHERE channel = 'email'")
    await sweep(village.municipality)
    await sweep(village.municipality)
    assert await work() == 1
    assert await _states() == ["sent"] * HELD_MAILS
    assert len(office.taken) == HELD_MAILS


async def test_a_mail_whose_job_is_lost_is_requested_again_and_given_up_after_two_days(
    village, settings, work, office
) -> None:
    event = await village.happens(K.HELD)
    await deliver_event(village.municipality, event)
    await execute("DELETE FROM outbox")
    author = village.id_of("author")
    await execute("UPDATE delivery SET created_at = now() - interval '11 minutes' WHERE channel = 'email'")
    await execute(
        "UPDATE delivery SET created_at = now() - interval '49 hours' WHERE account_id = $1", author
    )
    await sweep(village.municipality)
    await work()
    assert [m["To"] for m in office.taken] == ["co_author@example.org"]
    assert await fetch_value("SELECT state FROM delivery WHERE dropped_because = 'given_up'") == "failed"
