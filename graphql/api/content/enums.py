"""The kinds of content as an enum: what slices bring."""

from enum import StrEnum

import strawberry

from backend.content.registry import kinds

SubjectType = StrEnum("SubjectType", {name.upper(): name for name in kinds()})  # type: ignore[misc]
strawberry.enum(SubjectType, description="What can be moderated.")
