"""Each test can fail: it asserts, or calls what does. A test that says nothing is worse than none."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parent
ASSERTING = {
    "fail": "pytest.fail",
    "raises": "pytest.raises",
    "warns": "pytest.warns",
    "expect": "Playwright's assertions wait, and raise",
    "sees": "waits for words on the page, and raises",
    "wait_for_url": "waits for an address, and raises",
}
"""Calls that fail a test by themselves, besides helpers of ours that assert."""

BY_RAISING = {
    "demo/test_content.py::test_every_text_passes_the_rules": "a text that breaks a rule raises",
    "system/test_compose.py::test_commands_are_understood_by_the_command_line": "an unknown option raises",
}
"""Tests whose subject raises when it is wrong, and has nothing to say when it is right."""

ANY_OF = {
    "api/test_generated.py": "of generated documents it only matters that none is a fault of ours",
    "api/test_hostile_texts.py": "the same of generated texts",
}
"""Where several statuses are right: anywhere else a test says which one."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
    return ""


def _is_raised(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and _called(node.exc) == "AssertionError"
    )


def _walked(node: ast.AST) -> Iterator[ast.AST]:
    """All below, but for what stands where exceptions are suppressed: it cannot fail a test."""
    for child in ast.iter_child_nodes(node):
        is_suppressed = isinstance(child, ast.With) and any(
            isinstance(item.context_expr, ast.Call) and _called(item.context_expr) == "suppress"
            for item in child.items
        )
        if not is_suppressed:
            yield child
            yield from _walked(child)


def _functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


@cache
def _parsed() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text()) for path in sorted(TESTS.rglob("*.py"))}


def _asserts(function: Function, helpers: frozenset[str]) -> bool:
    return any(
        isinstance(node, ast.Assert)
        or _is_raised(node)
        or (isinstance(node, ast.Call) and (_called(node) in helpers or _called(node) in ASSERTING))
        for node in _walked(function)
    )


@cache
def _helpers() -> frozenset[str]:
    """Names of functions in tests/ that assert, or call one that does."""
    helpers: frozenset[str] = frozenset()
    while True:
        found = frozenset(
            function.name
            for tree in _parsed().values()
            for function in _functions(tree)
            if not function.name.startswith("test_") and _asserts(function, helpers)
        )
        if found == helpers:
            return found
        helpers = found


def _tests() -> Iterator[tuple[str, Function]]:
    for path, tree in _parsed().items():
        for function in _functions(tree):
            if function.name.startswith("test_"):
                yield f"{path.relative_to(TESTS)}::{function.name}", function


def test_every_test_asserts_something() -> None:
    names = [name for name, _ in _tests()]
    assert len(names) > 1_000
    silent = {name for name, function in _tests() if not _asserts(function, _helpers())}
    assert silent == BY_RAISING.keys()


def _is_status_among(node: ast.AST) -> bool:
    """Whether it asserts that a status is one of several that are named."""
    return (
        isinstance(node, ast.Assert)
        and isinstance(node.test, ast.Compare)
        and isinstance(node.test.left, ast.Attribute)
        and node.test.left.attr == "status_code"
        and isinstance(node.test.ops[0], ast.In)
        and isinstance(node.test.comparators[0], ast.Tuple | ast.Set | ast.List)
    )


def test_a_test_says_which_status_is_right() -> None:
    found = {
        str(path.relative_to(TESTS))
        for path, tree in _parsed().items()
        if any(map(_is_status_among, ast.walk(tree)))
    }
    assert found == ANY_OF.keys()


def test_a_test_that_cannot_fail_is_found() -> None:
    tree = ast.parse(
        "def test_silent():\n"
        "    with suppress(Error):\n        assert broken()\n"
        "def test_loud():\n    with raises(Error):\n        broken()\n"
    )
    assert [each.name for each in _functions(tree) if not _asserts(each, frozenset())] == ["test_silent"]
