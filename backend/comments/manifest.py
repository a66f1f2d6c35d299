"""Comments on content of any kind."""

from typing import Final

from backend.comments.audiences import ANSWERED_COMMENTER, COMMENTERS
from backend.comments.content_kind import COMMENT
from backend.comments.erasure import erase_comments
from backend.moderation.unscreened import hold_unscreened
from backend.platform.personal_tables import Erasure, PersonalTable
from backend.platform.slices import CHANGE, READ, Manifest, WaitingRows

_STUB, _RULED = Erasure.STUB, Erasure.RULED

MANIFEST: Final = Manifest(
    models=("backend.comments.models",),
    ledgers=("comment_transition",),
    rights={
        "comment": CHANGE,
        "comment_state_rule": READ,
    },
    personal_tables=(
        PersonalTable(
            "comment",
            "author_id",
            _RULED,
            (
                "id",
                "subject_type",
                "subject_id",
                "parent_id",
                "stance",
                "language",
                "body",
                "state",
                "is_staff",
                "published_at",
                "created_at",
            ),
        ),
        PersonalTable(
            "comment_transition",
            "actor_id",
            _STUB,
            ("comment_id", "ordinal", "from_state", "to_state", "actor_role", "created_at"),
        ),
    ),
    erasers=(erase_comments,),
    content_kinds=(COMMENT,),
    audiences=(COMMENTERS, ANSWERED_COMMENTER),
    rate_limits={
        "createComment": "60/hour",
    },
    waiting=(WaitingRows(table="comment", states=("submitted",), sweep=hold_unscreened),),
)
