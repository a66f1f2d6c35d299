"""What was stored agrees with every ledger, is marked, and asks for nothing more."""

from backend.platform.database import fetch, fetch_value
from backend.platform.settings import Settings
from backend.proposals.counting import count_supports, recount


async def test_every_count_agrees_with_its_ledger(demo: Settings) -> None:
    assert await recount(demo.municipality, repair=False) == []
    while await count_supports(demo.municipality):
        pass
    assert await recount(demo.municipality, repair=False) == []
    assert await fetch_value("SELECT max(supports) FROM proposal_activity") == 179
    fewest = await fetch_value(
        """SELECT min(act.supports) FROM proposal_activity act JOIN proposal p ON p.id = act.proposal_id
           WHERE p.state = 'published'"""
    )
    assert fewest > 1


async def test_no_mail_is_sent_and_nothing_else_is_requested(demo: Settings) -> None:
    assert await fetch_value("SELECT count(*) FROM delivery WHERE channel = 'email'") == 0
    assert {row["job"] for row in await fetch("SELECT DISTINCT job FROM outbox")} == {"count_supports"}
    assert await fetch_value("SELECT count(*) FROM account WHERE email IS NOT NULL") == 0


async def test_everything_is_marked(demo: Settings) -> None:
    for table in ("proposal", "comment", "account"):
        assert await fetch_value(f"SELECT count(*) FROM {table} WHERE NOT is_demo") == 0
