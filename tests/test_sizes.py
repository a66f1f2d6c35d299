"""One file, one idea: none above 400 lines, no function above 50, as CONTRIBUTING.md promises."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("backend", "graphql", "ops", "tests", "web", "workers")
MOST_LINES, MOST_OF_A_FUNCTION = 400, 50


def _files() -> Iterator[tuple[str, str]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not {"node_modules", "static"} & set(path.parts):
                yield str(path.relative_to(ROOT)), path.read_text()


def test_no_file_is_too_long() -> None:
    lengths = {name: text.count("\n") for name, text in _files()}
    assert len(lengths) > 500
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_no_function_of_the_program_is_too_long() -> None:
    found = {
        f"{name}:{node.name}": length
        for name, text in _files()
        if not name.startswith("tests/")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > MOST_OF_A_FUNCTION
    }
    assert found == {}
