"""Asking one field as one role, and what came of it in a word. Nothing of it stays in the database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from string import Template
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLUnionType,
    OperationType,
    get_named_type,
    is_composite_type,
    is_enum_type,
    is_interface_type,
)

from api.broker import Broker, Feed
from api.context import Context
from api.documents import PreparedOperation
from api.execute import Executor, OperationResult
from api.limits import Limits
from api.node_ids import from_global_id
from api.streams import answers
from backend.platform.authz import Actor
from backend.platform.database import (  # everything asked joins a transaction that is rolled back
    _transaction,
    pool,
)
from tests.api.matrix.case import Case
from tests.api.matrix.expectations import ARGUMENTS, VIA
from tests.api.matrix.world import World
from tests.fixtures.documents import ad_hoc

_LIMITS = Limits(max_tokens=5_000, max_characters=50_000)


class _OneAtATime:
    """A connection for resolvers that ask side by side, as they do on connections of their own."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._turn = asyncio.Lock()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._connection, name)

        async def in_turn(*values: Any) -> Any:
            async with self._turn:
                return await method(*values)

        return in_turn


@asynccontextmanager
async def undone() -> AsyncIterator[None]:
    """Whatever is written meanwhile is taken back, but for supports: they travel on connections of their own."""
    async with pool().acquire() as held:
        transaction = held.transaction()
        await transaction.start()
        token = _transaction.set(_OneAtATime(held))  # type: ignore[arg-type]
        try:
            yield
        finally:
            _transaction.reset(token)
            await transaction.rollback()


async def first_answer(
    executor: Executor, prepared: PreparedOperation, variables: dict[str, Any], actor: Actor
) -> OperationResult:
    """The answer to a query or mutation, and the first one of a subscription."""
    if prepared.kind is not OperationType.SUBSCRIPTION:
        return await executor.run(prepared, variables, actor, language="nb")

    async def context() -> Context:
        return Context(actor=actor, settings=executor.settings, language="nb")

    feed = Feed(Broker(), context)
    async with aclosing(answers(executor, prepared, variables, feed, await context())) as stream:
        return await anext(stream)


class Asking:
    """Runs the cases of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.executor = Executor(world.settings)
        self.schema = self.executor.schema

    async def outcome(self, case: Case, role: str) -> str:
        """What the role gets, in a word."""
        actor = self.world.actors[role]
        text, path = self._document(case)
        try:
            data, errors = await self.run(text, actor)
        except Exception as error:
            raise AssertionError(f"{case.name} as {role}: {text}") from error
        if errors:
            return f"error_{errors[0].get('extensions', {}).get('code', errors[0]['message'])}"
        return _word(_dig(data, path))

    def kind_of(self, thing: str) -> str:
        """The type of a thing of the world."""
        return from_global_id(self.world.ids[thing])[0]

    async def run(self, text: str, actor: Actor) -> tuple[Any, list[dict[str, Any]]]:
        """Data and errors of a document."""
        prepared = ad_hoc(self.executor, text, _LIMITS)
        async with undone():
            answer = await first_answer(self.executor, prepared, {}, actor)
        return answer.data, answer.errors

    def _document(self, case: Case) -> tuple[str, list[str]]:
        """The document that asks, and where in its data the answer is."""
        owner, name = case.field.split(".")
        query = name + self._arguments(case) + selection(self.schema.type_map[owner].fields[name])
        if owner in ("Query", "Mutation", "Subscription"):
            return f"{owner.lower()} {{ {query} }}", [name]
        if owner in VIA:
            path = VIA[owner].split(".")
            return "query { " + " { ".join([*path, query]) + " }" * (len(path) + 1), [*path, name]
        thing = self.world.ids[case.on]
        return f'query {{ node(id: "{thing}") {{ ... on {owner} {{ {query} }} }} }}', ["node", name]

    def _arguments(self, case: Case) -> str:
        ids = self.world.ids
        text = ARGUMENTS.get(case.name, ARGUMENTS.get(case.field, ""))
        filled = Template(text).substitute({**ids, "on": ids.get(case.on, "")})
        return f"({filled})" if filled else ""


def selection(field: GraphQLField) -> str:
    """What is asked of a field's answer: enough to tell what came of it."""
    answer = get_named_type(field.type)
    if not is_composite_type(answer) or is_enum_type(answer):
        return ""
    if answer.name == "Permission":
        return " { allowed code }"
    if isinstance(answer, GraphQLUnionType):
        return " { __typename" + "".join(map(_of_member, answer.types)) + " }"
    if is_interface_type(answer) or not _is_page(answer):
        return " { __typename }"
    return " { nodes { __typename } }"


def _of_member(member: GraphQLObjectType) -> str:
    if _is_page(member):
        return f" ... on {member.name} {{ nodes {{ __typename }} }}"
    if member.name.endswith("Problem"):
        return f" ... on {member.name} {{ code }}"
    if "results" in member.fields:
        return f" ... on {member.name} {{ results {{ problem {{ __typename code }} }} }}"
    if "changed" in member.fields and str(member.fields["changed"].type) == "Int!":
        return f" ... on {member.name} {{ changed }}"
    return ""


def _is_page(answer: Any) -> bool:
    return isinstance(answer, GraphQLObjectType) and answer.name.endswith("Connection")


def _dig(data: Any, path: list[str]) -> Any:
    """The answer at the end of the path; of lists on the way, the first thing's."""
    for name in path:
        if isinstance(data, list):
            if not data:
                return []
            data = data[0]
        if data is None:
            return None
        data = data[name]
    return data


def _word(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "yes" if value else "no"
        case list():
            return f"rows_{len(value)}"
        case {"nodes": list(nodes)}:
            return f"rows_{len(nodes)}"
        case {"results": [{"problem": problem}]}:
            return _word(problem) if problem else "ok"
        case {"changed": int(changed)}:
            return f"rows_{changed}"
        case {"allowed": bool(allowed)}:
            return "ok" if allowed else str(value["code"])
        case {"__typename": "NotFoundProblem"}:
            return "not_found"
        case {"code": str(code)}:
            return code
        case int():
            return f"rows_{value}"
        case str() if "…" in value:
            return "masked"
    return "ok"
