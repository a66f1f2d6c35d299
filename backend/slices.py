"""What the slices bring, by name: whoever cuts across them finds it here and imports none of them."""

from typing import Final

CONTENT_KINDS: Final = (
    "backend.proposals.content_kinds:PROPOSAL",
    "backend.proposals.content_kinds:EDIT_OF_PROPOSAL",
    "backend.comments.content_kind:COMMENT",
)
"""The kinds of content (backend/content/kinds.py)."""
