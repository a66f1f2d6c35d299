"""What has expired goes, what has not stays, and other municipalities are left alone."""

import pytest

from backend.platform.authz import Actor
from backend.platform.database import execute, fetch, fetch_row, fetch_value
from backend.platform.retention import clear_expired

_AGO = "now() - interval '{}'"


async def _insert(table: str, **values: str) -> int:
    """A row from SQL expressions; returns its id."""
    found: int = await fetch_value(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(values.values())}) RETURNING id"
    )
    return found


async def _left(table: str) -> list[int]:
    return [row["id"] for row in await fetch(f"SELECT id FROM {table} ORDER BY id")]


@pytest.fixture
async def actor(person) -> Actor:
    made: Actor = await person(email="a@example.no")
    return made


def _of(actor: Actor) -> dict[str, str]:
    return {"municipality_id": "3201", "account_id": str(actor.account_id)}


async def test_done_jobs_go_after_a_week_and_failed_ones_stay(fresh) -> None:
    await execute("DELETE FROM outbox")
    job = {"job": "'x'", "key": "'x'", "payload": "'{}'", "queue": "'fast'"}
    old = {"created_at": _AGO.format("30 days")}
    await _insert("outbox", **job, **old, done_at=_AGO.format("8 days"))
    stored = [
        await _insert("outbox", **job, **old, done_at=_AGO.format("6 days")),
        await _insert("outbox", **job, **old, failed_at=_AGO.format("20 days")),
        await _insert("outbox", **job, **old),
    ]
    await clear_expired(3201)
    assert await _left("outbox") == stored


@pytest.mark.parametrize(
    ("table", "values", "gone", "stored"),
    [
        (
            "idempotency_key",
            {"operation": "'x'", "request_hash": "'\\x01'"},
            {"key": "'old'", "created_at": _AGO.format("8 days")},
            {"key": "'new'", "created_at": _AGO.format("6 days")},
        ),
        (
            "account_session",
            {"provider": "'idporten'"},
            {"token_hash": "'\\x01'", "expires_at": _AGO.format("91 days")},
            {"token_hash": "'\\x02'", "expires_at": _AGO.format("89 days")},
        ),
        (
            "access_token",
            {"name": "'x'", "scopes": "'{read}'"},
            {"token_hash": "'\\x01'", "expires_at": _AGO.format("366 days")},
            {"token_hash": "'\\x02'", "expires_at": _AGO.format("360 days")},
        ),
        (
            "access_token",
            {"name": "'x'", "scopes": "'{read}'", "expires_at": "now()"},
            {"token_hash": "'\\x01'", "ended_at": _AGO.format("366 days")},
            {"token_hash": "'\\x02'", "ended_at": _AGO.format("1 day")},
        ),
    ],
)
async def test_what_is_past_its_time_goes(actor, table, values, gone, stored) -> None:
    await _insert(table, **_of(actor), **values, **gone)
    stays = await _insert(table, **_of(actor), **values, **stored)
    await clear_expired(3201)
    assert await _left(table) == [stays]


async def test_login_attempts_go_after_a_day(fresh) -> None:
    attempt = {
        "municipality_id": "3201",
        "browser_hash": "'\\x01'",
        "provider": "'idporten'",
        "nonce": "'n'",
        "code_verifier": "'v'",
        "return_to": "'/'",
    }
    await _insert("login_attempt", **attempt, state_hash="'\\x01'", expires_at=_AGO.format("25 hours"))
    stored = await _insert("login_attempt", **attempt, state_hash="'\\x02'", expires_at=_AGO.format("1 hour"))
    await clear_expired(3201)
    assert await _left("login_attempt") == [stored]


async def test_an_export_past_its_time_is_emptied_and_the_request_stays(actor) -> None:
    request = {"kind": "'export'", "state": "'done'", "result": "'\\x01'"}
    late = await _insert("data_request", **_of(actor), **request, expires_at=_AGO.format("1 minute"))
    there = await _insert("data_request", **_of(actor), **request, expires_at="now() + interval '1 minute'")
    await clear_expired(3201)
    rows = await fetch("SELECT id, result IS NULL AS is_empty FROM data_request ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [(late, True), (there, False)]


async def test_an_address_that_was_not_confirmed_in_time_is_forgotten(actor, person) -> None:
    other = await person()
    for whom, when in ((actor, "- interval '2 hours'"), (other, "+ interval '2 hours'")):
        await execute(
            f"""UPDATE account SET pending_email = 'b@example.no', email_secret_hash = '\\x01',
                   email_expires_at = now() {when}, email_asked_at = ARRAY[now() {when}] WHERE id = $1""",
            whom.account_id,
        )
    await clear_expired(3201)
    columns = "email, pending_email, email_secret_hash, email_asked_at"
    forgotten = await fetch_row(f"SELECT {columns} FROM account WHERE id = $1", actor.account_id)
    assert tuple(forgotten.values()) == ("a@example.no", None, None, None)
    stored = await fetch_row(f"SELECT {columns} FROM account WHERE id = $1", other.account_id)
    assert stored["pending_email"] == "b@example.no"
    assert len(stored["email_asked_at"]) == 1


async def test_other_municipalities_are_left_alone(actor) -> None:
    stays = await _insert(
        "account_session",
        **_of(actor),
        provider="'idporten'",
        token_hash="'\\x01'",
        expires_at=_AGO.format("91 days"),
    )
    await clear_expired(301)
    assert await _left("account_session") == [stays]
