"""A kind of content that the program has never heard of goes through everything that cuts across kinds.

In a run of its own: which slices there are is read once, when a process begins.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _environment() -> dict[str, str]:
    """As a run that somebody starts by hand."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return {**ours, "PYTHONPATH": f"{ROOT}:{ROOT / 'graphql'}"}


def test_a_kind_of_its_own_folder() -> None:
    proof = subprocess.run(
        [
            sys.executable,
            *(
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                "-p",
                "tests.kinds.notice.register",
            ),
            "tests/kinds/notice/proof.py",
        ],
        cwd=ROOT,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert proof.returncode == 0, proof.stdout + proof.stderr
    assert "failed" not in proof.stdout
    assert "skipped" not in proof.stdout
