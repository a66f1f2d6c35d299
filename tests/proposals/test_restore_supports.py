"""After a dump is restored into a new cluster, whose transactions are numbered from the start."""

from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest

from backend.platform.database import execute, fetch, fetch_value
from backend.platform.settings import Settings
from backend.proposals.counting import count_supports, recount
from backend.proposals.restore_supports import recount_restored
from backend.proposals.supports import support, withdraw_support
from tests.fixtures.databases import execute_as_owner, open_clone
from tests.imports.commands import samskap
from tests.proposals.support import published, read

FAR = 10**12


async def _supports(proposal: int) -> int:
    found: int = await fetch_value("SELECT supports FROM proposal_activity WHERE proposal_id = $1", proposal)
    return found


async def _while_restoring(statement: str) -> None:
    await execute_as_owner(f"BEGIN; SET LOCAL samskap.restoring = 'on'; {statement}; COMMIT")


@pytest.fixture
async def fresh(services: Settings) -> AsyncIterator[Settings]:
    """As elsewhere, but open to the tables' owner, as the command is: others may only add to the ledger."""
    async with open_clone(replace(services, database_url=services.database_owner_url)) as settings:
        yield settings


@pytest.fixture
async def proposal(fresh, person, topic_id) -> int:
    """With two supports that are counted, one that was taken back, and one that the dump came too soon for."""
    made = await published(await person(), await topic_id())
    fickle = await person()
    for actor in (await person(), await person(), fickle):
        await support(actor, made)
    await withdraw_support(fickle, made)
    await count_supports(3201)
    assert await _supports(made) == 2
    await support(await person(), made)
    await _while_restoring(f"UPDATE support_event SET txid = txid + {FAR}")
    await execute("UPDATE support_window SET counted_to = counted_to + $1", FAR)
    return made


async def test_what_was_restored_is_counted_once_and_so_is_what_comes(
    fresh: Settings, person, proposal
) -> None:
    await support(await person(), proposal)
    assert await samskap(fresh, "recount", "--after-restore") == (
        0,
        "6 supports marked as restored; 1 proposals had another count.\n",
        "",
    )
    assert await _supports(proposal) == 4
    assert (await read(proposal)).supports == 4
    await support(await person(), proposal)
    assert (await read(proposal)).supports == 5
    await count_supports(3201)
    assert await _supports(proposal) == 5
    assert await recount(3201, repair=False) == []
    assert await fetch_value("SELECT count(*) FROM recount_alarm") == 0


async def test_doing_it_again_or_without_need_harms_nothing(person, proposal) -> None:
    await recount_restored(3201)
    await support(await person(), proposal)
    again = await recount_restored(3201)
    assert (again.events, again.proposals) == (1, 1)
    await count_supports(3201)
    assert await _supports(proposal) == 4
    last = await recount_restored(3201)
    assert (last.events, last.proposals) == (0, 0)


async def test_comments_are_set_right_too(proposal) -> None:
    await execute("UPDATE proposal_activity SET comments = 7")
    await recount_restored(3201)
    assert (await read(proposal)).comments == 0


async def test_the_ledger_gives_up_nothing_but_its_numbers(proposal) -> None:
    with pytest.raises(asyncpg.PostgresError, match="only ever added"):
        await execute_as_owner("UPDATE support_event SET txid = 1")
    for change in ("account_id = account_id + 1", "ordinal = ordinal + 2", "created_at = now()"):
        with pytest.raises(asyncpg.PostgresError, match="only ever added"):
            await _while_restoring(f"UPDATE support_event SET txid = 1, {change}")
    with pytest.raises(asyncpg.PostgresError, match="only ever added"):
        await _while_restoring("DELETE FROM support_event")
    assert len(await fetch("SELECT FROM support_event WHERE txid > $1", FAR)) == 5
