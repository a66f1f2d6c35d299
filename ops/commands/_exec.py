"""Runs a program from a floor above: backend may not import it, so the process becomes it."""

import os
import sys
from collections.abc import Mapping
from typing import NoReturn


def become(module: str, *arguments: str, environment: Mapping[str, str] | None = None) -> NoReturn:
    """Replace this process with `python -m module`; `environment` is added to the one there is."""
    os.execve(  # noqa: S606 - our own command line, no shell
        sys.executable, python_module(module, *arguments), {**os.environ, **(environment or {})}
    )


def python_module(module: str, *arguments: str) -> tuple[str, ...]:
    """The command line that runs a module with this Python."""
    return (sys.executable, "-m", module, *arguments)
