"""`samskap import` and `samskap recount` as people run them."""

import json
from pathlib import Path

import pytest

from backend.platform.database import execute, fetch_value
from backend.platform.settings import Settings

from .commands import samskap
from .conftest import Write
from .test_stream import fill

HEADER = "key,title,topic,lat,lon\n"
SOUND = "a1,Benker,mobilitetsstrategi,59.9,10.5\n"
BAD = "a2,Skilt,mobilitetsstrategi,nord,10.5\n"


async def test_bad_rows_are_shown_and_nothing_is_imported(
    fresh: Settings, write: Write, tmp_path: Path
) -> None:
    file, report = write("rows.csv", HEADER + SOUND + BAD), tmp_path / "report.json"
    code, _, errors = await samskap(fresh, "import", "proposals", str(file), "--report", str(report))
    assert code == 1
    assert "line 3, lat: 'nord'" in errors
    assert "nothing was imported" in errors
    assert json.loads(report.read_text())["errors"][0] == {
        "line": 3,
        "column": "lat",
        "value": "nord",
        "code": "not_a_number",
        "message": "lat må være et tall.",
    }
    assert await fetch_value("SELECT count(*) FROM proposal") == 0
    code, output, errors = await samskap(fresh, "import", "proposals", str(file), "--skip-bad")
    assert code == 0
    assert "line 3, lat" in errors
    assert await fetch_value("SELECT external_key FROM proposal") == "a1"
    assert "created" in output


async def test_an_export_of_a_source_goes_back_into_it(fresh: Settings, write: Write, tmp_path: Path) -> None:
    file, out = write("rows.csv", HEADER + SOUND), tmp_path / "out.csv"
    source = ("--source", "liste")
    assert (await samskap(fresh, "import", "proposals", str(file), *source))[0] == 0
    assert (await samskap(fresh, "export", "proposals", "--output", str(out), *source))[0] == 0
    code, _, errors = await samskap(fresh, "import", "proposals", str(out), *source)
    assert code == 0, errors
    code, output, _ = await samskap(fresh, "import", "proposals", str(out), *source)
    assert "unchanged" in output
    assert await fetch_value("SELECT count(*) FROM proposal") == 1
    assert await fetch_value("SELECT version FROM proposal") == 1


async def test_a_dry_run_says_so(fresh: Settings, write: Write) -> None:
    file = write("rows.csv", HEADER + SOUND)
    code, output, _ = await samskap(fresh, "import", "proposals", str(file), "--dry-run")
    assert code == 0
    assert "Nothing was written" in output
    assert await fetch_value("SELECT count(*) FROM proposal") == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("finnes-ikke.csv",), "finnes-ikke.csv kan ikke åpnes."),
        (("{file}", "--mapping", "finnes-ikke"), "finnes-ikke"),
        (("{file}", "--topic", "finnes-ikke"), "The topic finnes-ikke is not there: make it first"),
        (("{file}", "--topic", "omastadi"), "add --create-topic"),
        (("{file}", "--topic", "finnes-ikke", "--create-topic"), "Ingen tekster følger med"),
    ],
)
async def test_what_people_can_mend_is_one_sentence(
    fresh: Settings, write: Write, arguments: tuple[str, ...], said: str
) -> None:
    file = str(write("rows.csv", HEADER + SOUND))
    filled = [argument.format(file=file) for argument in arguments]
    code, _, errors = await samskap(fresh, "import", "proposals", *filled)
    assert code == 2
    assert said in errors
    assert "Traceback" not in errors


async def test_recount_finds_drift_and_repairs_it(fresh: Settings) -> None:
    await fill(fresh, 2)
    assert (await samskap(fresh, "recount"))[0] == 0
    await execute("""UPDATE proposal_activity SET supports = 7
           WHERE proposal_id = (SELECT id FROM proposal WHERE external_key = '1')""")
    code, output, errors = await samskap(fresh, "recount")
    assert code == 1
    assert "supports stored 7, derived 0" in output
    assert "1 counts differed" in errors
    assert (await samskap(fresh, "recount", "--repair"))[0] == 1
    code, output, _ = await samskap(fresh, "recount")
    assert (code, output) == (0, "Every count agrees with its ledger.\n")
    assert await fetch_value("SELECT count(*) FROM recount_alarm") == 2
