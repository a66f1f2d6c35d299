"""A compiled operation: made once from a validated document, executed for every request."""

from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationType,
    visit,
)
from graphql.execution.values import VariableValues

from operation_compiler.completers import Step
from operation_compiler.planner import Planner
from operation_compiler.run import Run
from operation_compiler.site import BoundOperation
from operation_compiler.survey import Survey, operation_of
from operation_compiler.variables import Variables

_NO_VARIABLES = VariableValues({}, {})
_MOST_PLANS = 64


class NotCompilable(Exception):
    """The operation is left to graphql-core; the message says what in it is not compiled."""


def compile_operation(
    schema: GraphQLSchema, document: DocumentNode, operation_name: str | None = None
) -> "CompiledOperation":
    """Prepare an operation of a document that is valid for the schema and within its limits.

    Raises NotCompilable for subscriptions, introspection beyond `__typename`, incremental delivery, fragment
    variables, and when the name chooses no operation. Middleware, the `resolve` hooks of Strawberry's schema
    extensions among it, does not run.
    """
    operation = operation_of(document, operation_name)
    if operation is None:
        raise NotCompilable("no such operation")
    root = schema.get_root_type(operation.operation)
    if root is None or operation.operation is OperationType.SUBSCRIPTION:
        raise NotCompilable(operation.operation.value)
    fragments = {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    survey = Survey()
    for definition in (operation, *fragments.values()):
        visit(definition, survey)
    if survey.refused is not None:
        raise NotCompilable(survey.refused)
    bound = BoundOperation(schema, operation, fragments, getattr(schema, "_strawberry_schema", None))
    return CompiledOperation(bound, tuple(sorted(survey.switches)))


class CompiledOperation:
    """Executes one operation with what changes from request to request; may run many times at once."""

    def __init__(self, bound: BoundOperation, switches: tuple[str, ...]) -> None:
        self._bound = bound
        self._switches = switches
        self._plans: dict[tuple[Any, ...], tuple[Step, ...]] = {}
        definitions = bound.operation.variable_definitions
        self._variables = Variables(bound.schema, definitions) if definitions else None
        self._serial = bound.operation.operation is OperationType.MUTATION
        if not switches:
            self._plans[()] = self._made(_NO_VARIABLES)

    async def execute(
        self,
        root: Any = None,
        context: Any = None,
        variables: dict[str, Any] | None = None,
        extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Data and errors as graphql-core gives them, without suggestions; raises nothing but cancellation.

        `variables` are as sent; `extensions` are the request's, for resolvers that read them.
        """
        values = self._coerced(variables)
        if isinstance(values, list):
            return ExecutionResult(None, values)
        run = Run(root, context, values, extensions)
        data: dict[str, Any] = {}
        try:
            for step in self._plan(values):
                step(root, run, None, data)
                if self._serial:
                    await run.finish()
                    if run.lost:
                        break
            await run.finish()
        except GraphQLError as error:
            run.lost = True
            run.errors.append(error)
            await run.abandon()
        return ExecutionResult(None if run.lost else data, run.errors or None)

    def _coerced(self, variables: dict[str, Any] | None) -> VariableValues | list[GraphQLError]:
        return _NO_VARIABLES if self._variables is None else self._variables.coerced(variables or {})

    def _plan(self, values: VariableValues) -> tuple[Step, ...]:
        decisions = tuple(values.coerced.get(name) for name in self._switches)
        plan = self._plans.get(decisions)
        if plan is None:
            if len(self._plans) >= _MOST_PLANS:
                # n switches make 2 to the n plans: forget the oldest rather than keep them all.
                del self._plans[next(iter(self._plans))]
            plan = self._plans[decisions] = self._made(values)
        return plan

    def _made(self, values: VariableValues) -> tuple[Step, ...]:
        root = self._bound.schema.get_root_type(self._bound.operation.operation)
        assert root is not None  # compile_operation has looked; this tells the type checker
        return Planner(self._bound, values).steps(root, [self._bound.operation.selection_set])
