"""Coerced arguments as Strawberry passes them on: input types made, names as they are in Python.

Strawberry finds out again for every call what types and names its arguments have; here that is done once.
"""

from collections.abc import Callable, Sequence
from dataclasses import MISSING
from typing import Any, TypeAlias

from strawberry import UNSET
from strawberry.relay.types import GlobalID
from strawberry.scalars import is_scalar
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryList, StrawberryMaybe, StrawberryOptional, has_object_definition
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.lazy_type import LazyType

Convert: TypeAlias = Callable[[Any], Any]
"""From what graphql-core coerced to what a resolver is given."""


class NotConvertible(Exception):
    """A type whose values Strawberry itself must convert."""


def arguments_converter(arguments: Sequence[StrawberryArgument], converter: Any) -> Convert:
    """The same as Strawberry's convert_arguments for a schema's converter; raises NotConvertible."""
    name_of = converter.config.name_converter.from_argument
    plan = [
        (name_of(argument), argument.python_name, _convert(argument.type, converter, ()))
        for argument in arguments
    ]

    def convert(given: dict[str, Any]) -> dict[str, Any]:
        return {to: make(given[name]) for name, to, make in plan if name in given}

    return convert


def _as_it_is(value: Any) -> Any:
    return value


def _convert(type_: Any, converter: Any, above: tuple[Any, ...]) -> Convert:
    if isinstance(type_, StrawberryMaybe):
        raise NotConvertible
    if isinstance(type_, StrawberryOptional):
        return _convert(type_.of_type, converter, above)
    if isinstance(type_, LazyType):
        return _convert(type_.resolve_type(), converter, above)
    if isinstance(type_, StrawberryList):
        return _list(_convert(type_.of_type, converter, above))
    if type_ is GlobalID:
        raise NotConvertible
    if is_scalar(type_, converter.scalar_registry) or isinstance(type_, StrawberryEnumDefinition):
        return _as_it_is
    if has_enum_definition(type_):
        return _as_it_is
    if has_object_definition(type_) and type_ not in above:
        return _input(type_, converter, (*above, type_))
    raise NotConvertible


def _list(make: Convert) -> Convert:
    def convert(value: Any) -> Any:
        return value if value is None or value is UNSET else [make(item) for item in value]

    return convert


def _input(type_: Any, converter: Any, above: tuple[Any, ...]) -> Convert:
    definition = type_.__strawberry_definition__
    if definition.from_input is not None or not definition.is_input:
        raise NotConvertible
    name_of = converter.config.name_converter.from_field
    plan = [
        (
            name_of(field),
            field.python_name,
            _convert(field.resolve_type(type_definition=definition), converter, above),
        )
        for field in definition.fields
    ]
    absent = {
        field.python_name: None
        for field in definition.fields
        if field.default_value is MISSING and field.default_factory is MISSING
    }

    def convert(value: Any) -> Any:
        if value is None or value is UNSET:
            return value
        given = absent.copy()
        for name, to, make in plan:
            if name in value:
                given[to] = make(value[name])
        return type_(**given)

    return convert
