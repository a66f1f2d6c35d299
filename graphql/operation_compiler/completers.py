"""From what a resolver gave to what is answered (GraphQL specification, CompleteValue)."""

from collections.abc import AsyncIterable, Callable, Iterable, Iterator
from inspect import iscoroutine
from typing import Any, TypeAlias

from graphql import GraphQLError, GraphQLObjectType
from graphql.execution.collect_fields import FieldDetails
from graphql.execution.executor import invalid_return_type_error
from graphql.pyutils import is_awaitable, is_iterable

from operation_compiler.frames import Frame
from operation_compiler.info import FieldInfo
from operation_compiler.kinds import ValueKind, kind_of
from operation_compiler.run import Completer, Run
from operation_compiler.site import Site

Step: TypeAlias = Callable[[Any, Run, Frame | None, dict[str, Any]], None]
"""Resolves one field of an object into the dict that answers for it; raises where null may not stand."""

_STRAWBERRY = "strawberry.schema.schema_converter"


def unusual(site: Site, required: bool, complete: Completer) -> Completer:
    """What happens to values of another kind than plain; `complete` is called again for what was awaited."""

    def handle(value: Any, run: Run, frame: Frame) -> None:
        kind = kind_of(type(value))
        if kind is ValueKind.AWAITABLE:
            run.defer(value, frame, complete, site.nodes)
        elif kind is ValueKind.EXCEPTION:
            raise value
        elif required:
            raise TypeError(f"Cannot return null for non-nullable field {site.parent}.{site.name}.")

    return handle


def leaf_completer(
    site: Site, required: bool, serialise: Callable[[Any], Any], unchanged: type | None
) -> Completer:
    """Scalars and enums."""

    def complete(value: Any, run: Run, frame: Frame) -> Any:
        kind = type(value)
        if kind is unchanged:
            return value
        return handle(value, run, frame) if kind_of(kind) else serialise(value)

    handle = unusual(site, required, complete)
    return complete


def list_completer(site: Site, required: bool, complete_item: Completer, item_nullable: bool) -> Completer:
    """Lists of anything; an asynchronous one is read to its end first."""
    nodes = site.nodes

    def complete(value: Any, run: Run, frame: Frame) -> Any:
        if kind_of(type(value)):
            return handle(value, run, frame)
        if type(value) is not list and not is_iterable(value):
            if hasattr(value, "__aiter__"):
                return run.defer(_read_all(value), frame, complete, nodes)
            raise GraphQLError(
                f"Expected Iterable, but did not find one for field '{site.parent}.{site.name}'."
            )
        items: list[Any] = []
        left: Iterator[Any] = iter(value)
        try:
            for item in left:
                place = (frame, len(items), None, items, item_nullable)
                try:
                    items.append(complete_item(item, run, place))
                except Exception as error:
                    run.fail(error, nodes, place)
                    items.append(None)
        except Exception:
            _close_coroutines(left if isinstance(value, list | tuple) else ())
            raise
        return items

    handle = unusual(site, required, complete)
    return complete


def details_of(site: Site) -> list[FieldDetails]:
    """The field's nodes as graphql-core's own error messages want them."""
    return [FieldDetails(node, None) for node in site.nodes]


async def _read_all(values: AsyncIterable[Any]) -> list[Any]:
    return [value async for value in values]


def _close_coroutines(left: Iterable[Any]) -> None:
    """Coroutines that will not be awaited would warn about it."""
    for item in left:
        if iscoroutine(item):
            item.close()


def object_completer(
    site: Site, required: bool, type_: GraphQLObjectType, steps: tuple[Step, ...]
) -> Completer:
    """Objects of one concrete type, field by field."""
    is_type_of = type_.is_type_of
    needs_info = getattr(is_type_of, "__module__", None) != _STRAWBERRY

    def complete(value: Any, run: Run, frame: Frame) -> Any:
        if kind_of(type(value)):
            return handle(value, run, frame)
        if is_type_of is not None:
            info: Any = FieldInfo(site, run, frame) if needs_info else None
            answer = is_type_of(value, info)
            if not answer:
                raise invalid_return_type_error(type_, value, details_of(site))
            if answer is not True and is_awaitable(answer):
                return run.defer(answer, frame, after(value), site.nodes)
        return fields(value, run, frame)

    def fields(value: Any, run: Run, frame: Frame) -> dict[str, Any]:
        answer: dict[str, Any] = {}
        for step in steps:
            step(value, run, frame, answer)
        return answer

    def after(value: Any) -> Completer:
        def go_on(is_one: Any, run: Run, frame: Frame) -> dict[str, Any]:
            if not is_one:
                raise invalid_return_type_error(type_, value, details_of(site))
            return fields(value, run, frame)

        return go_on

    handle = unusual(site, required, complete)
    return complete
