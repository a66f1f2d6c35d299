"""A decision against somebody says what is true: the ground, the moderator's own words, whom to write to, and where."""

from dataclasses import replace

import pytest

from backend.notifications.events import EventKind
from backend.notifications.fan_out import deliver_event
from backend.notifications.sending import send_deliveries
from backend.platform.database import execute, fetch_value, unit_of_work
from tests.fixtures.server import serving

K = EventKind
CONTACT = "samskap@example.org"
REASON = "Du skriver om naboen.\nSkriv om saken <i stedet>."


async def _decided(village, kind: EventKind, decision: str, *, reply: bool) -> int:
    """The event of a decision about the reply or the proposal, with the case that holds it."""
    case: int = await fetch_value(
        """INSERT INTO moderation_case (municipality_id, subject_type, subject_id, topic_id, author_id, origin, reasons,
               state, decision, decided_by_id, decided_at, reason_code, reason_text)
           VALUES ($1, $2, $3, $4, $5, 'moderator', '{}', 'decided', $6, $7, now(), 'personal_attack', $8)
           RETURNING id""",
        village.municipality,
        "comment" if reply else "proposal",
        village.reply if reply else village.proposal,
        village.topic,
        village.id_of("replier" if reply else "author"),
        decision,
        village.id_of("planner"),
        REASON,
    )
    return await village.happens(kind, reply=reply, case_id=case, reasons=["personal_attack"])


async def _send(village, settings, event: int) -> None:
    await deliver_event(village.municipality, event)
    waiting = await fetch_value("SELECT array_agg(id) FROM delivery WHERE channel = 'email'")
    await send_deliveries(replace(settings, contact_email=CONTACT), village.municipality, waiting)


@pytest.mark.parametrize(("kind", "decision"), [(K.CONTENT_HIDDEN, "hide"), (K.REJECTED, "reject")])
async def test_the_mail_about_a_comment(kind, decision, village, settings, office) -> None:
    await village.comment_becomes("hidden" if decision == "hide" else "rejected")
    event = await _decided(village, kind, decision, reply=True)
    await _send(village, settings, event)
    (mail,) = office.taken
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "\n- " in text, "the ground"
    assert "Moderatoren skriv:\n\n> Du skriver om naboen.\n> Skriv om saken <i stedet>.\n" in text
    assert f"Skriv til {CONTACT}" in text
    assert "klag" not in text
    where = f"%2Fnn%2Fkommentar%2F{village.reply}"
    assert f"http://testserver/nn/logg-inn?til={where}\n" in text
    page = mail.get_body(("html",)).get_content()
    assert "Skriv om saken &lt;i stedet&gt;." in page
    assert CONTACT in page


async def test_the_mail_about_a_proposal(village, settings, office) -> None:
    event = await _decided(village, K.REJECTED, "reject", reply=False)
    await _send(village, settings, event)
    mail = next(m for m in office.taken if m["To"].startswith("co_author"))
    text = mail.get_body(("plain",)).get_content()
    assert "The moderator writes:" in text
    assert f"Write to {CONTACT}" in text
    assert f"/en/logg-inn?til=%2Fen%2Fforslag%2F{village.proposal}" in text


async def test_without_its_words_a_decision_still_says_whom_to_write_to(village, settings, office) -> None:
    event = await _decided(village, K.CONTENT_HIDDEN, "hide", reply=True)
    async with unit_of_work():
        await execute("SELECT set_config('samskap.erasing', 'on', true)")
        await execute("UPDATE moderation_case SET reason_text = ''")
    await _send(village, settings, event)
    (mail,) = office.taken
    text = mail.get_body(("plain",)).get_content()
    assert "Moderatoren skriv" not in text
    assert f"Skriv til {CONTACT}" in text


async def test_the_link_leads_the_author_to_the_very_comment(village, settings, session_cookie) -> None:
    await _decided(village, K.CONTENT_HIDDEN, "hide", reply=True)
    await village.comment_becomes("hidden")
    path = f"/nn/kommentar/{village.reply}"
    async with serving(replace(settings, contact_email=CONTACT)) as served:
        assert (await served.http.get(path)).status_code == 404, "nobody else sees it"
        assert (await served.http.get("/nn/logg-inn", params={"til": path})).status_code == 200
        served.http.cookies.update(await session_cookie(village.people["replier"]))
        led = await served.http.get("/nn/logg-inn", params={"til": path})
        assert (led.status_code, led.headers["location"]) == (303, path)
        page = await served.http.get(path)
        assert page.status_code == 200
        assert "Du skriver om naboen." in page.text
        assert f"mailto:{CONTACT}" in page.text
        assert "Det er en god tanke." in page.text
        own = await served.http.get("/nn/min-side/kommentarer")
        assert f"mailto:{CONTACT}" in own.text
