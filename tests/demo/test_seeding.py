"""The demo content is stored once, only where people are invented, and without a mail."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from backend.platform.database import fetch, fetch_value
from backend.platform.errors import Forbidden
from backend.platform.settings import Settings
from ops.demo import seeding
from ops.demo.seeding import Seeded, seed_demo
from tests.demo.impossible import IMPOSSIBLE


async def counts() -> list[int]:
    tables = (
        "account",
        "proposal",
        "comment",
        "support_event",
        "moderation_case",
        "event",
        "delivery",
        "follow",
    )
    return [await fetch_value(f"SELECT count(*) FROM {table}") for table in tables]


async def test_seeded_twice_is_seeded_once(empty: Settings) -> None:
    started = monotonic()
    both = await asyncio.gather(seed_demo(empty), seed_demo(empty))
    assert monotonic() - started < 20
    assert sorted(isinstance(one, Seeded) for one in both) == [False, True]
    before = await counts()
    assert all(before)
    assert await seed_demo(empty) is None
    assert await counts() == before


@pytest.mark.parametrize("env", ["production"])
async def test_it_refuses_elsewhere(empty: Settings, env: str) -> None:
    before = await fetch_value("SELECT count(*) FROM account")
    with pytest.raises(Forbidden, match="demo_not_here"):
        await seed_demo(replace(empty, env=env))  # type: ignore[arg-type]
    assert await fetch_value("SELECT count(*) FROM account") == before
    assert await fetch_value("SELECT count(*) FROM proposal") == 0


async def test_somebody_with_an_address_gets_no_mail_either(empty: Settings) -> None:
    account_id = await fetch_value(
        """INSERT INTO account (municipality_id, display_name, email) VALUES ($1, 'Nysgjerrig', 'a@example.invalid')
           RETURNING id""",
        empty.municipality,
    )
    await fetch(
        "INSERT INTO follow (municipality_id, account_id, topic_id) SELECT $1, $2, id FROM topic",
        empty.municipality,
        account_id,
    )
    await seed_demo(empty)
    states = await fetch("SELECT DISTINCT channel, state FROM delivery WHERE account_id = $1", account_id)
    assert {tuple(row.values()) for row in states} <= {("in_app", "sent"), ("email", "dropped")}


async def test_a_topic_that_was_renamed_is_left_out(empty: Settings) -> None:
    await fetch("UPDATE topic SET slug = 'noe-annet' WHERE slug = 'mobilitetsstrategi'")
    assert isinstance(await seed_demo(empty), Seeded)
    assert (
        await fetch_value(
            "SELECT count(*) FROM proposal p JOIN topic t ON t.id = p.topic_id WHERE t.slug = 'noe-annet'"
        )
        == 0
    )


@pytest.mark.parametrize("hours", [0, 29, 58, 87, 116, 145])
async def test_any_hour_of_any_day_will_do(
    empty: Settings, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    moment = datetime.now(UTC) - timedelta(hours=hours)
    monkeypatch.setattr(seeding, "now", lambda: moment)
    assert await seed_demo(empty)
    for what, sql in IMPOSSIBLE.items():
        assert await fetch_value(sql) == 0, what


async def test_without_a_provider_the_people_are_there_all_the_same(empty: Settings) -> None:
    assert isinstance(await seed_demo(replace(empty, providers=())), Seeded)
    assert await fetch_value("SELECT count(*) FROM account WHERE display_name = 'Ordentlig Fiolin'") == 1
    assert await fetch_value("SELECT count(*) FROM account_identity") == 0
