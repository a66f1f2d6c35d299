"""`make bench`: one run, every figure as a ratio to a limit measured in the same run.

`python -m tests.bench --write` also puts the table into docs/performance.md. Exit code 1 when a bar is missed.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from ops.embedded import stop
from tests.bench import counting, imports, latency, pages, reads, writes
from tests.bench.figures import Figure, table
from tests.bench.load import sender
from tests.bench.size import PUBLISHED, TENTH, Size
from tests.bench.stage import set_up

_PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
_BEGIN, _END = "<!-- table -->", "<!-- /table -->"


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def run(size: Size) -> list[Figure]:
    """All figures, of a stage of this size."""
    home = Path(tempfile.mkdtemp(prefix="samskap-bench-"))
    try:
        _say(
            f"Setting the stage: {size.people:,} people, {size.proposals:,} proposals, {size.supports:,} supports …"
        )
        stage = set_up(home, size)
        _say("(a) reads …")
        figures = reads.measure(stage)
        _say("(b) supports …")
        written, loaded = writes.measure(stage)
        figures += written
        figures.append(Figure("memory of web under (b)", loaded, "MB", bar=150, is_ceiling=True))
        _say("(c) submitted → public, and memory …")
        figures += latency.measure(stage)
        _say("(d) import …")
        figures += imports.measure(stage)
        _say("(f) pages …")
        figures += pages.measure(stage)
        _say("(g) counting …")
        figures += counting.measure(stage)
        return figures
    finally:
        stop(home)
        shutil.rmtree(home, ignore_errors=True)


def main() -> int:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    parser.add_argument(
        "--tenth", action="store_true", help="a tenth of the size and time: only to see that it runs"
    )
    chosen = parser.parse_args()
    figures = run(TENTH if chosen.tenth else PUBLISHED)
    found = table(figures, sender())
    sys.stdout.write(found)
    if chosen.write:
        before, rest = _PAGE.read_text().split(_BEGIN)
        _PAGE.write_text(f"{before}{_BEGIN}\n{found}{_END}{rest.split(_END)[1]}")
    if chosen.tenth:
        return 0
    return 0 if all(figure.is_met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
