"""Comments over GraphQL."""

from typing import Final

MUTATIONS: Final = ("mutations:CommentMutations",)
