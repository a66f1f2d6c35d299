"""A kind of content that the program has never heard of goes through everything that cuts across kinds.

In a run of its own: which slices there are is read once, when a process begins.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_kind_of_its_own_folder() -> None:
    proof = subprocess.run(
        [
            sys.executable,
            *(
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:xdist",
                "-p",
                "no:cacheprovider",
                "-p",
                "tests.kinds.notice.register",
            ),
            "tests/kinds/notice/proof.py",
        ],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'graphql'}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert proof.returncode == 0, proof.stdout + proof.stderr
    assert "failed" not in proof.stdout
    assert "skipped" not in proof.stdout
