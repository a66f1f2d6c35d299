"""The national identity number is nowhere: not in the database, the logs, the answers or an exception."""

import logging
import traceback

import asyncpg
import pytest
import structlog

from backend.accounts import identities, login
from backend.accounts.claims import read_claims
from backend.accounts.login import begin_login, finish_login
from backend.accounts.providers import Tokens
from backend.platform import database
from backend.platform.errors import DomainError
from backend.platform.telemetry import configure_logging
from tests.accounts.conftest import answer_of
from tests.accounts.test_identity_hash import DIGITS
from web.trial.faults import FAULTS


async def _everything_stored() -> str:
    tables = await database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = [await database.fetch(f'SELECT t::text AS row FROM "{table["tablename"]}" t') for table in tables]
    return "\n".join(row["row"] for found in rows for row in found)


def _chain(error: BaseException) -> str:
    """An exception with all that led to it, with its attributes, as careless code might print them."""
    parts = []
    seen: BaseException | None = error
    while seen is not None:
        parts += [repr(seen), str(seen), repr(vars(seen)), *traceback.format_exception(seen)]
        seen = seen.__cause__ or seen.__context__
    return "\n".join(parts)


@pytest.fixture
def all_logs(caplog, capsys, site):
    root = logging.getLogger()
    before = root.handlers[:], root.level
    caplog.set_level(logging.DEBUG)
    structlog.reset_defaults()
    yield lambda: caplog.text + "".join(capsys.readouterr())
    root.handlers[:], root.level = before


async def test_neither_stored_nor_logged_nor_answered(site, new_browser, all_logs) -> None:
    said = []
    for fault in ("", *FAULTS):
        answer = await (await new_browser()).log_in("fiolin", fault=fault)
        said += [answer.text, str(answer.headers)]
    assert DIGITS not in await _everything_stored()
    assert DIGITS not in "".join(said)
    logged = all_logs()
    assert "refused" in logged
    assert DIGITS not in logged


# Answers that lack something or name another person, and are sound: the login goes through.
_LET_IN = {"bare", "no_pid", "other_sub"}


async def test_no_exception_carries_it(site, new_browser) -> None:
    assert set(FAULTS) > _LET_IN
    for fault in FAULTS:
        started = await begin_login(site, "idporten")
        address = await (await new_browser()).choose(started.url, "fiolin", fault)
        finished = finish_login(site, "idporten", answer_of(address), started.binding)
        if fault in _LET_IN:
            await finished
            continue
        with pytest.raises(DomainError) as caught:
            await finished
        assert DIGITS not in _chain(caught.value), fault


async def test_a_failing_database_does_not_quote_it(site, new_browser, monkeypatch, all_logs) -> None:
    async def fail(*_: object) -> None:
        await database.execute("SELECT 1 / 0")

    monkeypatch.setattr(identities, "_refresh_facts", fail)
    started = await begin_login(site, "idporten")
    address = await (await new_browser()).choose(started.url, "fiolin")
    with pytest.raises(asyncpg.DivisionByZeroError) as caught:
        await login.finish_login(site, "idporten", answer_of(address), started.binding)
    configure_logging(site, "test")
    structlog.get_logger("t").error("failed", exc_info=caught.value)
    assert DIGITS not in _chain(caught.value) + all_logs()


def test_what_holds_it_on_the_way_does_not_show_it(site) -> None:
    claims = read_claims(site.providers[0], {"sub": "s", "pid": DIGITS, "acr": "x", "name": "N"})
    assert DIGITS not in repr(claims)
    assert DIGITS not in repr(Tokens(DIGITS, DIGITS))
    with pytest.raises(DomainError) as caught:
        read_claims(site.providers[0], {"sub": "s", "pid": f"{DIGITS}1"})
    assert DIGITS not in _chain(caught.value)
