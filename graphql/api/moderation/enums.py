"""The domain's enums as GraphQL's; imported before any type that uses them."""

import strawberry

from api.content.enums import SubjectType
from backend.moderation.decisions import Decision
from backend.moderation.queue import CaseDecision, CaseOrigin, CaseState
from backend.moderation.reasons import ReasonCode

__all__ = ["CaseDecision", "CaseOrigin", "CaseState", "Decision", "ReasonCode", "SubjectType"]

strawberry.enum(Decision, name="ModerationDecision", description="What a moderator may decide.")
strawberry.enum(CaseDecision, description="What came of a case.")
strawberry.enum(CaseOrigin, description="Who asked for a decision.")
strawberry.enum(CaseState, description="How far a case has come.")
strawberry.enum(
    ReasonCode, description="Why content breaks the rules; what each means is in moderationGrounds."
)
