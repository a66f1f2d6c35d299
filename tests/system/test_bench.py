"""A tenth of the bench: not to know how fast anything is, but that every figure still comes."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What begins the rows of the table; the rest of them are what it is compared with.
FIGURES = (
    "constant response",
    "hand-written endpoint",
    "free query",
    "trusted document, uncached",
    "trusted document, uncached, all alike",
    "trusted document, cached",
    "pgbench, insert only, spread over proposals",
    "supports, spread over proposals",
    "pgbench, insert only, all on one proposal",
    "supports, all on one proposal",
    "memory of web under (b)",
    "submitted → public, p50",
    "submitted → public, p95",
    "memory of web, idle",
    "memory of worker slow, after (c)",
    "COPY of the imported rows",
    "import, whole command",
    "front page, kept",
    "trusted document, one at a time, p50",
    "topic page with 20 proposals, uncached, p50",
    "front page with style and scripts, compressed",
    "its scripts, compressed",
    "front page with style and scripts, gzip",
    "its scripts, gzip",
    "counting 150 proposals",
    "write-ahead log of that",
    "counting 10,000 proposals in slices of 5,000",
)


@pytest.mark.timeout(600)
async def test_every_figure_comes() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bench",
        "--tenth",
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("SAMSKAP_")},
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "graphql")]),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    rows = [line.split("|")[1].strip() for line in output.decode().splitlines() if line.startswith("| ")]
    assert [name for name in FIGURES if name not in rows] == []
