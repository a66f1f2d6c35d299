"""What staff did."""

from typing import Final

from backend.platform.personal_tables import Erasure, PersonalTable
from backend.platform.slices import Manifest

_STUB = Erasure.STUB

MANIFEST: Final = Manifest(
    models=("backend.audit.models",),
    ledgers=("staff_act",),
    personal_tables=(
        PersonalTable("staff_act", "actor_id", _STUB, ("created_at", "kind", "topic_id", "place_id")),
    ),
)
