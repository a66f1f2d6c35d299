"""Who follows what."""

from typing import Final

from backend.follows.audiences import FOLLOWERS, TOPIC_FOLLOWERS
from backend.platform.personal_tables import Erasure, PersonalTable
from backend.platform.slices import ALL, Manifest

_DELETE = Erasure.DELETE

MANIFEST: Final = Manifest(
    models=("backend.follows.models",),
    rights={
        "follow": ALL,
    },
    personal_tables=(
        PersonalTable(
            "follow", "account_id", _DELETE, ("topic_id", "subject_type", "subject_id", "created_at")
        ),
    ),
    audiences=(FOLLOWERS, TOPIC_FOLLOWERS),
)
