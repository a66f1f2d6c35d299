"""Every page, feed, card and export on every data set, by whoever may come: none is a fault of ours."""

import itertools
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from backend.accounts.claims import LoginClaims
from backend.accounts.sessions import cookie_name, start_session
from backend.content.registry import kinds, root_kind
from backend.notifications.wording import render_message
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch
from backend.platform.settings import Settings
from tests.fixtures.data_sets import DATA_SETS
from tests.fixtures.databases import open_clone
from tests.fixtures.people import make_person
from tests.fixtures.server import Served, serving
from tests.web.test_every_route import PARTS, reading

WHO: dict[str, tuple[Role, ...] | None] = {
    "stranger": None,
    "resident": (),
    "planner": (Role.PLANNER,),
    "moderator": (Role.MODERATOR,),
    "administrator": (Role.ADMIN,),
}
TOPICS = ["mobilitetsstrategi", "omastadi"]
_ELSEWHERE = ("/login/", "/logout/")
"""Without a provider there is no logging in: 503."""


@pytest.fixture(params=DATA_SETS)
async def filled(request: Any, data_sets: dict[str, Settings]) -> AsyncIterator[Served]:
    """The application over one of the data sets."""
    async with open_clone(data_sets[request.param]) as settings, serving(settings) as running:
        yield running


async def _somebody(settings: Settings, roles: tuple[Role, ...]) -> dict[str, str]:
    person = await make_person(settings, name="Prøvende Penn")
    for role in roles:
        await execute(
            "INSERT INTO role_grant (municipality_id, account_id, role) VALUES ($1, $2, $3)",
            settings.municipality,
            person.account_id,
            role.value,
        )
    await _stand_behind_everything(settings, person)
    assert person.account_id is not None
    claims = LoginClaims(subject=f"subject-{person.account_id}")
    token = await start_session(
        settings, person.account_id, "idporten", claims, device="Firefox, Linux", replaces=None
    )
    return {cookie_name(settings): token}


async def _stand_behind_everything(settings: Settings, person: Actor) -> None:
    """Follow what there is, so that one's own pages have something to list."""
    await execute(
        """INSERT INTO follow (municipality_id, account_id, proposal_id)
           SELECT $1, $2, id FROM proposal WHERE municipality_id = $1 AND published_at IS NOT NULL
           ORDER BY source NULLS LAST, id DESC LIMIT 300""",
        settings.municipality,
        person.account_id,
    )


async def _numbers(settings: Settings, *, thoroughly: bool) -> list[str]:
    """A proposal of each kind that there is: by state, outcome and source, and by what it lacks."""
    lacks = ", position IS NULL, place_id IS NULL, body = ''" if thoroughly else ""
    rows = await fetch(
        f"""SELECT min(id) FROM proposal WHERE municipality_id = $1
            GROUP BY CASE WHEN source IS NOT NULL OR $2 THEN state END, outcome, source{lacks}""",
        settings.municipality,
        thoroughly,
    )
    return sorted({"1", *(str(row["min"]) for row in rows)}, key=int)


def _addresses(path: str, numbers: list[str], slugs: list[str]) -> Iterator[str]:
    """The route's path for everything it may name."""
    for name, value in PARTS.items():
        if name != "{slug}" and not (name == "{number:int}" and "/forslag/" in path):
            path = path.replace(name, value)
    for number, slug in itertools.product(
        numbers if "{number:int}" in path else [""], slugs if "{slug}" in path else [""]
    ):
        yield path.replace("{number:int}", number).replace("{slug}", slug)


LISTS = (
    *("/nb/", "/nn/", "/en/", "/nb/?sted=UGxhY2U6MQ"),
    *("/nb/forslag?sorter=besvart", "/nb/forslag?sorter=mest-stottet", "/nb/forslag?sorter=aktive"),
    *("/nb/forslag?vis=kart", "/nb/forslag?status=besvart", "/nb/forslag?sok=puisto", "/nb/tema?alle=ja"),
    *("/nb/forslag/atom.xml?sorter=besvart", "/nn/tema/omastadi", "/en/tema/omastadi"),
    *("/nb/saksbehandling/forslag?sorter=besvart", "/nb/saksbehandling/forslag?frist=over"),
)


@pytest.mark.parametrize("who", WHO)
async def test_no_page_fails(filled: Served, who: str) -> None:
    roles = WHO[who]
    cookies = {} if roles is None else await _somebody(filled.settings, roles)
    numbers = await _numbers(filled.settings, thoroughly=roles is None)
    slugs = [row["slug"] for row in await fetch("SELECT slug FROM topic WHERE slug = ANY($1)", TOPICS)]
    walk = [*LISTS]
    for route in reading(filled.app):
        walk += _addresses(route.path, numbers, slugs)
    failed = []
    async with httpx.AsyncClient(base_url=filled.url, cookies=cookies, timeout=60) as http:
        for address in walk:
            answer = await http.get(address, headers={"accept": "text/html"})
            if answer.status_code >= 500 and not address.startswith(_ELSEWHERE):
                failed.append((address, answer.status_code))
    assert failed == []


async def test_every_mail_can_be_written(filled: Served) -> None:
    reader = await make_person(filled.settings, name="Lesende Lupe")
    numbers = [int(number) for number in await _numbers(filled.settings, thoroughly=True)]
    known = await root_kind("proposal").summaries(reader, numbers)
    said = {
        (number, language, key): render_message(language, wording, summary, {})
        for number, summary in known.items()
        for language in ("nb", "nn", "en")
        for kind in kinds().values()
        for key, wording in kind.wordings.items()
    }
    assert [key for key, words in said.items() if not words.subject or "{" in words.text] == []
    assert bool(said) == bool(known)
