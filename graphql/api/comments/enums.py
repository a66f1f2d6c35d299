"""The domain's enums as GraphQL's; imported before any type that uses them."""

import strawberry

from backend.comments.queries import CommentSort, Stance
from backend.comments.states import CommentState

__all__ = ["CommentSort", "CommentState", "Stance"]

strawberry.enum(Stance, description="Where a comment stands towards the proposal.")
strawberry.enum(CommentState, description="Where a comment stands itself.")
strawberry.enum(CommentSort, description="In which order comments of the first level come.")
