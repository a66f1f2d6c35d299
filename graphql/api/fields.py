"""Fields that answer a success or the reason why not: payload unions, and the scope that a credential needs.

A mutation cannot be written without its scope: `mutation` demands it, and `require_scopes` refuses to build a schema
with a mutation that was made in any other way.
"""

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin

import strawberry
from strawberry.types import get_object_definition
from strawberry.utils.str_converters import to_camel_case

from api.context import context_of
from api.errors import PROBLEMS, problem_of
from backend.platform.authz import SCOPE_NEEDED
from backend.platform.errors import DomainError, NotFound

Scope: TypeAlias = str | tuple[str, ...]
"""What a credential must cover; of several, one is enough."""
Resolver: TypeAlias = Callable[..., Awaitable[Any]]

NO_SCOPE: Scope = ()
"""For what no scope covers: the domain's own rule asks for a browser, or looks at nobody."""

IdempotencyKey = Annotated[
    str | None,
    strawberry.argument(
        description="Sent again with the same key, the operation is done once and answered alike."
    ),
]

_SCOPE = "scope"


def payload(success: Any, name: str, description: str, *problems: type) -> Any:
    """The union of a success and the problems that may stand in its place; all of them unless some are named."""
    members: Any = Union[(success, *(problems or PROBLEMS))]
    return Annotated[members, strawberry.union(name, description=description)]


def mutation(
    answer: Any, *, scope: Scope, description: str, deprecation_reason: str | None = None
) -> Callable[[Resolver], Any]:
    """A mutation that returns its payload's success; `scope` is what a credential must cover, or NO_SCOPE."""

    def declared(resolve: Resolver) -> Any:
        return strawberry.mutation(
            resolver=_with_problems(resolve, scope),
            graphql_type=answer,
            description=description,
            deprecation_reason=deprecation_reason,
            metadata={_SCOPE: scope},
        )

    return declared


def result_field(
    answer: Any, *, description: str, scope: Scope = NO_SCOPE, deprecation_reason: str | None = None
) -> Callable[[Resolver], Any]:
    """A field of a query that returns its union's success or raises why not."""

    def declared(resolve: Resolver) -> Any:
        return strawberry.field(
            resolver=_with_problems(resolve, scope),
            graphql_type=answer,
            description=description,
            deprecation_reason=deprecation_reason,
        )

    return declared


def scope_of(field: Any) -> Scope | None:
    """The scope that a mutation declares; None when it declares nothing."""
    found: Scope | None = field.metadata.get(_SCOPE)
    return found


def require_scopes(mutations: Iterable[type]) -> None:
    """Raise TypeError for a mutation that does not say which scope it needs."""
    silent = [
        f"{each.__name__}.{field.python_name}"
        for each in mutations
        for field in get_object_definition(each, strict=True).fields
        if scope_of(field) is None
    ]
    if silent:
        raise TypeError(f"declare the scope by api.fields.mutation: {', '.join(silent)}")


def _with_problems(resolve: Resolver, scope: Scope) -> Resolver:
    """Answer a DomainError as the Problem that tells it; anything else is a bug and stays an error.

    What is not found, and does not say which part of the input was meant, is what the first id names.
    """
    first_id = _first_id(resolve)
    scopes = (scope,) if isinstance(scope, str) else scope

    @functools.wraps(resolve)
    async def answered(*args: Any, **kwargs: Any) -> Any:
        context = context_of(kwargs["info"])
        try:
            if scopes and not any(map(context.actor.may_use, scopes)):
                raise SCOPE_NEEDED.as_error()
            return await resolve(*args, **kwargs)
        except DomainError as refusal:
            if isinstance(refusal, NotFound) and refusal.field is None:
                refusal.field = first_id
            return problem_of(refusal, context.language)

    return answered


def _first_id(resolve: Resolver) -> str | None:
    """The API's name of the first argument that is an id."""
    for name, parameter in inspect.signature(resolve).parameters.items():
        annotation = parameter.annotation
        kind = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
        if kind is strawberry.ID:
            return to_camel_case(name)
    return None
