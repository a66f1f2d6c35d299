"""The export of one's data over HTTP, from asking for it to the file."""

import io
import zipfile
from typing import Any

import pytest

from backend.accounts.tokens import create_token
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch
from tests.fixtures.server import Served
from workers.__main__ import load_jobs
from workers.job import run_row

ASK = "mutation { requestMyData { ... on DataRequested { request { id state downloadUrl } } } }"
LOOK = """query { viewer { dataRequests { ... on DataRequestConnection {
    nodes { id state canFetch downloadUrl expiresAt } } } } }"""


class _Owner:
    """A person who asked for their data, in a browser."""

    def __init__(self, served: Served, cookie: dict[str, str]) -> None:
        self._served = served
        self.headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookie.items())}

    async def ask(self) -> dict[str, Any]:
        answer = await self._served.ask(ASK, **self.headers)
        found: dict[str, Any] = answer.json()["data"]["requestMyData"]["request"]
        return found

    async def look(self) -> dict[str, Any]:
        answer = await self._served.ask(LOOK, **self.headers)
        found: dict[str, Any] = answer.json()["data"]["viewer"]["dataRequests"]["nodes"][0]
        return found

    async def done(self) -> str:
        """The file's address, once a worker has made it."""
        load_jobs()
        for number in [row["id"] for row in await _jobs()]:
            await run_row(number)
        address: str = (await self.look())["downloadUrl"]
        return address


async def _jobs() -> Any:
    return await fetch("SELECT id FROM outbox WHERE job = 'export_my_data' AND done_at IS NULL")


@pytest.fixture
async def owner(served: Served, person, session_cookie) -> _Owner:
    return _Owner(served, await session_cookie(await person(role=Role.PLANNER, email="a@example.invalid")))


async def test_the_file_is_fetched_where_the_api_says(served: Served, owner: _Owner) -> None:
    requested = await owner.ask()
    assert requested["downloadUrl"] is None
    early = await served.http.get(f"/min-side/data/{requested['id']}", headers=owner.headers)
    assert early.status_code == 404
    address = await owner.done()
    assert address == f"{served.url}/min-side/data/{requested['id']}"
    answer = await served.http.get(address, headers=owner.headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"].startswith('attachment; filename="mine-data-')
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert {"LESMEG.txt", "account.json"} <= set(names)


async def test_nobody_else_gets_it(served: Served, owner: _Owner, person, session_cookie) -> None:
    await owner.ask()
    address = await owner.done()
    other = _Owner(served, await session_cookie(await person()))
    assert (await served.http.get(address, headers=other.headers)).status_code == 404
    stranger = await served.http.get(address)
    assert stranger.status_code == 401
    assert "LESMEG" not in stranger.text
    assert "no-store" in stranger.headers["cache-control"]


async def test_a_script_does_not_get_it(served: Served, person, session_cookie) -> None:
    actor: Actor = await person(role=Role.PLANNER)
    owner = _Owner(served, await session_cookie(actor))
    await owner.ask()
    address = await owner.done()
    token = await create_token(actor, "Uttrekk", ["read", "export"], 1)
    answer = await served.http.get(address, headers={"Authorization": f"Bearer {token.secret}"})
    assert answer.status_code == 403
    ended = await served.http.get(address, headers={"Authorization": "Bearer smsk_wrong"})
    assert ended.status_code == 401


async def test_it_is_gone_when_its_time_is_over(served: Served, owner: _Owner) -> None:
    await owner.ask()
    address = await owner.done()
    await execute("UPDATE data_request SET expires_at = now() - interval '1 second'")
    assert (await served.http.get(address, headers=owner.headers)).status_code == 404
    looked = await owner.look()
    assert (looked["canFetch"], looked["downloadUrl"]) == (False, None)


@pytest.mark.parametrize("name", ["1", "RGF0YVJlcXVlc3Q6MA", "x" * 500, "%00", "UHJvcG9zYWw6MQ"])
async def test_what_is_no_request_is_not_found(served: Served, owner: _Owner, name: str) -> None:
    answer = await served.http.get(f"/min-side/data/{name}", headers=owner.headers)
    assert answer.status_code == 404
