"""A trusted document is there for a page, or named in the docs for other clients."""

import re
from pathlib import Path

from api.documents import OPERATIONS

ROOT = Path(__file__).parents[2]
_WORD = re.compile(r"\w+")
_NOT_OURS = ("node_modules", "static")


def _words(*patterns: str) -> set[str]:
    paths = [path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()]
    ours = [path for path in paths if not set(_NOT_OURS) & set(path.parts)]
    return {
        word for path in ours for word in _WORD.findall(path.read_text(encoding="utf-8", errors="ignore"))
    }


def test_each_is_used_by_a_page_or_named_in_the_docs() -> None:
    in_use = _words(
        "web/**/*.py", "web/templates/**/*", "web/frontend/*.ts", "web/frontend/*.js", "docs/*.md"
    )
    documents = {path.stem for path in OPERATIONS.glob("*/*.graphql") if path.parent.name != "fragments"}
    assert len(documents) > 100
    assert sorted(documents - in_use) == []


def test_each_fragment_is_spread() -> None:
    spread = {
        name
        for path in OPERATIONS.glob("*/*.graphql")
        for name in re.findall(r"\.\.\.(\w+)", path.read_text())
        if name != "on"
    }
    fragments = {path.stem for path in (OPERATIONS / "fragments").glob("*.graphql")}
    assert sorted(fragments - spread) == []
