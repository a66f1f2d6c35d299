"""Every trusted document is answered alike with compiled operations and by graphql-core alone."""

import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    OperationType,
    get_nullable_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_required_input_field,
    type_from_ast,
)

from api.documents import PreparedOperation, TrustedDocuments
from api.execute import Executor
from api.schema import schema
from backend.platform.settings import Settings
from tests.api.counts.crowd import BODY, TITLE, Crowd, make_crowd
from tests.api.matrix.asking import undone
from tests.api.test_query_counts import VARIABLES
from tests.fixtures.databases import open_clone

SCHEMA = schema._schema
DOCUMENTS = {
    name: document
    for name, document in Executor(Settings()).trusted.by_name.items()
    # Subscriptions are graphql-core's either way.
    if document.kind is not OperationType.SUBSCRIPTION
}
# What an id stands for where test_query_counts.py does not say, by a word in the operation's name.
THINGS = {
    "Comment": "comment",
    "Case": "case",
    "Moderation": "case",
    "Import": "run",
    "Place": "place",
    "": "own",
}
SCALARS = {"Int": 2, "Boolean": True, "DateTime": "2026-11-30T12:00:00Z"}
# These say what was refused and which type of thing was answered, which is the same however often it is run.
SAYING = ("__typename", "code", "field", "message")

Ways = tuple[Executor, Executor, Crowd]


@pytest.fixture(scope="module")
async def ways(services: Settings) -> AsyncIterator[Ways]:
    """An executor that compiles, one that does not, and what both work on."""
    async with open_clone(services) as settings:
        executors = [Executor(replace(settings, compiled_operations=choice)) for choice in (True, False)]
        yield executors[0], executors[1], await make_crowd(settings, 2)


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_answers_are_equal(ways: Ways, name: str) -> None:
    answers = []
    for executor in ways[:2]:
        prepared = executor.trusted.by_name[name]
        assert (prepared.compiled is not None) is executor.settings.compiled_operations
        async with undone():
            answers.append(
                await executor.run(prepared, _variables(prepared, ways[2]), ways[2].me, language="nn")
            )
    compiled, interpreted = ((answer.data, answer.errors, answer.tags) for answer in answers)
    if DOCUMENTS[name].kind is OperationType.MUTATION:
        # Ids and times of what was written differ.
        assert _shape(compiled) == _shape(interpreted)
    else:
        assert compiled == interpreted
    assert compiled[1] == [], "nothing is compared when nothing runs"


def test_the_compiler_is_not_even_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "operation_compiler", None)
    assert TrustedDocuments(SCHEMA, compiled=False).by_name
    with pytest.raises(ImportError):
        TrustedDocuments(SCHEMA)


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: inner if key in SAYING else _shape(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_shape(inner) for inner in value]
    return type(value)


def _variables(prepared: PreparedOperation, crowd: Crowd) -> dict[str, Any]:
    """The variables that the operation requires, of things of the crowd."""
    chosen = {key: crowd.ids.get(str(v)[1:], v) for key, v in VARIABLES.get(prepared.name or "", {}).items()}
    thing = next(thing for word, thing in THINGS.items() if word in (prepared.name or ""))
    definition: Any = prepared.document.definitions[0]
    for variable in definition.variable_definitions or ():
        name, type_ = variable.variable.name.value, type_from_ast(SCHEMA, variable.type)
        if name not in chosen and type_ is not get_nullable_type(type_) and not variable.default_value:
            chosen[name] = _value(type_, name, crowd.ids[thing])  # type: ignore[arg-type]
    return chosen


def _value(type_: GraphQLInputType, name: str, thing: str) -> Any:
    """A value of an input type."""
    type_ = get_nullable_type(type_)
    if is_list_type(type_):
        return [_value(type_.of_type, name, thing)]
    if is_enum_type(type_):
        return next(iter(type_.values))
    if is_input_object_type(type_):
        return _input(type_, thing)
    if str(type_) == "ID":
        return thing
    return SCALARS.get(str(type_), BODY if name == "body" else TITLE)


def _input(type_: GraphQLInputObjectType, thing: str) -> dict[str, Any]:
    given = type_.fields.items()
    some = {name: _value(field.type, name, thing) for name, field in given if is_required_input_field(field)}
    return (
        some
        if some or not type_.is_one_of
        else {name: _value(f.type, name, thing) for name, f in [*given][:1]}
    )
