"""(d) importing proposals from a file, against COPY of the same rows into a table without any index."""

import asyncio
import csv
import os
import subprocess
import sys
import time
from pathlib import Path

from backend.platform import database
from tests.bench.figures import Figure
from tests.bench.stage import Stage
from tests.bench.texts import made_up

_REAL = Path(__file__).parents[3] / "shared" / "data" / "proposals" / "pro_merged.csv"


def measure(stage: Stage) -> list[Figure]:
    """The real file where it is at hand, else as many made-up rows."""
    file, options = (_made_up(stage), [])
    if stage.size.share == 1 and _REAL.exists():
        file, options = _REAL, ["--create-topic"]
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "ops.cli", "import", "proposals", str(file), *options],
        env={**os.environ, **stage.environment, "PYTHONPATH": "graphql:."},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    seconds = time.perf_counter() - started
    imported, copied = asyncio.run(_copy(stage))
    return [
        Figure("COPY of the imported rows", imported / copied, "rows/s"),
        Figure("import, whole command", imported / seconds, "rows/s", "COPY", copied / seconds),
    ]


def _made_up(stage: Stage) -> Path:
    path = stage.home / "made-up.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "title", "body", "topic", "language"])
        for n, text in enumerate(made_up(stage.size.imported)):
            writer.writerow([f"k{n}", text.title, text.body, "mobilitetsstrategi", "nb"])
    return path


async def _copy(stage: Stage) -> tuple[int, float]:
    async with database.open_database(stage.settings):
        rows = await database.fetch(
            """SELECT external_key, title, body, longitude, latitude, state FROM proposal
               WHERE source IS NOT NULL"""
        )
        await database.execute(
            """CREATE TABLE bench_copy (external_key text, title text, body text, longitude float8, latitude float8,
                                        state text)"""
        )
        async with database.connection() as held:
            started = time.perf_counter()
            await held.copy_records_to_table("bench_copy", records=[tuple(row.values()) for row in rows])
            return len(rows), time.perf_counter() - started
