"""What the SQL in the code must not say: sets of states that have a name, and tables of a municipality without it."""

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from backend.comments import states as comment_states
from backend.moderation import decisions
from backend.notifications import states as delivery_states
from backend.platform.database import fetch
from backend.platform.locks import Lock
from backend.platform.sql import one_of
from backend.proposals import states as proposal_states

ROOT = Path(__file__).parents[2]
_STATEMENT = re.compile(r"^\s*(WITH|SELECT|INSERT INTO|UPDATE|DELETE FROM)\b")
_SET = re.compile(r"\b(?:state|decision)\s+(?:NOT\s+)?IN\s*\(\s*'", re.IGNORECASE)
_LOCKED = re.compile(r"\b7_265_\d+\b|\b7265\d{3}\b")
_TABLE = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+([a-z_]+)\b")

# Rows of all municipalities at once, each for a reason.
EVERYWHERE = {
    "outbox": "a job names its municipality in its payload",
    "municipality": "it is the municipality",
}


def _sources() -> Iterator[tuple[Path, str]]:
    for folder in ("backend", "graphql", "web", "workers", "ops"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield path.relative_to(ROOT), path.read_text()


def _texts(source: str) -> Iterator[tuple[int, str]]:
    """Every string with its line; what an f-string fills in becomes an ellipsis."""
    tree = ast.parse(source)
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (
                part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "…"
                for part in node.values
            )
            yield node.lineno, "".join(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.lineno, node.value


TEXTS = [(path, line, text) for path, source in _sources() for line, text in _texts(source)]


def test_sets_of_states_have_names() -> None:
    found = [f"{path}:{line}" for path, line, text in TEXTS if _SET.search(text)]
    assert found == [], "name the set beside its enum, and write it with one_of"


def test_a_literal_set_would_be_found() -> None:
    assert _SET.search("SELECT FROM proposal p WHERE p.state IN ('published', 'done')")
    assert _SET.search("AND state NOT IN ('hidden')")
    assert not _SET.search("state = 'published'")


def test_locks_have_their_numbers_in_one_place() -> None:
    found = [str(path) for path, source in _sources() if _LOCKED.search(source)]
    assert found == ["backend/platform/locks.py"]
    assert len({lock.value for lock in Lock}) == len(Lock)


async def test_statements_on_a_municipalitys_tables_name_it(fresh) -> None:
    rows = await _tables()
    owned = rows - set(EVERYWHERE)
    missing = []
    for path, line, text in TEXTS:
        if not _STATEMENT.match(text) or "municipality_id" in text or "…" in text:
            continue
        if text.lstrip().startswith("SELECT") and "WHERE" not in text:
            # The head of a statement: who reads which rows is said where it is completed.
            continue
        if owned & set(_TABLE.findall(text)):
            missing.append(f"{path}:{line}")
    assert missing == []


async def _tables() -> set[str]:

    rows = await fetch(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'municipality_id'"
    )
    return {row["table_name"] for row in rows}


@pytest.mark.parametrize(
    "states",
    [
        *(
            found
            for module in (proposal_states, comment_states, delivery_states, decisions)
            for found in vars(module).values()
            if isinstance(found, frozenset) and found
        )
    ],
)
def test_a_set_is_written_in_the_order_of_its_enum(states: frozenset[StrEnum]) -> None:
    written = re.findall(r"'(\w+)'", one_of("state", states))
    assert written == [value.value for value in type(next(iter(states))) if value in states]


# What stands in backend/proposals/sql.py once, and nowhere else.
_SPELT_ONCE = re.compile(
    r"\bordinal\)?\s*%\s*2\b|\baccepted_by_id (?:=|<>|IS NOT NULL)(?: \S+)?\s+AND\s+(?:\w+\.)?ended_at IS NULL"
)


def test_who_is_co_author_and_what_is_in_force_is_spelt_once() -> None:
    found = {str(path) for path, _, text in TEXTS if _SPELT_ONCE.search(text)}
    assert found == {"backend/proposals/sql.py"}
    for copy in (
        "HAVING max(ordinal) % 2 = 1",
        "i.accepted_by_id = $2 AND i.ended_at IS NULL",
        "e.ordinal % 2 = 0",
    ):
        assert _SPELT_ONCE.search(copy)
