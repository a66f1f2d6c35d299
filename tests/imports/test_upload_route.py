"""Sending in a file over HTTP: planners only, from this site only, and bounded however it is sent."""

import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from api.node_ids import number_of
from backend.accounts.tokens import create_token
from backend.imports.uploads import upload_part
from backend.platform.authz import Role
from backend.platform.database import fetch_row, fetch_value
from tests.fixtures.server import Served
from tests.fixtures.waiting import until

PATH = "/import/opplasting"
CSV = b"key,title,topic\na,Benker,mobilitetsstrategi\n"


@pytest.fixture
async def cookies(person: Any, session_cookie: Any) -> dict[str, str]:
    return await header(session_cookie, await person(role=Role.PLANNER))


async def header(session_cookie: Any, actor: Any) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in (await session_cookie(actor)).items())}


async def stored() -> int:
    found: int = await fetch_value("SELECT count(*) FROM import_upload")
    return found


async def test_a_form_and_a_body_are_preserved_alike(served: Served, cookies: dict[str, str]) -> None:
    form = await served.http.post(
        PATH, files={"file": ("liste æ.csv", CSV)}, data={"before": "x", "after": "y"}, headers=cookies
    )
    body = await served.http.post(f"{PATH}?navn=liste.csv", content=CSV, headers=cookies)
    for answer, name in ((form, "liste æ.csv"), (body, "liste.csv")):
        assert answer.status_code == 201, answer.text
        assert answer.headers["cache-control"] == "no-store"
        number = number_of(answer.json()["id"], "ImportUpload")
        row = await fetch_row("SELECT file_name, size FROM import_upload WHERE id = $1", number)
        assert row is not None
        assert tuple(row) == (name, len(CSV))
        assert await upload_part(3201, number, 0) == CSV


async def test_a_browser_is_sent_on_and_shown_as_a_page(served: Served, cookies: dict[str, str]) -> None:
    headers = {**cookies, "Accept": "text/html,*/*", "Origin": served.url}
    answer = await served.http.post(f"{PATH}?sprak=nn", files={"file": ("f.csv", CSV)}, headers=headers)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/nn/saksbehandling/import?fil=")
    refused = await served.http.post(PATH, files={"file": ("f.exe", CSV)}, headers=headers)
    assert (refused.status_code, refused.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert ".csv" in refused.text


async def test_only_planners_from_this_site(
    served: Served, cookies: dict[str, str], person: Any, session_cookie: Any
) -> None:
    sent: dict[str, Any] = {"files": {"file": ("f.csv", CSV)}}
    resident = await header(session_cookie, await person())
    admin = await header(session_cookie, await person(role=Role.ADMIN))
    for headers, status, code in (
        ({}, 401, "login_required"),
        (resident, 403, "planners_only"),
        (admin, 403, "planners_only"),
        ({**cookies, "Origin": "https://elsewhere.example"}, 403, "other_site"),
        ({"Authorization": "Bearer nothing"}, 401, None),
    ):
        answer = await served.http.post(PATH, headers=headers, **sent)
        assert answer.status_code == status
        assert code is None or answer.json()["code"] == code
    assert await stored() == 0


async def test_a_token_needs_its_scope(served: Served, person: Any) -> None:
    planner = await person(role=Role.PLANNER)
    for scope, status in (("read", 403), ("plan", 201)):
        token = await create_token(planner, "Script", [scope], 30)
        answer = await served.http.post(
            f"{PATH}?navn=f.csv", content=CSV, headers={"Authorization": f"Bearer {token.secret}"}
        )
        assert answer.status_code == status, scope


async def big(megabytes: int) -> AsyncIterator[bytes]:
    for _ in range(megabytes):
        yield b"x" * 1_000_000


@pytest.mark.parametrize("announced", [True, False])
async def test_what_is_too_large_is_refused_and_forgotten(
    served: Served, cookies: dict[str, str], announced: bool
) -> None:
    headers = {**cookies, **({"Content-Length": "21000000"} if announced else {})}
    with contextlib.suppress(httpx.WriteError, httpx.ReadError):
        answer = await served.http.post(f"{PATH}?navn=f.csv", content=big(21), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (413, "upload_large")
    assert await stored() == 0


async def test_large_forms_are_refused_too(served: Served, cookies: dict[str, str]) -> None:
    with contextlib.suppress(httpx.WriteError, httpx.ReadError):
        answer = await served.http.post(PATH, files={"f": ("f.csv", b"x" * 21_000_000)}, headers=cookies)
        assert answer.status_code == 413
    with contextlib.suppress(httpx.WriteError, httpx.ReadError):
        answer = await served.http.post(
            PATH, data={"a": "x" * 21_000_000}, files={"f": ("f.csv", CSV)}, headers=cookies
        )
        assert answer.status_code == 413
    assert await stored() == 0


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("multipart/form-data", b"x", "form_broken"),
        ("multipart/form-data; boundary=b", b"nonsense", "form_broken"),
        ("multipart/form-data; boundary=b", b"--b\r\nA: b\r\n\r\ntext\r\n--b--\r\n", "file_missing"),
        ("multipart/form-data; boundary=b", b"", "file_missing"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="f"; filename=""\r\n\r\n\r\n--b--\r\n',
            "unknown_format",
        ),
        ("text/csv", CSV, "unknown_format"),
    ],
)
async def test_bodies_that_are_no_file(
    served: Served, cookies: dict[str, str], kind: str, body: bytes, code: str
) -> None:
    answer = await served.http.post(PATH, content=body, headers={**cookies, "Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert await stored() == 0


async def test_a_form_that_ends_early_keeps_nothing(served: Served, cookies: dict[str, str]) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f.csv"\r\n\r\n' + CSV
    answer = await served.http.post(
        PATH, content=body, headers={**cookies, "Content-Type": "multipart/form-data; boundary=b"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "form_broken")
    assert await stored() == 0


async def test_a_browser_that_goes_away_leaves_nothing(served: Served, cookies: dict[str, str]) -> None:
    address = urlsplit(served.url)
    with socket.create_connection((address.hostname or "", address.port or 0)) as held:
        head = f"POST {PATH}?navn=f.csv HTTP/1.1\r\nHost: a\r\nCookie: {cookies['Cookie']}\r\n"
        head += "Content-Length: 900000\r\n\r\n"
        held.sendall(head.encode() + b"x" * 300_000)

        async def is_sending() -> bool:
            return await stored() == 1

        await until(is_sending)

    async def is_gone() -> bool:
        return await stored() == 0

    await until(is_gone)
