"""Fields that answer a success or a problem: each mutation declares what a credential must cover, and holds to it."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
import strawberry
from strawberry.types import get_object_definition

from api.context import Context, Info
from api.errors import PROBLEMS, NotAllowedProblem, NotFoundProblem
from api.fields import NO_SCOPE, IdempotencyKey, mutation, payload, require_scopes, result_field, scope_of
from api.schema import MUTATIONS, schema
from backend.platform.authz import Actor
from backend.platform.errors import NotFound
from backend.platform.settings import Settings

DECLARED = {
    field.python_name: field
    for each in MUTATIONS
    for field in get_object_definition(each, strict=True).fields
}
# What no token may do whatever its scopes: their own rules ask for a browser, and the access matrix proves it.
WITHOUT_SCOPE = {"create_access_token", "revoke_access_token", "request_my_data", "request_deletion"}
SCOPES = {"read", "write", "plan", "moderate", "admin", "export"}


def asking(*scopes: str) -> Any:
    """The `info` of an operation with a token for these scopes."""
    actor = Actor(municipality_id=1, account_id=1, scopes=frozenset(scopes))
    return SimpleNamespace(context=Context(actor=actor, settings=cast(Settings, None), language="nb"))


async def run(field: Any, *scopes: str, **arguments: Any) -> Any:
    """What the field answers to a token for these scopes."""
    return await field.base_resolver.wrapped_func(None, info=asking(*scopes), **arguments)


@strawberry.type
class Done:
    """Success."""

    number: int


@strawberry.type
class Silent:
    """Mutations of which one was made past the mechanism."""

    @strawberry.mutation
    def forgotten(self) -> int:
        """No scope."""
        return 1

    @mutation(payload(Done, "DonePayload", "Done, or why not."), scope="write", description="Do it.")
    async def declared(self, info: Info, key: IdempotencyKey = None) -> Done:
        """Done."""
        return Done(number=1)


def test_a_schema_with_a_mutation_that_declares_no_scope_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Silent\.forgotten"):
        require_scopes((*MUTATIONS, Silent))


def test_the_built_schema_has_the_mutations_that_were_looked_at_and_no_others() -> None:
    built = schema._schema.mutation_type
    assert built is not None
    assert len(built.fields) == len(DECLARED) > 40


def test_only_what_needs_a_browser_declares_no_scope() -> None:
    assert {name for name, field in DECLARED.items() if scope_of(field) == NO_SCOPE} == WITHOUT_SCOPE


@pytest.mark.parametrize("name", sorted(DECLARED.keys() - WITHOUT_SCOPE))
async def test_a_token_for_other_things_gets_no_further_than_the_scope(name: str) -> None:
    field = DECLARED[name]
    scope = scope_of(field)
    others = SCOPES - ({scope} if isinstance(scope, str) else set(scope or ()))
    # Nothing else is given: whoever got past the scope would miss the arguments.
    found = await run(field, *others)
    assert (type(found), found.code) == (NotAllowedProblem, "scope_missing")


def test_a_payload_has_all_problems_unless_some_are_named() -> None:
    @strawberry.type
    class Query:
        @result_field(payload(Done, "All", "All."), description="All.")
        async def every(self, info: Info) -> Done:
            return Done(number=1)

        @result_field(payload(Done, "One", "One.", NotFoundProblem), description="One.")
        async def one(self, info: Info) -> Done:
            return Done(number=1)

    printed = strawberry.Schema(query=Query).as_str()
    assert f"union All = Done | {' | '.join(each.__name__ for each in PROBLEMS)}\n" in printed
    assert "union One = Done | NotFoundProblem\n" in printed


async def test_what_is_not_found_is_what_the_first_id_names() -> None:
    @result_field(payload(Done, "Found", "Found."), description="Found.")
    async def find(self: Any, info: Info, text: str, some_id: strawberry.ID) -> Done:
        raise NotFound("thing_not_found", "Finnes ikke.")

    found = await run(find, text="", some_id="x")
    assert (type(found), found.field) == (NotFoundProblem, "someId")


def test_every_idempotency_key_says_the_same() -> None:
    built = schema._schema.mutation_type
    assert built is not None
    said = {
        field.args["idempotencyKey"].description
        for field in built.fields.values()
        if "idempotencyKey" in field.args
    }
    assert said == {"Sent again with the same key, the operation is done once and answered alike."}
