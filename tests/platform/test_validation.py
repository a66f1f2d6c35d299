"""All that is wrong with an input is told at once, each at its field."""

from collections.abc import Callable
from typing import Any

import pytest

from api.errors import problem_of
from backend.platform.errors import DomainError, Forbidden, Invalid, PersonalData
from backend.platform.validation import Checks, all_checked
from backend.proposals.content import proposal_text


def _refuse(field: str | None, kind: type[DomainError] = Invalid) -> int:
    raise kind("wrong", "Feil.", field=field)


def _refused(run: Callable[[Checks], object]) -> list[DomainError]:
    """The refusals of a block of checks."""
    try:
        with all_checked() as check:
            run(check)
    except Invalid as refusal:
        return [refusal, *refusal.also]
    return []


def test_every_part_is_checked_before_any_is_refused() -> None:
    def run(check: Checks) -> None:
        assert check(int, "7") == 7
        check(_refuse, "a")
        assert check.has_refused
        check(_refuse, "b", PersonalData)

    refusals = _refused(run)
    assert [(each.field, type(each)) for each in refusals] == [("a", Invalid), ("b", PersonalData)]


def test_blocks_within_blocks_are_one_list() -> None:
    def inner() -> None:
        with all_checked() as check:
            check(_refuse, "b")
            check(_refuse, "c")

    def run(check: Checks) -> None:
        check(_refuse, "a")
        check(inner)
        check(_refuse, "d")

    refusals = _refused(run)
    assert [each.field for each in refusals] == ["a", "b", "c", "d"]
    assert all(each.also == () for each in refusals[1:])


def test_what_is_about_no_part_is_refused_at_once() -> None:
    def run(check: Checks) -> None:
        check(_refuse, "a")
        check(_refuse, None)

    assert [each.field for each in _refused(run)] == [None]
    with pytest.raises(Forbidden):
        _refused(lambda check: check(_refuse, "a", Forbidden))


def test_sound_parts_raise_nothing() -> None:
    assert _refused(lambda check: check(str, 1)) == []


def test_the_api_tells_them_in_the_persons_language() -> None:
    with pytest.raises(Invalid) as refused:
        proposal_text("Kort", "For lite", "tull")
    problem: Any = problem_of(refused.value, "nn")
    assert (problem.field, [each.field for each in problem.also_invalid]) == ("title", ["body", "language"])
    assert problem.message.startswith("Teksten må ha mellom 5 og 140 teikn")
    assert all(each.also_invalid == [] for each in problem.also_invalid)
