"""Topics and places."""

from typing import Final

from backend.platform.personal_tables import Erasure, PersonalTable
from backend.platform.slices import ALL, CHANGE, Manifest

_CLEAR = Erasure.CLEAR

MANIFEST: Final = Manifest(
    models=("backend.topics.models",),
    rights={
        "place": CHANGE,
        "topic": CHANGE,
        "topic_place": ALL,
        "topic_requirement": ALL,
        "topic_text": ALL,
    },
    personal_tables=(PersonalTable("topic", "responsible_id", _CLEAR, ("id", "slug")),),
)
