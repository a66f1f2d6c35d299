"""What the slices bring, by name: whoever cuts across them finds it here and imports none of them."""

from typing import Final

CONTENT_KINDS: Final = (
    "backend.proposals.content_kinds:PROPOSAL",
    "backend.proposals.content_kinds:EDIT_OF_PROPOSAL",
    "backend.comments.content_kind:COMMENT",
)
"""The kinds of content (backend/content/kinds.py)."""

ERASERS: Final = (
    "backend.proposals.erasure:erase_proposals",
    "backend.comments.erasure:erase_comments",
    "backend.proposals.erasure:erase_supports",
)
"""What becomes of a slice's rows when an account is deleted, in this order: each an `async def` of the municipality,
the account and `keep_content`, in units of work of its own that may be done again. Rows that need no rule are named in
`backend/accounts/personal_tables.py`."""

MOVERS: Final = ("backend.proposals.supports:move_supports",)
"""What moves to the resident's account when a person's two are bound: each an `async def` of the municipality and both
accounts, in the caller's unit of work."""

AUDIENCES: Final = (
    "backend.proposals.audiences:SUPPORTERS",
    "backend.comments.audiences:COMMENTERS",
    "backend.comments.audiences:ANSWERED_COMMENTER",
    "backend.follows.audiences:FOLLOWERS",
    "backend.follows.audiences:TOPIC_FOLLOWERS",
)
"""Who stands in which relation to an event (backend/notifications/kinds.py)."""

REASON_TEXTS: Final = (
    "backend.moderation.reasons:GROUNDS",
    "backend.moderation.signals.reasons:REASON_TEXTS",
)
"""What the codes of reasons in events say: mappings from code to source text."""
