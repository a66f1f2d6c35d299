"""Who acts, and the algebra of rules about what they may do.

A rule takes an actor and a thing and returns a Decision: ALLOWED, or a Refusal that carries its reason.
Rules combine with `&` (the first refusal wins) and `|` (the last refusal is told when none allows).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from backend.platform.errors import DomainError, Forbidden, Unauthenticated

Thing = TypeVar("Thing", contravariant=True)


class Role(StrEnum):
    """What a person may be granted beyond being a resident; `service` is for machines."""

    RESIDENT = "resident"
    PLANNER = "planner"
    MODERATOR = "moderator"
    ADMIN = "admin"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, for one topic or (topic_id None) for all of them."""

    role: Role
    topic_id: int | None = None


# A token without any of these is for something else than content.
_SEEING = frozenset({"read", "write", "plan", "moderate"})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is behind an operation, as known when it began.

    `scopes` is None for a person in a browser; for a token it lists what the token may be used for.
    `bound_account_id` is the person's other account: as a resident, or as an employee. `has_national_number` says
    that a login proved who the person is, so that this account is the only one of its kind they have.
    `is_residence_declared` says that nobody but the person has named their home municipality.
    """

    municipality_id: int
    account_id: int | None = None
    grants: frozenset[Grant] = frozenset()
    birth_year: int | None = None
    home_municipality: str | None = None
    language: str = "nb"
    session_id: int | None = None
    scopes: frozenset[str] | None = None
    bound_account_id: int | None = None
    has_national_number: bool = False
    is_residence_declared: bool = False

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody has logged in."""
        return self.account_id is None

    def has_role(self, role: Role, topic_id: int | None = None) -> bool:
        """Whether the actor holds `role` for everything, or for the topic given, and sees what its holder sees."""
        held = any(g.role is role and g.topic_id in (None, topic_id) for g in self.grants)
        return held and self.sees_own

    def has_role_somewhere(self, role: Role) -> bool:
        """Whether the actor holds `role` for at least one topic."""
        return any(g.role is role for g in self.grants)

    @property
    def is_staff(self) -> bool:
        """Whether the municipality speaks through this actor."""
        return any(g.role is not Role.RESIDENT for g in self.grants)

    def may_use(self, scope: str) -> bool:
        """Whether the credential that was shown covers `scope`; a browser session covers all."""
        return self.scopes is None or scope in self.scopes

    @property
    def sees_own(self) -> bool:
        """Whether the credential shows what only its owner may see; who may change content sees it too.

        Any other token sees what a stranger sees.
        """
        return self.scopes is None or not self.scopes.isdisjoint(_SEEING)

    @property
    def person_account_ids(self) -> list[int]:
        """Every account of the person: what was done with one of them, the person has done."""
        return [number for number in (self.account_id, self.bound_account_id) if number is not None]

    @property
    def seeing_account_id(self) -> int | None:
        """The account whose own things may be shown; None for a stranger and for a token that sees nothing more."""
        return self.account_id if self.sees_own else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: falsy, and able to become the exception that says so."""

    code: str
    message: str
    params: tuple[tuple[str, Any], ...] = ()
    error: type[DomainError] = Forbidden
    field: str | None = None

    def __bool__(self) -> bool:
        return False

    def as_error(self) -> DomainError:
        """The exception that tells the person this reason."""
        return self.error(self.code, self.message, field=self.field, **dict(self.params))


class _Allowed:
    __slots__ = ()

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return "ALLOWED"


ALLOWED = _Allowed()
Decision = _Allowed | Refusal


@dataclass(frozen=True, slots=True)
class Rule(Generic[Thing]):
    """A named question about an actor and a thing."""

    decide: Callable[[Actor, Thing], Decision]

    def __call__(self, actor: Actor, thing: Thing) -> Decision:
        """The decision."""
        return self.decide(actor, thing)

    def __and__(self, other: "Rule[Thing]") -> "Rule[Thing]":
        return Rule(lambda actor, thing: self(actor, thing) and other(actor, thing))

    def __or__(self, other: "Rule[Thing]") -> "Rule[Thing]":
        return Rule(lambda actor, thing: self(actor, thing) or other(actor, thing))


def require(decision: Decision) -> None:
    """Raise the refusal's DomainError; return quietly when allowed."""
    if isinstance(decision, Refusal):
        raise decision.as_error()


LOGIN_NEEDED = Refusal("login_required", "Du må logge inn først.", error=Unauthenticated)
ROLE_MISSING = Refusal("role_missing", "Dette krever en rolle du ikke har.")
SCOPE_NEEDED = Refusal("scope_missing", "Nøkkelen du bruker, gir ikke adgang til dette.")


def _is_logged_in(actor: Actor, _thing: object) -> Decision:
    return LOGIN_NEEDED if actor.is_anonymous else ALLOWED


logged_in: Rule[object] = Rule(_is_logged_in)


def with_scope(scope: str) -> Rule[object]:
    """The credential must cover `scope`."""
    return Rule(lambda actor, _thing: ALLOWED if actor.may_use(scope) else SCOPE_NEEDED)


def has_role(role: Role) -> Rule[Any]:
    """The actor holds `role`, for all topics or for the thing's `topic_id` when it has one."""

    def decide(actor: Actor, thing: Any) -> Decision:
        topic_id = getattr(thing, "topic_id", None)
        return ALLOWED if actor.has_role(role, topic_id) else ROLE_MISSING

    return Rule(decide)


def has_role_somewhere(*roles: Role) -> Rule[object]:
    """The actor holds one of the roles for at least one topic."""
    return Rule(lambda actor, _thing: ALLOWED if any(map(actor.has_role_somewhere, roles)) else ROLE_MISSING)


administer: Rule[object] = logged_in & with_scope("admin") & has_role(Role.ADMIN)
"""What only administrators do, in a browser or with a token for that."""

moderate_somewhere: Rule[object] = logged_in & with_scope("moderate") & has_role_somewhere(Role.MODERATOR)
"""What moderators of any topic do, whichever topic it concerns."""
