"""The domain's enums as GraphQL's; imported before any type that uses them."""

import strawberry

from api.content.enums import SubjectType
from backend.moderation.decisions import Decision
from backend.moderation.queue import ModerationCaseDecision, ModerationCaseOrigin, ModerationCaseState
from backend.moderation.reasons import ReasonCode

__all__ = [
    "Decision",
    "ModerationCaseDecision",
    "ModerationCaseOrigin",
    "ModerationCaseState",
    "ReasonCode",
    "SubjectType",
]

strawberry.enum(Decision, name="ModerationDecision", description="What a moderator may decide.")
strawberry.enum(ModerationCaseDecision, name="CaseDecision", description="What came of a case.")
strawberry.enum(ModerationCaseOrigin, name="CaseOrigin", description="Who asked for a decision.")
strawberry.enum(ModerationCaseState, name="CaseState", description="How far a case has come.")
strawberry.enum(
    ReasonCode, description="Why content breaks the rules; what each means is in moderationGrounds."
)
