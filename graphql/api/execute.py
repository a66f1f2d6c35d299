"""The one way to run an operation, for HTTP, for sockets and for pages."""

import asyncio
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import structlog
from graphql import ExecutionResult, GraphQLError
from graphql.execution import execute as interpret

from api.context import Context
from api.documents import AdHocDocuments, PreparedOperation, trusted_documents
from api.errors import database_away, problem_json
from api.limits import without_suggestion
from api.metrics import note_operation
from api.schema import schema
from backend.platform.authz import Actor
from backend.platform.database import DATABASE_AWAY
from backend.platform.errors import DomainError, Unavailable
from backend.platform.i18n import translate
from backend.platform.settings import Settings
from backend.platform.tracing import span
from backend.text.personal_data.public_contacts import configure_public_contacts

log = structlog.get_logger("api")
INTERNAL = "Noe gikk galt hos oss. Feilen er notert."


@dataclass(frozen=True, slots=True)
class OperationResult:
    """What an operation came to: `data` and `errors` as the specification has them, and what it was made of."""

    data: dict[str, Any] | None
    errors: list[dict[str, Any]]
    tags: frozenset[str]

    def body(self) -> dict[str, Any]:
        """The response as GraphQL over HTTP has it."""
        return {"errors": self.errors, "data": self.data} if self.errors else {"data": self.data}


class Executor:
    """Runs operations over the platform's schema."""

    def __init__(self, settings: Settings) -> None:
        """Prepares the trusted documents; raises DocumentError."""
        self.settings = settings
        configure_public_contacts(settings)
        self.schema = schema._schema
        compiled = settings.compiled_operations
        self.trusted = trusted_documents(self.schema, compiled=compiled)
        self.ad_hoc = AdHocDocuments(self.schema, compiled=compiled)

    async def execute(
        self,
        operation: str,
        variables: dict[str, Any] | None,
        actor: Actor,
        *,
        language: str,
        request_id: str = "",
    ) -> OperationResult:
        """Run the trusted operation of that name; raises KeyError when there is none."""
        prepared = self.trusted.by_name[operation]
        return await self.run(prepared, variables, actor, language=language, request_id=request_id)

    async def run(
        self,
        prepared: PreparedOperation,
        variables: dict[str, Any] | None,
        actor: Actor,
        *,
        language: str,
        request_id: str = "",
    ) -> OperationResult:
        """Run a prepared query or mutation within the time limit. Never raises: errors are in the answer."""
        context = Context(actor=actor, settings=self.settings, language=language, request_id=request_id)
        started = perf_counter()
        try:
            with span(f"operation {prepared.name if prepared.id else 'free'}"):
                async with asyncio.timeout(self.settings.operation_timeout):
                    result = await self._result(prepared, variables or {}, context)
        except TimeoutError:
            late = Unavailable("operation_timeout", "Dette tok for lang tid, og ble avbrutt.")
            result = ExecutionResult(None, [GraphQLError(late.code, original_error=late)])
        errors = [self.format_error(error, context) for error in result.errors or ()]
        name = prepared.name if prepared.id else "free"
        note_operation(name, "error" if errors else "ok", perf_counter() - started)
        return OperationResult(data=result.data, errors=errors, tags=frozenset(context.tags))

    async def _result(
        self, prepared: PreparedOperation, variables: dict[str, Any], context: Context
    ) -> ExecutionResult:
        if prepared.compiled is not None:
            return await prepared.compiled.execute(None, context, variables)
        result = interpret(
            self.schema,
            prepared.document,
            context_value=context,
            variable_values=variables,
            operation_name=prepared.name,
        )
        return result if isinstance(result, ExecutionResult) else await result

    def format_error(self, error: GraphQLError, context: Context) -> dict[str, Any]:
        """The error as a client may see it: refusals and mistakes in the request plainly, bugs masked."""
        cause = error.original_error
        if isinstance(cause, DATABASE_AWAY):
            log.warning("the database is away", error=type(cause).__name__)
            cause = database_away()
        if isinstance(cause, DomainError):
            formatted = error.formatted
            formatted["message"] = translate(context.language, cause.message, **cause.params)
            formatted["extensions"] = {"code": cause.code, "problem": problem_json(cause, context.language)}
            return dict(formatted)
        if cause is None or isinstance(cause, GraphQLError):
            mistake: dict[str, Any] = dict(without_suggestion(error).formatted)
            # Before anything ran only the variables can be wrong; in a field, its arguments.
            code = "graphql_variables" if error.path is None else "graphql_arguments"
            mistake["extensions"] = {"code": code, **mistake.get("extensions", {})}
            return mistake
        log.error("operation failed", request_id=context.request_id, path=error.path, exc_info=cause)
        return {
            "message": translate(context.language, INTERNAL),
            "path": error.path,
            "extensions": {"code": "internal", "requestId": context.request_id},
        }
