"""No name says only that something happened: CONTRIBUTING.md says how things are called, and why."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    ArgumentNode,
    FieldDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    InputValueDefinitionNode,
    NamedTypeNode,
    OperationDefinitionNode,
    TypeDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    visit,
)
from jinja2 import Environment

ROOT = Path(__file__).parents[2]
FOLDERS = ("ops", "web", "workers", "backend", "graphql", "tests")
# Each had several meanings; the standard term says which one.
WORDS = {"told", "wanted", "asked", "kept"}
# Not words of a larger name, but names: the term beside each is the one to search for.
NAMES = {
    "hear": "on_tags",
    "ear": "subscriber",
    "ears": "subscribers",
    "hub": "broker",
    "making": "flight",
    "makings": "flights",
    "lane": "worker",
    "lanes": "workers",
    "linger": "max_wait",
    "leaveopenerror": "RetryLater",
    "pagedoor": "CachedPages",
    "led_on": "redirect_after_post",
    "read_anew": "reset",
    "take_step": "apply_transition",
    "chrome": "site_header",
    "foretelling": "preview",
    "lapsing": "lapse",
    "upkeep": "retention",
    "storing": "versions",
    "restoring": "restore_supports",
    "barred": "forbidden",
    "take_in": "import_rows",
    "whole_file": "atomic_file",
}


def _words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)}


def _is_refused(name: str) -> bool:
    return bool(_words(name) & WORDS) or name.strip("_").lower() in NAMES


def _sources(suffix: str) -> list[Path]:
    return sorted(
        path
        for folder in FOLDERS
        for path in (ROOT / folder).rglob(f"*{suffix}")
        if not {"node_modules", "static"} & set(path.parts)
    )


def _of_python(path: Path) -> Iterator[str]:
    yield path.stem
    for node in ast.walk(_without_columns(path, ast.parse(path.read_text()))):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.keyword(arg=str(name)) | ast.alias(asname=str(name)):
                yield name


def _without_columns(path: Path, tree: ast.Module) -> ast.Module:
    """A column is called what the database calls it; to rename one takes two releases."""
    if path.name == "models.py":
        for each in tree.body:
            if isinstance(each, ast.ClassDef):
                each.body = [line for line in each.body if not isinstance(line, ast.Assign | ast.AnnAssign)]
    return tree


def _of_template(path: Path) -> Iterator[str]:
    yield path.stem
    yield from (
        value for _, kind, value in Environment(autoescape=True).lex(path.read_text()) if kind == "name"
    )


class _Names(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def enter(self, node: object, *_: object) -> object:
        match node:
            case FieldDefinitionNode() | InputValueDefinitionNode() if node.directives:
                return self.SKIP  # deprecated: it was called so before
            case (
                FieldDefinitionNode()
                | InputValueDefinitionNode()
                | TypeDefinitionNode()
                | FieldNode()
                | ArgumentNode()
                | FragmentDefinitionNode()
                | OperationDefinitionNode()
                | VariableNode()
                | NamedTypeNode()
            ):
                self.found += [part.value for part in (node.name, getattr(node, "alias", None)) if part]
        return None


def _of_graphql(path: Path) -> Iterator[str]:
    names = _Names()
    visit(parse(path.read_text()), names)
    yield from names.found


@pytest.mark.parametrize(
    ("suffix", "names_of"), [(".py", _of_python), (".html", _of_template), (".graphql", _of_graphql)]
)
def test_names_are_the_terms_of_the_field(suffix: str, names_of: object) -> None:
    paths = _sources(suffix)
    assert len(paths) > 50
    found = {str(path.relative_to(ROOT)): {n for n in names_of(path) if _is_refused(n)} for path in paths}  # type: ignore[operator]
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("source", "refused"),
    [
        ("def told(): ...", True),
        ("class StateKept: ...", True),
        ("x.is_asked_for", True),
        ("def f(*, wanted): ...", True),
        ("f(wanted=1)", True),
        ("import a as _KEPT", True),
        ("f'{told}'", True),
        ("def hear(): ...", True),
        ("untold = unwanted = masked = basket = hearing = cleared = 'told'", False),
        ("toldFrom = 1", True),
    ],
)
def test_the_walk_finds_names_and_nothing_else(tmp_path: Path, source: str, refused: bool) -> None:
    path = tmp_path / "source.py"
    path.write_text(source)
    assert any(map(_is_refused, _of_python(path))) is refused
