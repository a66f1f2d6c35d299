"""Ids in every argument and input of the schema: whatever is no id of the right kind is a problem at its field."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_required_argument,
    is_required_input_field,
    is_union_type,
)

from api.execute import Executor
from api.node import NODE_TYPES
from api.node_ids import to_global_id
from api.schema import schema
from backend.platform.authz import Actor, Grant, Role
from backend.platform.settings import Settings
from tests.fixtures.databases import open_clone
from tests.fixtures.documents import ad_hoc
from tests.fixtures.people import make_person

SCHEMA = schema._schema
Asking: TypeAlias = tuple[Executor, Actor]
PROBLEMS = ("InvalidProblem", "NotFoundProblem")
BAD_IDS = ("", "  ", "garbage", "æøå" * 400, to_global_id("Nothing", 1), to_global_id("Place", 1) + "=")
# What an `id` names, where other ids stand beside it.
BESIDE_OTHERS = {"updateTopic": "Topic", "nextModerationCase": "ModerationCase"}
KINDS = {
    "topic": "Topic",
    "topics": "Topic",
    "place": "Place",
    "places": "Place",
    "homePlace": "Place",
    "author": "Author",
    "account": "Author",
    "responsible": "Author",
    "parent": "Comment",
    "upload": "ImportUpload",
}
VALUES = {
    "String": "a text that is long enough",
    "Int": 1,
    "Float": 1.0,
    "Boolean": True,
    "DateTime": "2030-01-01T00:00:00Z",
    "GeoJSON": {},
}


class Spot(NamedTuple):
    """A place in the schema that takes an id: an operation's field, and the way to the id among its arguments."""

    kind: str
    operation: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.operation}.{'.'.join(self.path)}"


def _ids_in(part: GraphQLArgument | GraphQLInputField, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    kind = get_named_type(part.type)
    if kind.name == "ID":
        yield path
    elif is_input_object_type(kind):
        for name, field in kind.fields.items():
            yield from _ids_in(field, (*path, name))


def _spots() -> Iterator[Spot]:
    for root in (SCHEMA.query_type, SCHEMA.mutation_type):
        assert root is not None
        for operation, field in root.fields.items():
            for name, argument in field.args.items():
                for path in _ids_in(argument, (name,)):
                    yield Spot(root.name, operation, path)


SPOTS = list(_spots())
# Looking a thing up by its id: there is none with such an id, and nothing more to tell.
LOOK_UPS = {"proposal", "node"}


def _field(spot: Spot) -> GraphQLField:
    root = SCHEMA.type_map[spot.kind]
    assert isinstance(root, GraphQLObjectType)
    return root.fields[spot.operation]


def _value(type_: Any, spot: Spot, name: str, way: tuple[str, ...], bad: str) -> Any:
    """A value of the type that is sound, but for `bad` at the end of the way."""
    kind = get_named_type(type_)
    if kind.name == "ID":
        sound = to_global_id(KINDS.get(name, BESIDE_OTHERS.get(spot.operation, "Proposal")), 999_999)
        found: Any = bad if way == (name,) else sound
    elif is_enum_type(kind):
        found = next(iter(kind.values))
    elif is_input_object_type(kind):
        found = {
            part: _value(field.type, spot, part, way[1:], bad)
            for part, field in kind.fields.items()
            if is_required_input_field(field) or way[1:2] == (part,)
        }
    else:
        found = VALUES[kind.name]
    return [found] if is_list_type(get_nullable_type(type_)) else found


# What the schema lets be left out, so that it is told with the rest, and nothing goes without.
NEEDED = {("reportContent", "reasonCode"), ("createComment", "subject")}


def _is_given(spot: Spot, name: str, argument: GraphQLArgument) -> bool:
    return is_required_argument(argument) or name == spot.path[0] or (spot.operation, name) in NEEDED


def _document(spot: Spot) -> str:
    field = _field(spot)
    selected = [name for name, arg in field.args.items() if _is_given(spot, name, arg)]
    variables = ", ".join(f"${name}: {field.args[name].type}" for name in selected)
    arguments = ", ".join(f"{name}: ${name}" for name in selected)
    selection = _selection(get_named_type(field.type))
    return f"{spot.kind.lower()}({variables}) {{ {spot.operation}({arguments}) {{ {selection} }} }}"


def _selection(answer: Any) -> str:
    if not is_union_type(answer):
        return "__typename"
    members = {member.name: member for member in answer.types}
    selected = [f"... on {name} {{ code field }}" for name in PROBLEMS if name in members]
    each = " ".join(f"... on {name} {{ code field }}" for name in PROBLEMS)
    selected += [
        f"... on {name} {{ results {{ problem {{ __typename {each} }} }} }}"
        for name, member in members.items()
        if "results" in member.fields
    ]
    return " ".join(["__typename", *selected])


async def _answer(asking: Asking, spot: Spot, bad: str) -> dict[str, Any] | None:
    """The problem that the API answers with; None for a look-up that finds nothing."""
    executor, actor = asking
    text = _document(spot)
    prepared = ad_hoc(executor, text)
    field = _field(spot)
    variables = {
        name: _value(arg.type, spot, name, spot.path if spot.path[0] == name else (), bad)
        for name, arg in field.args.items()
        if _is_given(spot, name, arg)
    }
    answer = await executor.run(prepared, variables, actor, language="nb")
    if answer.errors:
        found: dict[str, Any] = answer.errors[0]["extensions"]["problem"]
        return found
    assert answer.data is not None
    result: Any = answer.data[spot.operation]
    return result["results"][0]["problem"] if result and "results" in result else result


@pytest.fixture(scope="module")
async def asking(services: Settings) -> AsyncIterator[Asking]:
    """Somebody who may do all that people may do. None of what they try changes anything."""
    async with open_clone(services) as settings:
        grants = frozenset(Grant(role) for role in (Role.ADMIN, Role.PLANNER, Role.MODERATOR))
        yield Executor(settings), replace(await make_person(settings), grants=grants)


def test_the_walk_finds_ids_everywhere() -> None:
    found = {str(spot) for spot in SPOTS}
    assert len(found) > 40
    assert {
        "createProposal.topic",
        "createProposal.input.place",
        "updateTopic.frame.places",
        "answerProposals.ids",
        "proposals.filter.topics",
    } <= found


@pytest.mark.parametrize("spot", SPOTS, ids=str)
async def test_what_is_no_id_is_a_problem_at_its_field(asking: Asking, spot: Spot) -> None:
    for bad in BAD_IDS:
        problem = await _answer(asking, spot, bad)
        if spot.operation in LOOK_UPS:
            assert problem is None
            continue
        assert problem is not None, f"{bad!r} was taken"
        assert problem["__typename"] == "InvalidProblem", (bad, problem)
        assert problem["code"] == ("id_not_valid" if bad.strip() else "id_missing"), (bad, problem)
        assert ".".join(spot.path).endswith(problem["field"]), (bad, problem)


# Mutations in which something else is looked at first, or which do nothing about what is not there.
SOMETHING_ELSE_FIRST = {
    "answerProposals": "each id has a result of its own",
    "startAssessments": "each id has a result of its own",
    "unfollow": "what is not followed stays so",
    "unfollowProposal": "what is not followed stays so",
    "unfollowTopic": "what is not followed stays so",
    "unmuteProposal": "what is not muted stays so",
    "markNotificationsRead": "what is not among one's own is not counted",
    "changeStatus": "the first state is none that can be set",
    "grantRole": "the first role is none that can be given",
    "updateTopic": "nothing to change is said before",
    "updatePlace": "the outline is looked at before",
    "createTopic": "its words are looked at before",
}
NAMED_FIRST = [
    spot
    for spot in SPOTS
    if spot.kind == "Mutation"
    and spot.operation not in SOMETHING_ELSE_FIRST
    and spot == next(each for each in SPOTS if each.operation == spot.operation)
]


@pytest.mark.parametrize("spot", NAMED_FIRST, ids=str)
async def test_what_is_not_there_is_a_problem_at_its_field_too(asking: Asking, spot: Spot) -> None:
    kinds = sorted(
        {*NODE_TYPES, "Author", "ImportUpload", "RoleGrant", "Session", "AccessToken", "CoAuthorInvitation"}
    )
    answers = [await _answer(asking, spot, to_global_id(kind, 999_999)) for kind in kinds]
    fitting = [each for each in answers if each is None or each.get("code") != "id_not_valid"]
    assert fitting, "no kind of id fits"
    for problem in fitting:
        assert problem is not None
        assert problem["__typename"] == "NotFoundProblem", problem
        assert problem["field"] == spot.path[-1], problem
