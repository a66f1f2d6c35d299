"""The number never shows, its hash is keyed, and peppers can be changed while people log in."""

import copy
import pickle
from dataclasses import replace
from datetime import date

import pytest

from backend.accounts.identity_hash import NationalNumber, hashes_of
from backend.accounts.login import begin_login, finish_login
from backend.platform.database import fetch_row, fetch_value
from backend.platform.errors import Invalid
from tests.accounts.conftest import answer_of
from web.trial.people import synthetic_identity_number

DIGITS = synthetic_identity_number(date(1984, 3, 17), 113)
OLD, NEW = {1: b"a" * 32}, {1: b"a" * 32, 2: b"b" * 32}


def test_a_number_cannot_be_printed_or_copied_out() -> None:
    number = NationalNumber(DIGITS)
    for text in (repr(number), str(number), f"{number}", f"{[number]!r}"):
        assert DIGITS not in text
    for take in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            take(number)
    assert not hasattr(number, "__dict__")


@pytest.mark.parametrize(
    "wrong",
    ["", "1234567890", "123456789012", "1234567890a", "１２３４５６７８９０１", 12345678901],
)
def test_what_is_not_eleven_digits_is_refused_without_being_shown(wrong) -> None:
    with pytest.raises(Invalid) as caught:
        NationalNumber(wrong)
    assert not wrong or str(wrong) not in f"{caught.value!r} {caught.value}"


def test_the_hash_is_keyed_and_the_newest_pepper_makes_it() -> None:
    number = NationalNumber(DIGITS)
    old, new = hashes_of(number, OLD), hashes_of(number, NEW)
    assert (old.version, new.version) == (1, 2)
    assert old.current != new.current
    assert old.current in new.every
    assert len(old.current) == 32
    assert old.lock == new.lock
    assert hashes_of(NationalNumber(DIGITS), OLD) == old


@pytest.mark.parametrize(
    ("digits", "year"),
    [
        ("17838411301", 1984),
        ("17030050001", 2000),
        ("17033999901", 2039),
        ("17034090001", 1940),
        ("17039999901", 1999),
        ("17030049901", 1900),
        ("17035560001", None),
        ("57038411301", 1984),
    ],
)
def test_the_year_of_birth_by_the_individual_digits(digits, year) -> None:
    assert NationalNumber(digits).birth_year == year


async def _log_in(settings, browser, person: str = "fiolin") -> int:
    started = await begin_login(settings, "idporten")
    answer = answer_of(await browser.choose(started.url, person))
    return (await finish_login(settings, "idporten", answer, started.binding)).account_id


async def test_a_new_pepper_moves_each_person_at_the_next_login(site, new_browser) -> None:
    old, both, only_new = (replace(site, peppers=peppers) for peppers in (OLD, NEW, {2: NEW[2]}))
    account = await _log_in(old, await new_browser())
    before = await fetch_row("SELECT number_hash, pepper_version FROM account_identity")
    assert await _log_in(both, await new_browser()) == account
    after = await fetch_row("SELECT number_hash, pepper_version FROM account_identity")
    assert (before["pepper_version"], after["pepper_version"]) == (1, 2)
    assert before["number_hash"] != after["number_hash"]
    assert await _log_in(only_new, await new_browser()) == account
    # A process that has not heard of the new pepper yet still knows the person by the subject.
    assert await _log_in(old, await new_browser()) == account
    assert await fetch_value("SELECT count(*) FROM account") == 1
