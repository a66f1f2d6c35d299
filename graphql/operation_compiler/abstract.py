"""Interfaces and unions: which concrete type a value is of."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from graphql import GraphQLAbstractType, GraphQLObjectType, default_type_resolver
from graphql.execution import Executor
from graphql.pyutils import is_awaitable

from operation_compiler.completers import details_of, unusual
from operation_compiler.frames import Frame
from operation_compiler.info import FieldInfo
from operation_compiler.kinds import kind_of
from operation_compiler.run import Completer, Run
from operation_compiler.site import Site


def abstract_completer(
    site: Site,
    required: bool,
    abstract: GraphQLAbstractType,
    complete_as: Callable[[GraphQLObjectType], Completer],
) -> Completer:
    """Finds the concrete type of each value; `complete_as` is asked once for each type that turns up."""
    resolve_type = abstract.resolve_type or default_type_resolver
    completers: dict[str, Completer] = {}

    def complete(value: Any, run: Run, frame: Frame) -> Any:
        if kind_of(type(value)):
            return handle(value, run, frame)
        name: Any = resolve_type(value, FieldInfo(site, run, frame), abstract)  # type: ignore[arg-type] # reads like it
        if type(name) is not str and is_awaitable(name):
            return run.defer(name, frame, _when_known(value, of_type), site.nodes)
        return of_type(name, value)(value, run, frame)

    def of_type(name: Any, value: Any) -> Completer:
        known = completers.get(name) if type(name) is str else None
        if known is None:
            known = completers[name] = complete_as(_checked_type(site, abstract, name, value))
        return known

    handle = unusual(site, required, complete)
    return complete


def _when_known(value: Any, of_type: Callable[[Any, Any], Completer]) -> Completer:
    def go_on(name: Any, run: Run, frame: Frame) -> Any:
        return of_type(name, value)(value, run, frame)

    return go_on


def _checked_type(site: Site, abstract: GraphQLAbstractType, name: Any, value: Any) -> GraphQLObjectType:
    """The type of that name; raises graphql-core's own error when a value of it may not stand here."""
    schema = site.bound.schema
    type_ = schema.get_type(name) if isinstance(name, str) else None
    if isinstance(type_, GraphQLObjectType) and schema.is_sub_type(abstract, type_):
        return type_
    judge: Any = Executor.ensure_valid_runtime_type
    around = SimpleNamespace(schema=schema, parent_type=site.parent, field_name=site.name)
    return judge(around, name, abstract, details_of(site), around, value)  # type: ignore[no-any-return] # or raises
