"""How a field's value is had from the object it is on."""

from collections.abc import Callable
from typing import Any, TypeAlias

from graphql import default_field_resolver
from strawberry.types.field import StrawberryField

from operation_compiler.arguments import arguments_of
from operation_compiler.frames import Frame
from operation_compiler.info import FieldInfo
from operation_compiler.inputs import NotConvertible, arguments_converter
from operation_compiler.run import Run
from operation_compiler.site import Site

Reader: TypeAlias = Callable[[Any, Run, Frame], Any]
"""Gives a field's value for the object, the run and the field's frame; the value may be awaitable."""

_CONVERTER = "strawberry.schema.schema_converter"


def attribute_of(site: Site) -> str | None:
    """The attribute that a Strawberry field without a resolver reads, else None."""
    field = _strawberry_field(site, "_get_basic_result")
    return field.python_name if field is not None and field.default_resolver is getattr else None


def reader_of(site: Site) -> Reader:
    """The quickest way that gives the same as the schema's resolver."""
    field = _strawberry_field(site, "_resolver", "_async_resolver")
    if field is not None and _calls_the_function_alone(site, field):
        try:
            return _function_reader(site, field)
        except NotConvertible:
            pass
    return _resolver_reader(site)


def _strawberry_field(site: Site, *resolvers: str) -> StrawberryField | None:
    """The Strawberry field when graphql-core would call one of Strawberry's own resolvers for it, by name."""
    field = site.field.extensions.get("strawberry-definition")
    resolve = site.field.resolve
    is_own = (
        isinstance(field, StrawberryField)
        and type(field).get_result is StrawberryField.get_result
        and getattr(resolve, "__module__", None) == _CONVERTER
        and getattr(resolve, "__name__", None) in resolvers
    )
    return field if is_own else None


def _calls_the_function_alone(site: Site, field: StrawberryField) -> bool:
    """Whether Strawberry does nothing around the function: no extensions and no exception handlers."""
    converter = getattr(site.bound.strawberry, "schema_converter", None)
    return not (
        field.extensions or field.base_resolver is None or converter is None or converter.exception_handlers
    )


def _function_reader(site: Site, field: StrawberryField) -> Reader:
    resolver = field.base_resolver
    assert resolver is not None  # the caller has looked; this tells the type checker
    function: Any = resolver.wrapped_func
    takes_self = resolver.self_parameter is not None
    info_name = resolver.info_parameter.name if resolver.info_parameter else None
    parents = [param.name for param in (resolver.parent_parameter, resolver.root_parameter) if param]
    named_of = _named(site, field)
    if takes_self and not parents and named_of is None:
        return _method_reader(site, field, function, info_name)
    info_class = site.bound.strawberry.config.info_class

    def read(source: Any, run: Run, frame: Frame) -> Any:
        named = named_of(run) if named_of else {}
        for parent in parents:
            named[parent] = source
        if info_name is not None:
            named[info_name] = info_class(_raw_info=FieldInfo(site, run, frame), _field=field)
        return function(source, **named) if takes_self else function(**named)

    return read


def _named(site: Site, field: StrawberryField) -> Callable[[Run], dict[str, Any]] | None:
    """The field's own arguments by their Python names, a new dict for every call; None when it takes none."""
    arguments = arguments_of(site)
    if arguments is None:
        return None
    convert = arguments_converter(field.arguments, site.bound.strawberry.schema_converter)
    return lambda run: convert(arguments(run))


def _method_reader(site: Site, field: StrawberryField, function: Any, info_name: str | None) -> Reader:
    """The commonest resolvers: a method that takes nothing, or `info` alone."""
    info_class = site.bound.strawberry.config.info_class
    if info_name is None:
        return lambda source, _run, _frame: function(source)
    if info_name == "info":
        return lambda source, run, frame: function(
            source, info=info_class(FieldInfo(site, run, frame), field)
        )
    return lambda source, run, frame: function(
        source, **{info_name: info_class(FieldInfo(site, run, frame), field)}
    )


def _resolver_reader(site: Site) -> Reader:
    resolve: Callable[..., Any] = site.field.resolve or default_field_resolver
    arguments = arguments_of(site)
    if arguments is None:
        return lambda source, run, frame: resolve(source, FieldInfo(site, run, frame))
    return lambda source, run, frame: resolve(source, FieldInfo(site, run, frame), **arguments(run))
