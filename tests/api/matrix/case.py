"""The words that the expectations are written in."""

import re
from dataclasses import dataclass

ROLES = (
    "stranger",
    "resident",
    "minor",
    "outsider",
    "author",
    "co_author",
    "planner",
    "planner_elsewhere",
    "moderator",
    "moderator_elsewhere",
    "admin",
    "read_token",
    "blind_token",
)
"""Who asks. `outsider` lives in another municipality; both tokens are a planner's, moderator's and admin's, and
cover no more than `read` (read_token), or not even that (blind_token)."""

REST = "*"
"""Everybody who is not named in another outcome of the case."""

_GROUPS = {
    "tokens": "read_token blind_token",
    "authors": "author co_author",
    "in_charge": "planner moderator",
    "staff": "planner planner_elsewhere moderator moderator_elsewhere admin",
    "everybody": REST,
}
_SHORTHAND = {
    "barred": "login_required: stranger | scope_missing: tokens",
    "read_barred": "login_required: stranger | scope_missing: blind_token",
    "no_browser": "login_required: stranger | browser_needed: tokens",
    "no_viewer": "null: stranger | error_scope_missing: blind_token",
}


@dataclass(frozen=True, slots=True)
class Case:
    """What each role gets from one field about one thing.

    `field` is "Type.field"; `on` names a thing of the world, or says what the case is about.
    """

    field: str
    on: str
    outcomes: dict[str, str]

    @property
    def name(self) -> str:
        """What a failure calls it."""
        return f"{self.field} ({self.on})" if self.on else self.field

    def expected(self) -> dict[str, str]:
        """Role to outcome; raises ValueError unless every role has exactly one."""
        named: dict[str, str] = {}
        rest = None
        for outcome, roles in self.outcomes.items():
            if roles == REST:
                rest = outcome
                continue
            for role in roles.split():
                if role not in ROLES or role in named:
                    raise ValueError(f"{self.name}: {role} is unknown, or has two outcomes")
                named[role] = outcome
        missing = [role for role in ROLES if role not in named]
        if bool(missing) != (rest is not None):
            raise ValueError(f"{self.name}: say once what becomes of {missing or 'the rest'}")
        return {role: named.get(role, rest or "") for role in ROLES}


def table(text: str) -> list[Case]:
    """The cases of a table: a line with a field, and below it a line for each thing or several things alike.

    A line is `things  outcome: roles | outcome: roles`; `-` is a case about nothing in particular. Roles are
    those of ROLES or of _GROUPS, and `*` for all others; words of _SHORTHAND stand for outcomes that come often.
    Outcomes are:

    `ok`, `null`, `not_found` (a NotFoundProblem), a problem's or permission's code, `error_` and the code of a
    GraphQL error, `masked`, `yes` and `no` for booleans, `rows_` and their number for lists and figures, or
    `some` and `none` when the number does not matter.
    """
    found: list[Case] = []
    field = ""
    for line in text.strip().splitlines():
        if not line.startswith(" "):
            field = line.strip()
            continue
        things, outcomes = re.split(r" {2,}", line.strip(), maxsplit=1)
        found += [Case(field, thing.strip("-"), _outcomes(outcomes)) for thing in things.split(", ")]
    return found


def _outcomes(text: str) -> dict[str, str]:
    parts = (_SHORTHAND.get(part, part) for part in text.split(" | "))
    named = dict(part.split(": ") for part in " | ".join(parts).split(" | "))
    return {
        name: " ".join(_GROUPS.get(role, role) for role in roles.split()) for name, roles in named.items()
    }


@dataclass(frozen=True, slots=True)
class Slice:
    """The expectations of one slice.

    `arguments` are those of a field in all its cases, or by "Type.field (on)" in one of them: `$on` stands for
    the id of the case's thing and `$name` for any other's. `via` tells along which fields a type that is no
    node is reached. `plain` names the fields that are the same for everybody who gets the thing at all.
    """

    cases: list[Case]
    arguments: dict[str, str]
    plain: dict[str, str]
    via: dict[str, str]
