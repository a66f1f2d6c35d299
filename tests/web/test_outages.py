"""A database that takes no writes, or has no connection to give: what is read goes on, and what is refused says so."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import asyncpg
import pytest

from api.node_ids import to_global_id
from backend.accounts.actors import actor_for_bearer, actor_for_session, forget_all_actors
from backend.accounts.sessions import new_secret, secret_hash
from backend.accounts.tokens import PREFIX
from backend.platform.database import (
    DATABASE_AWAY,
    DatabaseAwayError,
    connect,
    execute,
    fetch_value,
    pool,
    unit_of_work,
)
from tests.fixtures.databases import database_name, execute_as_owner
from tests.fixtures.server import Served

LONG_AGO = "UPDATE account_session SET last_seen_at = now() - interval '5 minutes'"


async def _begin_anew(served: Served) -> None:
    """Connections that were open before do not know yet how the database is now."""
    await pool().expire_connections()
    forget_all_actors()
    served.app.state.readiness._until = 0.0


@contextlib.asynccontextmanager
async def _read_only(served: Served) -> AsyncIterator[None]:
    change = f'ALTER ROLE "samskap_app" IN DATABASE "{database_name(served.settings)}"'
    await execute_as_owner(f"{change} SET default_transaction_read_only = on")
    await _begin_anew(served)
    try:
        yield
    finally:
        await execute_as_owner(f"{change} RESET default_transaction_read_only")
        await _begin_anew(served)


@contextlib.asynccontextmanager
async def _without_connections(served: Served) -> AsyncIterator[None]:
    """As when others have taken all that the role may have."""
    await execute_as_owner('ALTER ROLE "samskap_app" CONNECTION LIMIT 0')
    await _begin_anew(served)
    try:
        yield
    finally:
        await execute_as_owner('ALTER ROLE "samskap_app" CONNECTION LIMIT -1')
        await _begin_anew(served)


@pytest.fixture
async def logged_in(served: Served, person, session_cookie) -> Served:  # type: ignore[no-untyped-def]
    """Somebody whose last visit was so long ago that this one is to be noted."""
    served.http.cookies.update(await session_cookie(await person()))
    await execute(LONG_AGO)
    return served


async def test_read_only_whoever_is_logged_in_reads_on(logged_in: Served, published: int) -> None:
    async with _read_only(logged_in):
        for path in ("/nb/", f"/nb/forslag/{published}", "/nb/min-side"):
            page = await logged_in.http.get(path)
            assert page.status_code == 200, path
        response = await logged_in.ask("{ viewer { __typename } }")
        assert response.json() == {"data": {"viewer": {"__typename": "Viewer"}}}
    seen = "SELECT last_seen_at < now() - interval '4 minutes' FROM account_session"
    assert await fetch_value(seen)
    assert (await logged_in.http.get("/nb/min-side")).status_code == 200
    assert not await fetch_value(seen)


async def test_read_only_what_would_be_stored_is_refused_as_an_outage(
    logged_in: Served, published: int
) -> None:
    number = to_global_id("Proposal", published)
    change = f'mutation {{ supportProposal(id: "{number}") {{ __typename }} }}'
    async with _read_only(logged_in):
        page = await logged_in.http.post("/nb/min-side/profil/sprak", data={"sprak": "nn"}, headers=_OURS)
        answer = await logged_in.ask(change, **_OURS)
        ready = await logged_in.http.get("/health/ready")
    assert page.status_code == 503
    assert "application/json" in answer.headers["content-type"]
    assert answer.json()["errors"][0]["extensions"]["code"] == "database_away"
    assert ready.status_code == 503
    assert ready.json()["parts"]["database"]["detail"] == "ReadOnlySQLTransactionError"
    await asyncio.sleep(1.1)
    assert (await logged_in.http.get("/health/ready")).json()["parts"]["database"]["ok"]


_OURS = {"sec-fetch-site": "same-origin"}


async def test_without_a_connection_it_is_shown_as_an_outage(logged_in: Served) -> None:
    async with _without_connections(logged_in):
        page = await logged_in.http.get("/nn/min-side")
        answer = await logged_in.ask("{ viewer { __typename } }", **{"accept-language": "nn"})
        ready = await logged_in.http.get("/health/ready")
    assert (page.status_code, answer.status_code, ready.status_code) == (503, 503, 503)
    assert '<html lang="nn"' in page.text
    error = answer.json()["errors"][0]
    assert error["extensions"]["code"] == "database_away"
    assert error["extensions"]["retryAfter"] == int(answer.headers["retry-after"]) == 60
    assert "svarar ikkje" in error["message"]


async def test_a_key_is_read_without_noting_its_use(logged_in: Served, person) -> None:  # type: ignore[no-untyped-def]
    token = PREFIX + new_secret()
    await execute(
        """INSERT INTO access_token (municipality_id, account_id, name, token_hash, scopes, expires_at)
           VALUES (3201, $1, 'skript', $2, '{read}', now() + interval '1 day')""",
        (await person()).account_id,
        secret_hash(token),
    )
    async with _read_only(logged_in):
        assert (await actor_for_bearer(logged_in.settings, f"Bearer {token}")).account_id
    assert await fetch_value("SELECT last_used_at IS NULL FROM access_token")


async def test_a_crash_of_the_api_is_json(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr("api.app.authenticate_request", broken)
    answer = await served.ask("{ __typename }", **{"accept-language": "en"})
    assert answer.status_code == 500
    error = answer.json()["errors"][0]
    assert error["extensions"] == {"code": "internal", "requestId": answer.headers["x-request-id"]}
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "error", ["ReadOnlySQLTransactionError", "DiskFullError", "OutOfMemoryError", "TooManyConnectionsError"]
)
def test_these_are_outages(error: str) -> None:
    assert issubclass(getattr(asyncpg, error), DATABASE_AWAY)


async def test_no_session_is_nobody_read_only_too(served: Served) -> None:
    async with _read_only(served):
        assert (await actor_for_session(served.settings, "nobody's")).is_anonymous


async def test_a_missing_file_is_a_crash_and_no_outage(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise FileNotFoundError("a template")

    monkeypatch.setattr("api.app.authenticate_request", broken)
    answer = await served.ask("{ __typename }")
    assert answer.status_code == 500
    assert answer.json()["errors"][0]["extensions"]["code"] == "internal"


async def test_what_the_system_says_of_the_way_to_postgresql_is_an_outage(fresh: object) -> None:
    with pytest.raises(DatabaseAwayError) as away:
        await connect("postgresql://nobody@127.0.0.1:1/nothing", timeout=5)
    assert isinstance(away.value.__cause__, OSError)

    class Broken:
        async def fetchval(self, *_: object) -> None:
            raise ConnectionResetError

        async def acquire(self) -> None:
            raise ConnectionRefusedError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("backend.platform.database.pool", Broken)
        with pytest.raises(DatabaseAwayError):
            await fetch_value("SELECT 1")


@pytest.mark.parametrize(
    "error", [FileNotFoundError(), OSError(28, "No space left on device"), PermissionError()]
)
async def test_errors_of_files_stay_what_they_are_in_a_unit_of_work(fresh: object, error: OSError) -> None:
    async def fail() -> None:
        async with unit_of_work():
            await execute("SELECT 1")
            raise error

    with pytest.raises(type(error)) as caught:
        await fail()
    assert caught.value is error
    assert not isinstance(error, DATABASE_AWAY)
    assert await fetch_value("SELECT 1") == 1
