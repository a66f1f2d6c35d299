"""Bounds on a GraphQL request, measured before anything of it is executed."""

from api.limits.bounds import Limits
from api.limits.check import check, read
from api.limits.suggestions import validate_quietly, without_suggestion

__all__ = ["Limits", "check", "read", "validate_quietly", "without_suggestion"]
