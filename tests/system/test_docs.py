"""What people read is true: links lead somewhere, commands exist, and what the decisions promise holds."""

import re
import subprocess
from pathlib import Path

import graphql
import pytest
from typer.main import get_command

from backend.proposals.states import TRANSITIONS
from ops.cli import make_app

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
README = (ROOT / "README.md").read_text()
_FOLDERS = r"backend|graphql|workers|web|tests|docs|migrations|requirements|\.ci"


def rows(heading: str) -> list[str]:
    """The first cells of the table below a heading of the README."""
    part = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([^`]+)`", part, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    text = page.read_text()
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (page.parent / link).exists(), link
    for path in re.findall(rf"`((?:{_FOLDERS})/[\w./]+)`", text):
        # The one folder that is named because it must not be there.
        assert (ROOT / path).exists() != (path == "tests/graphql/"), path


def test_the_map_shows_every_folder() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    if not listed:
        pytest.skip("not a git checkout")
    folders = {line.split("/")[0] for line in listed.splitlines() if "/" in line and not line.startswith(".")}
    assert {path.split("/")[0] for path in rows("The folders")} == folders
    slices = {path.parent.name for path in ROOT.glob("backend/*/__init__.py")} - {"platform", "text"}
    assert set(re.findall(r"`(\w+)`", README.split("The slices: ")[1].split("\n\n")[0])) == slices


def test_commands_of_the_readme_are_those_there_are() -> None:
    shown = {command.split()[1] for command in rows("Commands")}
    assert shown == set(get_command(make_app()).commands)  # type: ignore[attr-defined]
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)) - {"help"}
    line = README.split("`make` prints its own: ")[1].split(".\n")[0]
    assert set(re.findall(r"`(\w+)`", line)) == targets


def test_decisions_have_the_same_parts_and_no_gaps() -> None:
    pages = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for page in pages:
        headings = re.findall(r"^#+ (.*)", page.read_text(), re.MULTILINE)
        assert headings[0].startswith(page.name[:4]), page.name
        assert headings[1:] == ["Context", "Decision", "Consequence", "Rejected"], page.name


def test_the_folder_graphql_is_no_package() -> None:
    assert not (ROOT / "graphql/__init__.py").exists()
    assert not (ROOT / "graphql.py").exists()
    assert "site-packages" in (graphql.__file__ or "")


def test_the_state_machine_of_the_code_is_that_of_the_database() -> None:
    sql = "\n".join(path.read_text() for path in sorted((ROOT / "migrations").glob("0*.py")))
    stored = set(re.findall(r'"([a-z_]+>[a-z_]+)"', sql))
    assert stored == {f"{source.value}>{target.value}" for source, target in TRANSITIONS}
