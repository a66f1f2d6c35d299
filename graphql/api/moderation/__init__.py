"""Moderation over GraphQL."""

from typing import Final

QUERIES: Final = ("queries:ModerationQueries",)
MUTATIONS: Final = ("mutations:ModerationMutations",)
