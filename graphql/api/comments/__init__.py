"""Comments over GraphQL."""

from typing import Final

MUTATIONS: Final = ("mutations:CommentMutations",)
CONTENT: Final = {"comment": "types:Comment"}
