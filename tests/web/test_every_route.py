"""Every route there is, walked as those come who mean no good: other sites, strangers, odd addresses and headers."""

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.platform.authz import Role
from backend.platform.database import execute, fetch
from tests.fixtures.server import Served

BACK_CHANNEL = "/logout/back/{provider}"
"""Sent by a provider, not by a browser: a signed token decides."""

# Their authority is a signed word in the address, so a mail program may post them from anywhere without a cookie.
BY_ADDRESS = ("/{language:language}/varsler/av/{token}", "/{language:language}/min-side/epost/{secret}")
STREAM = "/{language:language}/forslag/{number:int}/strom"
STAFF = ("/saksbehandling", "/moderering", "/administrasjon")
OWN = {"sec-fetch-site": "same-origin", "accept": "text/html"}
OTHER_SITE = "Forespørselen kom fra et annet nettsted."
PARTS = {
    "{token}": "1.1.1.answered.author.tull",
    "{language:language}": "nb",
    "{to:language}": "nn",
    "{number:int}": "1",
    "{note:int}": "1",
    "{grant:int}": "1",
    "{act}": "okter",
    "{slug}": "mobilitetsstrategi",
    "{provider}": "idporten",
    "{secret}": "hemmelig",
    "{id}": "RGF0YVJlcXVlc3Q6MQ",
    "{name}": "site.css",
    "{rest:path}": "1",
}
FILLED = {
    "ids": "1",
    "tema": "1",
    "forslag": "1",
    "okt": "1",
    "nokkel": "1",
    "title": "En tittel som holder",
    "body": "En tekst som er lang nok til å bli et utkast.",
    "topic": "VG9waWM6MQ",
    "tekst": "En kommentar som sier noe.",
    "grunn": "spam",
    "begrunnelse": "Fordi det er slik.",
    "utfall": "ACCEPTED",
    "steg": "send",
    "bosted": "ja",
    "avgjorelse": "APPROVE",
    "navn": "Nytt Navn",
    "navnetype": "REAL",
    "sprak": "nn",
    "epost": "ny@example.org",
    "dager": "7",
    "adgang": "read",
    "skrevet": "slett",
    "bekreft": "slett",
    "til": "//evil.example/",
}

QUERIES = [
    "nummer",
    "versjon",
    "fil",
    "longitude",
    "latitude",
    "place",
    "treff",
    "invitasjon",
    "ansvarlig",
    "sted",
    "mal",
    "adresse",
    "tittel-nb",
    "ingress-nb",
    "tekst-nb",
    "apner",
    "stenger",
    "svarfrist",
    "varsel",
    "valg",
    "rolle",
    "status",
    "notat",
    "omrade",
    "homePlace",
    "livesHere",
    "holdning",
]
"""Fields of forms beside those."""


def routes(app: Starlette, method: str) -> Iterator[Route]:
    return (each for each in app.routes if isinstance(each, Route) and method in (each.methods or ()))


def address_of(route: Route, parts: dict[str, str] = PARTS) -> str:
    address = route.path
    for name, value in parts.items():
        address = address.replace(name, value)
    assert "{" not in address, f"say in PARTS what {address} may be"
    return address


def is_html(answer: httpx.Response) -> bool:
    return str(answer.headers.get("content-type", "")).startswith("text/html")


@pytest.fixture
async def first_proposal(served: Served, published: int) -> int:
    """A proposal whose number is the one in PARTS."""
    assert str(published) == PARTS["{number:int}"]
    return published


@pytest.fixture
async def staff(served: Served, person: Any, session_cookie: Any) -> httpx.AsyncClient:
    """The browser of somebody who may do everything that staff may."""
    someone = await person(name="Viktig Person", role=Role.ADMIN)
    for role in (Role.PLANNER, Role.MODERATOR):
        await execute(
            """INSERT INTO role_grant (municipality_id, account_id, role) VALUES ($1, $2, $3)
               ON CONFLICT DO NOTHING""",
            served.settings.municipality,
            someone.account_id,
            role.value,
        )
    served.http.cookies.update(await session_cookie(someone))
    return served.http


async def stored() -> dict[str, Any]:
    """A fingerprint of each table's content."""
    tables = await fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = {}
    for (name,) in (tuple(table.values()) for table in tables):
        (row,) = await fetch(
            f"SELECT md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) AS m FROM \"{name}\" t"
        )
        found[name] = row["m"]
    return found


async def test_no_form_is_taken_from_another_site(served: Served, staff: httpx.AsyncClient) -> None:
    taken = []
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "null"}):
        for route in routes(served.app, "POST"):
            if route.path in (BACK_CHANNEL, *BY_ADDRESS):
                continue
            answer = await staff.post(address_of(route), data=FILLED, headers=headers)
            if answer.status_code != 403 or OTHER_SITE not in answer.text:
                taken.append((route.path, headers, answer.status_code))
    assert taken == []


async def test_a_strangers_form_changes_nothing(served: Served, first_proposal: int) -> None:
    before = await stored()
    failed: list[tuple[str, int | str]] = []
    for route in routes(served.app, "POST"):
        for headers in (OWN, {"origin": served.url}, {}):
            answer = await served.http.post(address_of(route), data=FILLED, headers=headers)
            if answer.status_code >= 500 and route.path != BACK_CHANNEL:
                failed.append((route.path, answer.status_code))
            if "evil.example" in answer.headers.get("location", ""):
                failed.append((route.path, answer.headers["location"]))
    after = await stored()
    assert failed == []
    assert [name for name in before if before[name] != after[name]] == []


def reading(app: Starlette) -> Iterable[Route]:
    return (route for route in routes(app, "GET") if route.path != STREAM)


async def test_every_page_says_what_it_may_run(served: Served, first_proposal: int) -> None:
    wrong = []
    for route in reading(served.app):
        answer = await served.http.get(address_of(route), headers={"accept": "text/html"})
        policy = answer.headers.get("content-security-policy", "")
        is_guarded = "default-src 'none'" in policy and "frame-ancestors" in policy
        is_ours = answer.headers.get("x-content-type-options") == "nosniff"
        if (is_html(answer) and not is_guarded) or not is_ours or answer.status_code >= 500:
            wrong.append((route.path, answer.status_code, policy))
    # Without a provider there is no logging in: 503.
    assert [each for each in wrong if not each[0].startswith(("/login/", "/logout/"))] == []


async def test_a_crash_has_the_headers_of_every_page(served: Served) -> None:
    async def crash(_request: Request) -> Response:
        raise RuntimeError("something of ours")

    served.app.router.routes.insert(0, Route("/brudd", crash))
    answer = await served.http.get("/brudd")
    assert answer.status_code == 500
    assert "something of ours" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"]
    assert answer.headers["x-request-id"] in answer.text
    assert answer.headers["cache-control"] == "private, no-store"


async def test_staffs_pages_show_nothing_to_others(
    served: Served, first_proposal: int, person: Any, session_cookie: Any
) -> None:
    staffs = [route for route in reading(served.app) if any(part in route.path for part in STAFF)]
    assert len(staffs) > 20
    strangers = {(r.path, (await served.http.get(address_of(r))).status_code) for r in staffs}
    served.http.cookies.update(await session_cookie(await person()))
    others = {(r.path, (await served.http.get(address_of(r))).status_code) for r in staffs}
    assert {each for each in strangers if each[1] not in (204, 303, 401, 403, 404)} == set()
    assert {each for each in others if each[1] not in (204, 403, 404)} == set()


async def test_a_persons_pages_are_cached_by_nobody(served: Served, staff: httpx.AsyncClient) -> None:
    cached = []
    for route in reading(served.app):
        if not route.path.startswith("/{language"):
            continue
        answer = await staff.get(address_of(route))
        if is_html(answer) and answer.headers.get("cache-control") != "private, no-store":
            cached.append((route.path, answer.headers.get("cache-control")))
    assert cached == []


async def test_a_page_is_read_by_one_operation(
    served: Served, staff: httpx.AsyncClient, first_proposal: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor, ran = served.app.state.executor, []
    run = executor.run

    async def noted(prepared: Any, *rest: Any, **more: Any) -> Any:
        ran.append(prepared.name)
        return await run(prepared, *rest, **more)

    monkeypatch.setattr(executor, "run", noted)
    several, shown = {}, 0
    for route in reading(served.app):
        address = address_of(route)
        for query in ("", "?tema=mobilitetsstrategi&steg=2&kommentarer=eldste&vis=kart&sok=benker"):
            ran.clear()
            answer = await staff.get(f"{address}{query}", headers={"accept": "text/html"})
            shown += answer.status_code == 200 and len(ran) == 1
            # What is not there is answered by a page that has the site's header of its own.
            if answer.status_code < 400 and len(ran) > 1:
                several[f"{address}{query}"] = list(ran)
    assert several == {}
    assert shown > 60, shown


ODD = [
    "/nb/?sted=%C5%9F%F0%9F%98%80",
    "/nb/?sted=a%0d%0ab",
    "/nb/?sted=%00",
    "/nb/forslag?sok=%00",
    "/nb/forslag?tema=%00&sted=%00&etter=%00&status=%00",
    "/nb/forslag?etter=bm9wZQ",
    f"/nb/forslag?sok={'a' * 5000}",
    "/nb/forslag/atom.xml?sok=%00%0b",
    "/nb/tema/%00",
    "/nb/tema/%ff%fe",
    f"/nb/forslag/{'9' * 5000}",
    f"/nb/forslag/{'9' * 25}",
    "/nb/forslag/0",
    f"/nb/kommentar/{'9' * 19}",
    "/nb/forslag/1?etter=%00&kommentarer=%00",
    "/nb/forslag/1/versjoner?etter=%00",
    f"/nb/forslag/{'9' * 30}/kort.png",
    "/nb/logg-inn?til=%00%ff",
    "/sprak/nn?til=%00%ff",
    "/login/%00",
    "/login/idporten?return_to=%00",
    "/min-side/data/%00",
    f"/min-side/data/{'x' * 500}",
    "/eksport/forslag.csv?sok=%00",
    "/eksport/forslag.csv?tema=%00",
    "/eksport/forslag.csv?sted=%00",
    f"/eksport/forslag.csv?ids={'9' * 30}",
    "/static/..%2f..%2fpyproject.toml",
    "/nb/saksbehandling/svar?ids=%00",
    "/nb/invitasjon/%00",
    "/nb/min-side/epost/%00",
    "/nb//evil.example/",
    "/nb",
    "/%00",
]


async def test_an_odd_address_is_no_fault_of_ours(served: Served, first_proposal: int, staff: Any) -> None:
    failed = []
    async with httpx.AsyncClient(base_url=served.url, timeout=30) as stranger:
        for who in (stranger, staff):
            for address in ODD:
                answer = await who.get(address)
                if answer.status_code == 500:
                    failed.append((who is staff, address))
    assert failed == []


async def raw(served: Served, head: bytes) -> bytes:
    """What is answered to a request that no client of good manners writes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(served.url.rsplit(":", 1)[1]))
    writer.write(head + b"\r\nconnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return answer


async def test_odd_headers_are_no_fault_of_ours(served: Served) -> None:
    for head in (
        b"GET /nb/?\xff\xfe HTTP/1.1\r\nhost: x",
        b"GET /nb/?a=%ff HTTP/1.1\r\nhost: x\r\ncookie: samskap-sted=\xff\xfe",
        b"GET /nb/ HTTP/1.1\r\nhost: x\r\nauthorization: Basic eDp5",
        b"GET /nb/ HTTP/1.1\r\nhost: x\r\nauthorization: \xff",
        b"GET /nb/om HTTP/1.1\r\nhost: x\r\nauthorization: Bearer nothing",
        b"GET / HTTP/1.1\r\nhost: x\r\naccept-language: \xff\r\ncookie: samskap-sprak=\xff",
        b"GET /nb/min-side HTTP/1.1\r\nhost: x\r\ncookie: samskap=\xff",
    ):
        answer = await raw(served, head)
        assert not answer.startswith(b"HTTP/1.1 500"), head


NUMBERS = ["-1", "9" * 25, "9" * 5000, "²", "", "\x00"]


async def test_an_odd_form_is_no_fault_of_ours(served: Served, first_proposal: int, staff: Any) -> None:
    failed = []
    for route in routes(served.app, "POST"):
        if route.path in (BACK_CHANNEL, "/logout", "/import/opplasting") or "okter" in route.path:
            continue
        for odd in NUMBERS:
            answer = await staff.post(
                address_of(route), data=dict.fromkeys([*FILLED, *QUERIES], odd), headers=OWN
            )
            if answer.status_code == 500:
                failed.append((route.path, odd[:10]))
    assert failed == []


async def test_no_way_on_leads_to_another_site(served: Served, staff: httpx.AsyncClient) -> None:
    for til in (
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:x",
    ):
        for address in ("/nb/logg-inn", "/sprak/nn", "/nb/velkommen?steg=2"):
            answer = await staff.get(address, params={"til": til, "steg": "2"})
            assert "evil" not in answer.headers.get("location", "")
            assert 'href="//evil' not in answer.text
            assert 'value="//evil' not in answer.text
