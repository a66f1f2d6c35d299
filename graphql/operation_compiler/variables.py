"""An operation's variables, coerced by what is known of them ahead; whatever is wrong is left to graphql-core."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLBoolean,
    GraphQLError,
    GraphQLID,
    GraphQLInputType,
    GraphQLInt,
    GraphQLSchema,
    GraphQLString,
    VariableDefinitionNode,
    coerce_input_value,
    get_nullable_type,
    get_variable_values,
    is_leaf_type,
    is_non_null_type,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, input_is_nested_too_deeply
from graphql.pyutils import Undefined

from operation_compiler.repeated import can_be_repeated, repeated

_MOST_ERRORS = 50
_UNCHANGED: dict[Any, type] = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool, GraphQLInt: int}


class _Variable(NamedTuple):
    """What is known of a variable; `default` is Undefined where there is none."""

    name: str
    signature: GraphQLVariableSignature
    absent: VariableValueSource
    coerce: Callable[[Any], Any]
    required: bool
    default: Any


class Variables:
    """Coerces the variables of one operation; `coerced` gives the same as graphql-core."""

    def __init__(self, schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode]) -> None:
        self._schema = schema
        self._definitions = definitions
        self._known = self._all_known()

    def coerced(self, inputs: dict[str, Any]) -> VariableValues | list[GraphQLError]:
        """The values for what was sent, or the errors in it."""
        known = self._known
        found = _coerced(known, inputs) if known is not None else None
        return self._by_the_book(inputs) if found is None else found

    def _by_the_book(self, inputs: dict[str, Any]) -> VariableValues | list[GraphQLError]:
        return get_variable_values(
            self._schema, self._definitions, inputs, max_errors=_MOST_ERRORS, hide_suggestions=True
        )

    def _all_known(self) -> list[_Variable] | None:
        """None when something about a definition is not as usual."""
        known = [self._variable(definition) for definition in self._definitions]
        usual = [variable for variable in known if variable is not None]
        return usual if len(usual) == len(known) else None

    def _variable(self, definition: VariableDefinitionNode) -> _Variable | None:
        signature = get_variable_signature(self._schema, definition)
        if isinstance(signature, GraphQLError):
            return None
        default: Any = Undefined
        if definition.default_value:
            alone = get_variable_values(self._schema, [definition], {}, hide_suggestions=True)
            if isinstance(alone, list) or not can_be_repeated(alone.coerced.get(signature.name, Undefined)):
                return None
            default = alone.coerced[signature.name]
        absent, required = VariableValueSource(signature), is_non_null_type(signature.type)
        return _Variable(signature.name, signature, absent, _coercer(signature.type), required, default)


def _coerced(known: list[_Variable], inputs: dict[str, Any]) -> VariableValues | None:
    """None when a value is wrong, or missing."""
    sources: dict[str, VariableValueSource] = {}
    values: dict[str, Any] = {}
    for name, signature, absent, coerce, required, default in known:
        value = inputs.get(name, Undefined)
        if value is Undefined:
            sources[name] = absent
            if default is not Undefined:
                values[name] = repeated(default)
            elif required:
                return None
            continue
        sources[name] = VariableValueSource(signature, value)
        found = coerce(value)
        if found is Undefined:
            return None
        values[name] = found
    return VariableValues(sources, values)


def _coercer(type_: GraphQLInputType) -> Callable[[Any], Any]:
    """From what was sent to a value of the type, or Undefined."""
    unchanged = _UNCHANGED.get(get_nullable_type(type_))
    is_leaf = is_leaf_type(get_nullable_type(type_))

    def coerce(value: Any) -> Any:
        if type(value) is unchanged and (unchanged is not int or _is_small(value)):
            return value
        try:
            if not is_leaf and input_is_nested_too_deeply(value, type_):
                return Undefined
            return coerce_input_value(value, type_)
        except (GraphQLError, RecursionError):
            return Undefined

    return coerce


def _is_small(value: Any) -> bool:
    return bool(GRAPHQL_MIN_INT <= value <= GRAPHQL_MAX_INT)
