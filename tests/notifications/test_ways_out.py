"""The way out of notifications: by the link in a mail, by one click of a mail program, and on the proposal's page."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from backend.notifications.events import EventKind
from backend.notifications.kinds import Cause, Channel
from backend.notifications.preferences import cause_preferences_of, preferences_of
from backend.notifications.ways_out import (
    Scope,
    WayOut,
    read_way_out,
    take_way_out,
    way_out_state,
    way_out_token,
)
from backend.platform.database import fetch_value
from backend.platform.errors import NotFound
from backend.proposals.states import Capacity, ProposalState
from tests.fixtures.server import Served, serving
from tests.proposals.support import proposal_ref

K = EventKind
OURS = {"sec-fetch-site": "same-origin"}


@pytest.fixture
async def site(settings) -> AsyncIterator[Served]:
    async with serving(settings) as running:
        yield running


async def _mail_to(who: str, village, work, office, kind=K.STATUS_CHANGED):
    await village.happens(kind, "planner")
    await work()
    (mail,) = [m for m in office.taken if m["To"].startswith(f"{who}@")]
    return mail


def _path(mail) -> str:
    address: str = mail["List-Unsubscribe"].strip("<>")
    assert address in mail.get_body(("plain",)).get_content().replace("=\n", "")
    return address.removeprefix("http://testserver")


async def _mutes() -> int:
    found: int = await fetch_value("SELECT count(*) FROM notification_mute")
    return found


async def test_one_click_of_a_mail_program(village, work, office, site) -> None:
    mail = await _mail_to("supporter", village, work, office)
    path = _path(mail)
    assert path.startswith("/nn/varsler/av/")
    # RFC 8058: no cookies, from anywhere, either type of form.
    kinds = (
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
    )
    for form in kinds:
        answer = await site.http.post(path, headers={"Origin": "https://mail.example"}, **form)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        assert await fetch_value("SELECT account_id FROM notification_mute") == village.id_of("supporter")
        assert await _mutes() == 1
    office.taken.clear()
    await village.happens(K.ANSWERED, "planner", key="2")
    await village.happens(K.AMENDED, "planner", key="3")
    await work()
    assert "supporter" not in {m["To"].split("@")[0] for m in office.taken}


async def test_opening_the_link_changes_nothing_and_its_buttons_do(village, work, office, site) -> None:
    path = _path(await _mail_to("supporter", village, work, office))
    page = await site.http.get(path)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "private, no-store"
    assert village.people["supporter"].language == "nn"
    assert "Sykkelvei langs Sandvikselva" in page.text
    assert page.text.count(f'action="{path}"') == 3
    assert await _mutes() == 0
    assert (await site.http.get(path)).text.count("Slå av</button>") == 3
    await site.http.post(path, data={"valg": "forslag"})
    assert await _mutes() == 1
    await site.http.post(path, data={"valg": "forslag", "paa": "ja"})
    assert await _mutes() == 0
    await site.http.post(path, data={"valg": "grunn"})
    supporter = village.people["supporter"]
    causes = {(c.cause, c.channel) for c in await cause_preferences_of(supporter) if not c.is_enabled}
    assert causes == {(Cause.SUPPORTER, Channel.EMAIL)}
    done = await site.http.post(path, data={"valg": "slag"})
    assert "Slå på igjen" in done.text
    kinds = {(p.kind, p.channel): p.enabled for p in await preferences_of(supporter)}
    assert not kinds[K.STATUS_CHANGED, Channel.EMAIL]
    assert kinds[K.STATUS_CHANGED, Channel.IN_APP]


async def test_a_hidden_proposals_title_is_not_shown(village, work, office, site) -> None:
    path = _path(await _mail_to("supporter", village, work, office))
    await village.becomes(ProposalState.HIDDEN, Capacity.MODERATOR)
    page = await site.http.get(path)
    assert page.status_code == 200
    assert "Sandvikselva" not in page.text


async def test_a_mail_about_ones_own_words_offers_that_kind(village, work, office, site) -> None:
    mail = await _mail_to("author", village, work, office, K.PUBLISHED)
    path = _path(mail)
    await site.http.post(path, data={"List-Unsubscribe": "One-Click"})
    assert await _mutes() == 0
    kinds = {(p.kind, p.channel): p.enabled for p in await preferences_of(village.people["author"])}
    assert not kinds[K.PUBLISHED, Channel.EMAIL]
    assert kinds[K.REJECTED, Channel.EMAIL]


async def test_tokens_are_bound_to_what_they_are_for(village, settings, site) -> None:
    way_out = WayOut(
        3201, village.id_of("supporter"), K.ANSWERED, Cause.SUPPORTER, proposal_ref(village.proposal)
    )
    token = way_out_token(settings, way_out)
    assert read_way_out(settings, token) == way_out
    other = str(village.id_of("author"))
    head, account, *rest = token.split(".")
    forged = [
        "",
        "x",
        "x" * 10_000,
        token[:-1],
        token + "a",
        ".".join([head, other, *rest]),
        token.replace("answered", "amended"),
        token.replace("1.", "2.", 1),
        token.replace("1.", "¹.", 1),
        "\ud800" + token,
        account,
    ]
    for wrong in forged:
        with pytest.raises(NotFound):
            await take_way_out(settings, wrong, None)
    for elsewhere in (replace(settings, municipality=3203), replace(settings, peppers={1: b"x" * 32})):
        with pytest.raises(NotFound):
            read_way_out(elsewhere, token)
    newer = replace(settings, peppers={**settings.peppers, 9: b"y" * 32})
    assert read_way_out(newer, token) == way_out, "an old mail's link outlives a new pepper"
    site.http.cookies.set("samskap", token)
    assert (await site.http.get("/nb/min-side")).status_code == 303, "it opens no session"
    answer = await site.http.get(f"/nb/varsler/av/{token[:-1]}")
    assert answer.status_code == 404
    assert "Logg inn og velg hva du vil ha varsler om" in answer.text


async def test_who_has_left_has_nothing_to_end(village, settings) -> None:
    left = WayOut(3201, village.id_of("left"), K.ANSWERED, Cause.PROPOSAL, proposal_ref(village.proposal))
    with pytest.raises(NotFound):
        await way_out_state(settings, way_out_token(settings, left))
    with pytest.raises(NotFound):
        await take_way_out(settings, way_out_token(settings, left), Scope.PROPOSAL)
    author = WayOut(3201, village.id_of("author"), K.ANSWERED, Cause.AUTHOR, proposal_ref(village.proposal))
    with pytest.raises(NotFound):
        await take_way_out(settings, way_out_token(settings, author), Scope.CAUSE)


async def test_many_clicks_are_one(village, settings) -> None:
    way_out = WayOut(
        3201, village.id_of("supporter"), K.ANSWERED, Cause.SUPPORTER, proposal_ref(village.proposal)
    )
    token = way_out_token(settings, way_out)
    for _ in range(5):
        state = await take_way_out(settings, token, None)
        assert Scope.PROPOSAL not in state.enabled
    assert await _mutes() == 1


async def test_on_the_proposals_page(village, site, session_cookie) -> None:
    supporter = village.people["supporter"]
    here = f"/nb/forslag/{village.proposal}"
    site.http.cookies.update(await session_cookie(supporter))
    assert "fordi du støtter forslaget" in (await site.http.get(here)).text
    led = await site.http.post(f"{here}/varsler", data={"csrf": ""}, headers=OURS)
    assert (led.status_code, led.headers["location"]) == (303, f"{here}#folg")
    muted = (await site.http.get(here)).text
    assert "Du har slått av varsler om forslaget." in muted
    assert re.search(r'name="paa" value="ja"', muted)
    assert await _mutes() == 1
    await site.http.post(f"{here}/varsler", data={"csrf": "", "paa": "ja"}, headers=OURS)
    assert await _mutes() == 0
    foreign = await site.http.post(
        f"{here}/varsler", data={"csrf": ""}, headers={"sec-fetch-site": "cross-site"}
    )
    assert (foreign.status_code, await _mutes()) == (403, 0)


async def test_causes_are_chosen_on_ones_page(village, site, session_cookie) -> None:
    supporter = village.people["supporter"]
    site.http.cookies.update(await session_cookie(supporter))
    page = (await site.http.get("/nb/min-side/varsler/innstillinger")).text
    assert page.count('name="grunn"') == 3
    rows = re.findall(r'name="(rad|grunn)" value="([^"]*)"', page)
    ticked = re.findall(r'name="valg" value="([^"]*)"[^>]* checked', page)
    left = [value for value in ticked if value != "SUPPORTER:EMAIL"]
    assert len(left) == len(ticked) - 1
    form = {"csrf": "", "valg": left}
    for name in ("rad", "grunn"):
        form[name] = [value for each, value in rows if each == name]
    led = await site.http.post("/nb/min-side/varsler/innstillinger", data=form, headers=OURS)
    assert led.status_code == 303
    changed = {(c.cause, c.channel) for c in await cause_preferences_of(supporter) if not c.is_enabled}
    assert changed == {(Cause.SUPPORTER, Channel.EMAIL)}
    assert await fetch_value("SELECT count(*) FROM notification_preference") == 0, "nothing else was touched"
