"""The registry of kinds of content, and the table they share a key with."""

from typing import Final

from backend.platform.personal_tables import Erasure, PersonalTable
from backend.platform.slices import READ, Manifest

_STUB = Erasure.STUB

MANIFEST: Final = Manifest(
    models=("backend.content.models",),
    rights={
        # Triggers write it, as the owner.
        "content": READ,
    },
    personal_tables=(
        PersonalTable(
            "content", "author_id", _STUB, why="Says of what is exported by itself only that it is there."
        ),
    ),
)
