"""What the viewer may do, with the reason when not: enough to draw every button."""

import strawberry

from backend.platform.authz import Actor, Decision, Refusal, with_scope
from backend.platform.i18n import translate


@strawberry.type(description="Whether the viewer may do something, and why not.")
class Permission:
    allowed: bool = strawberry.field(description="Whether the viewer may.")
    code: str | None = strawberry.field(description="The reason's code when not.")
    message: str | None = strawberry.field(description="The reason in the viewer's language when not.")


def permission_to(actor: Actor, scope: str, decision: Decision, language: str) -> Permission:
    """The answer of a rule about something that also asks the credential for a scope."""
    return permission(with_scope(scope)(actor, None) and decision, language)


def permission(decision: Decision, language: str) -> Permission:
    """The answer of a rule."""
    if isinstance(decision, Refusal):
        message = translate(language, decision.message, **dict(decision.params))
        return Permission(allowed=False, code=decision.code, message=message)
    return Permission(allowed=True, code=None, message=None)
