"""The slices of the domain, from the ground up: each says in its `manifest.py` what it brings."""

from typing import Final

SLICES: Final = (
    "backend.platform",
    "backend.content",
    "backend.audit",
    "backend.topics",
    "backend.accounts",
    "backend.notifications",
    "backend.moderation",
    "backend.comments",
    "backend.follows",
    "backend.proposals",
    "backend.imports",
    "backend.administration",
)
