"""The algebra of rules, and who counts as what."""

from dataclasses import dataclass, replace
from itertools import product

import pytest

from backend.accounts.tokens import SCOPES
from backend.platform.authz import (
    ALLOWED,
    LOGIN_NEEDED,
    SCOPE_NEEDED,
    Actor,
    Grant,
    Refusal,
    Role,
    Rule,
    administer,
    has_role,
    logged_in,
    require,
    with_scope,
)
from backend.platform.errors import Conflict, Forbidden, NotFound, Unauthenticated


@dataclass(frozen=True)
class _Thing:
    topic_id: int


_ANYBODY = Actor(3201)
_KARI = Actor(3201, account_id=1)
_FIRST, _SECOND = Refusal("first", "Først."), Refusal("second", "Sist.")
_yes: Rule[object] = Rule(lambda _actor, _thing: ALLOWED)
_no: Rule[object] = Rule(lambda _actor, _thing: _FIRST)
_never: Rule[object] = Rule(lambda _actor, _thing: _SECOND)


def _unasked(_actor: Actor, _thing: object) -> Refusal:
    raise AssertionError("asked in vain")


def test_and_tells_the_first_refusal() -> None:
    assert (_yes & _yes)(_KARI, None) is ALLOWED
    assert (_no & _never)(_KARI, None) is _FIRST
    assert (_yes & _never)(_KARI, None) is _SECOND
    assert (_no & Rule(_unasked))(_KARI, None) is _FIRST


def test_or_tells_the_last_refusal() -> None:
    assert (_no | _yes)(_KARI, None) is ALLOWED
    assert (_no | _never)(_KARI, None) is _SECOND
    assert (_yes | Rule(_unasked))(_KARI, None) is ALLOWED


def test_the_algebra_is_that_of_truth() -> None:
    for a, b, c in product((_yes, _no), repeat=3):
        truth = [bool(rule(_KARI, None)) for rule in (a, b, c)]
        assert bool((a & (b | c))(_KARI, None)) is (truth[0] and (truth[1] or truth[2]))
        assert bool(((a & b) | c)(_KARI, None)) is ((truth[0] and truth[1]) or truth[2])
        # Combining leaves the parts as they were, and grouping does not matter.
        assert ((a & b) & c)(_KARI, None) == (a & (b & c))(_KARI, None)
        assert ((a | b) | c)(_KARI, None) == (a | (b | c))(_KARI, None)


def test_a_refusal_becomes_the_error_that_it_names() -> None:
    require(ALLOWED)
    for kind in (Forbidden, NotFound, Conflict):
        refusal = Refusal("full", "Det er {most} fra før.", (("most", 3),), kind)
        with pytest.raises(kind) as raised:
            require(refusal)
        assert raised.value.code == "full"
        assert raised.value.params == {"most": 3}
        assert str(raised.value) == "full: Det er 3 fra før."
    with pytest.raises(Unauthenticated):
        require(logged_in(_ANYBODY, None))


def test_strangers_are_prompted_to_log_in_first() -> None:
    assert logged_in(_ANYBODY, None) is LOGIN_NEEDED
    assert logged_in(_KARI, None) is ALLOWED
    assert administer(_ANYBODY, None) is LOGIN_NEEDED


def test_a_browser_may_do_all_and_a_token_what_it_says() -> None:
    rule = with_scope("write")
    assert rule(_KARI, None) is ALLOWED
    assert rule(replace(_KARI, scopes=frozenset()), None) is SCOPE_NEEDED
    assert rule(replace(_KARI, scopes=frozenset({"read"})), None) is SCOPE_NEEDED
    assert rule(replace(_KARI, scopes=frozenset({"read", "write"})), None) is ALLOWED


def _holding(role: Role, topic_id: int | None = None) -> Actor:
    return replace(_KARI, grants=frozenset({Grant(role, topic_id)}))


def test_a_role_is_for_one_topic_or_for_all() -> None:
    rule = has_role(Role.PLANNER)
    assert not rule(_KARI, _Thing(7))
    assert rule(_holding(Role.PLANNER), _Thing(7))
    assert rule(_holding(Role.PLANNER), None)
    assert rule(_holding(Role.PLANNER, 7), _Thing(7))
    assert not rule(_holding(Role.PLANNER, 7), _Thing(8))
    # What belongs to no topic is for those who hold the role everywhere.
    assert not rule(_holding(Role.PLANNER, 7), None)
    assert not rule(_holding(Role.MODERATOR), _Thing(7))


def test_no_role_contains_another() -> None:
    for held, required in product(Role, repeat=2):
        assert bool(has_role(required)(_holding(held), None)) is (held is required)


def test_administrators_administer_in_a_browser_and_never_with_a_token() -> None:
    admin = _holding(Role.ADMIN)
    assert administer(admin, None) is ALLOWED
    assert administer(replace(admin, scopes=frozenset(SCOPES)), None) is SCOPE_NEEDED
    assert not administer(replace(_KARI, scopes=frozenset({"admin"})), None)
    # An administrator of one topic does not administer the platform.
    assert not administer(_holding(Role.ADMIN, 7), None)


def test_staff_are_those_with_a_role_beyond_living_here() -> None:
    assert not _KARI.is_staff
    assert not _holding(Role.RESIDENT).is_staff
    assert _holding(Role.MODERATOR, 7).is_staff
    assert _holding(Role.PLANNER, 7).has_role_somewhere(Role.PLANNER)
    assert not _holding(Role.PLANNER, 7).has_role(Role.PLANNER)
    assert not _KARI.is_anonymous
    assert _ANYBODY.is_anonymous
