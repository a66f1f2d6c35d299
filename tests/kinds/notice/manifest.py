"""What the slice brings."""

from typing import Final

from backend.moderation.unscreened import hold_unscreened
from backend.platform.personal_tables import Erasure, PersonalTable
from backend.platform.slices import CHANGE, Manifest, WaitingRows
from tests.kinds.notice.content_kind import NOTICE
from tests.kinds.notice.service import erase_notices

MANIFEST: Final = Manifest(
    models=("tests.kinds.notice.models",),
    rights={"notice": CHANGE},
    personal_tables=(
        PersonalTable(
            "notice", "author_id", Erasure.RULED, ("id", "created_at", "topic_id", "state", "title", "body")
        ),
    ),
    erasers=(erase_notices,),
    content_kinds=(NOTICE,),
    waiting=(WaitingRows(table="notice", states=("submitted",), sweep=hold_unscreened),),
)
