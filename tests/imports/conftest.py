"""A file written for one test, and the mapping most tests read it with."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backend.imports.mapping import load_mapping
from backend.imports.schema import ImportMapping

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return _write


@pytest.fixture
def plain() -> ImportMapping:
    return load_mapping("plain").with_constants(topic="mobilitet")
