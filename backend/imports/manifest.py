"""Proposals taken in from files."""

from typing import Final

from backend.platform.personal_tables import Erasure, PersonalTable
from backend.platform.slices import ALL, CHANGE, ClockEntry, Manifest, WaitingRows

_DELETE, _STUB = Erasure.DELETE, Erasure.STUB

MANIFEST: Final = Manifest(
    models=("backend.imports.models",),
    rights={
        "import_run": CHANGE,
        "import_row_error": ALL,
        "import_upload": ALL,
        "import_upload_chunk": ALL,
    },
    personal_tables=(
        PersonalTable(
            "import_run",
            "started_by_id",
            _STUB,
            ("created_at", "source", "file_name", "state", "finished_at"),
        ),
        PersonalTable("import_upload", "account_id", _DELETE, ("created_at", "file_name", "size")),
    ),
    clock=(
        # Files that nobody took in, and imports whose job was given up.
        ClockEntry("settle_imports", {"minute": {9, 19, 29, 39, 49, 59}, "second": 21}),
    ),
    waiting=(
        WaitingRows(table="import_run", states=("running",), why="settle_imports ends what was given up."),
    ),
)
