"""All expectations, slice by slice."""

from tests.api.matrix import (
    accounts,
    administration,
    comments,
    content,
    follows,
    imports,
    moderation,
    notifications,
    problems,
    proposals,
    topics,
)
from tests.api.matrix.case import Case

SLICES = (
    content.SLICE,
    topics.SLICE,
    proposals.SLICE,
    comments.SLICE,
    moderation.SLICE,
    follows.SLICE,
    accounts.SLICE,
    notifications.SLICE,
    imports.SLICE,
    administration.SLICE,
    problems.SLICE,
)
CASES: list[Case] = [case for each in SLICES for case in each.cases]
ARGUMENTS = {field: text for each in SLICES for field, text in each.arguments.items()}
PLAIN = {name: frozenset(text.split()) for each in SLICES for name, text in each.plain.items()}
VIA = {name: path for each in SLICES for name, path in each.via.items()}


def same(expected: str, outcome: str) -> bool:
    """Whether an outcome is the one expected."""
    if expected == "some":
        return outcome.startswith("rows_") and outcome != "rows_0"
    return outcome == ("rows_0" if expected == "none" else expected)
