"""What is closed to all says so to all: nobody is sent to log in for it, and no button leads there."""

from typing import Any

import pytest

from backend.platform.database import execute, fetch_value
from tests.fixtures.server import Served

TOPIC = "/nb/tema/mobilitetsstrategi"
CLOSINGS = {
    "later": ("opens_at = now() + interval '1 day'", "Temaet har ikke åpnet ennå."),
    "over": (
        "opens_at = now() - interval '9 days', closes_at = now() - interval '1 day'",
        "Temaet er avsluttet.",
    ),
    "switched off": (
        "proposals_open = FALSE, supports_open = FALSE, comments_open = FALSE",
        "Temaet tar ikke imot nye forslag nå.",
    ),
}


@pytest.mark.parametrize("closing", CLOSINGS)
@pytest.mark.parametrize("who", ["stranger", "resident"])
async def test_the_reason_comes_before_the_login(
    served: Served, published: int, person: Any, session_cookie: Any, closing: str, who: str
) -> None:
    change, reason = CLOSINGS[closing]
    await execute(f"UPDATE topic SET {change} WHERE slug = 'mobilitetsstrategi'")
    if who == "resident":
        served.http.cookies.update(await session_cookie(await person()))
    topic = (await served.http.get(TOPIC)).text
    assert reason in topic
    assert "/forslag/nytt?tema=mobilitetsstrategi" not in topic
    proposal = (await served.http.get(f"/nb/forslag/{published}")).text
    for button in ("Logg inn for å støtte", "Logg inn for å kommentere", "Støtt forslaget"):
        assert button not in proposal
    answer = ("Det er ikke åpent for støtte", "Det er ikke åpent for kommentarer")
    for text in answer if closing == "switched off" else (reason,):
        assert text in proposal


async def test_where_it_is_open_a_stranger_is_prompted_to_log_in(served: Served, published: int) -> None:
    assert "/forslag/nytt?tema=mobilitetsstrategi" in (await served.http.get(TOPIC)).text
    proposal = (await served.http.get(f"/nb/forslag/{published}")).text
    assert "Logg inn for å støtte" in proposal
    assert "Logg inn for å kommentere" in proposal


async def test_nobody_is_prompted_to_log_in_to_reply_where_it_is_closed(
    served: Served, published: int, person: Any
) -> None:
    number = await fetch_value(
        """INSERT INTO comment (municipality_id, proposal_id, author_id, stance, language, body, state, published_at)
           VALUES (3201, $1, $2, 'neutral', 'nb', 'Godt forslag.', 'published', now()) RETURNING id""",
        published,
        (await person()).account_id,
    )
    assert "Logg inn for å svare" in (await served.http.get(f"/nb/kommentar/{number}")).text
    await execute("UPDATE topic SET comments_open = FALSE")
    # What strangers see is kept until the topic is heard to have changed, as its own pages say it.
    await execute("SELECT pg_notify('changed', 'topic:' || id) FROM topic")
    shown = await served.http.get(f"/nb/kommentar/{number}?x=1")
    assert "Logg inn for å svare" not in shown.text
    assert "Det er ikke åpent for kommentarer" in shown.text
