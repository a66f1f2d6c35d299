"""The domain's enums as GraphQL's; imported before any type that uses them."""

from enum import StrEnum

import strawberry

from backend.platform.authz import Role

__all__ = ["DataRequestKind", "DataRequestState", "NameKind", "ResidenceSource", "Role"]

strawberry.enum(Role, description="What a person may be granted beyond being a resident.")


@strawberry.enum(description="What kind of name a person goes by; it is their own word.")
class NameKind(StrEnum):
    REAL = "real"
    FIRST = "first"
    PSEUDONYM = "pseudonym"


@strawberry.enum(description="Who says where a person lives.")
class ResidenceSource(StrEnum):
    """As the table has them."""

    LOGIN = "login"
    REGISTER = "register"
    DECLARED = "declared"


@strawberry.enum(description="What a person asked for about their data.")
class DataRequestKind(StrEnum):
    """As the table has them."""

    EXPORT = "export"
    DELETE = "delete"


@strawberry.enum(description="How far a request about one's data has come.")
class DataRequestState(StrEnum):
    """As the table has them."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
