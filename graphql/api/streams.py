"""Running a subscription: one answer now, and one for every change, each in a context of its own."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from time import perf_counter
from typing import Any, cast

from graphql import ExecutionResult, GraphQLError
from graphql.execution import Executor as Interpreter
from graphql.execution import create_source_event_stream, execute_subscription_event

from api.broker import Feed
from api.context import Context
from api.documents import PreparedOperation
from api.execute import Executor, OperationResult
from api.metrics import note_operation
from backend.platform.errors import DomainError, Unavailable


async def answers(
    executor: Executor, prepared: PreparedOperation, variables: dict[str, Any], feed: Feed, opening: Context
) -> AsyncGenerator[OperationResult, None]:
    """The answers of a subscription until it ends. Never raises: errors are in the last answer.

    `opening` is the context in which the stream is asked for; every event is answered in the feed's newest.
    """
    name = prepared.name if prepared.id else "free"
    opening.feed = feed
    try:
        source = await _source(executor, prepared, variables, opening)
        if isinstance(source, ExecutionResult):
            yield _failed(executor, source.errors or [], opening)
            return
        async with aclosing(cast("Any", source)):
            async for event in source:
                started = perf_counter()
                answer = await _answer(executor, prepared, variables, event, feed.context or opening)
                note_operation(name, "error" if answer.errors else "ok", perf_counter() - started)
                yield answer
    except Exception as error:
        yield _failed(executor, [_located(error)], feed.context or opening)
    finally:
        feed.close()


async def _source(
    executor: Executor, prepared: PreparedOperation, variables: dict[str, Any], opening: Context
) -> AsyncIterable[Any] | ExecutionResult:
    built = _interpreter(executor, prepared, variables, None, opening)
    if isinstance(built, list):
        return ExecutionResult(None, built)
    made = create_source_event_stream(built)
    return made if isinstance(made, (AsyncIterable, ExecutionResult)) else await made


async def _answer(
    executor: Executor, prepared: PreparedOperation, variables: dict[str, Any], event: Any, context: Context
) -> OperationResult:
    built = _interpreter(executor, prepared, variables, event, context)
    if isinstance(built, list):
        return _failed(executor, built, context)
    try:
        async with asyncio.timeout(executor.settings.operation_timeout):
            made = execute_subscription_event(built)
            result = made if isinstance(made, ExecutionResult) else await made
    except TimeoutError:
        late = Unavailable("operation_timeout", "Dette tok for lang tid, og ble avbrutt.")
        return _failed(executor, [_located(late)], context)
    errors = [executor.format_error(error, context) for error in result.errors or ()]
    return OperationResult(data=result.data, errors=errors, tags=frozenset(context.tags))


def _interpreter(
    executor: Executor, prepared: PreparedOperation, variables: dict[str, Any], event: Any, context: Context
) -> Interpreter[Any] | list[GraphQLError]:
    built = Interpreter.build(
        executor.schema,
        prepared.document,
        root_value=event,
        context_value=context,
        raw_variable_values=variables,
        operation_name=prepared.name,
        hide_suggestions=True,
    )
    return list(built) if isinstance(built, (list, tuple)) else built


def _failed(executor: Executor, errors: list[GraphQLError], context: Context) -> OperationResult:
    return OperationResult(None, [executor.format_error(error, context) for error in errors], frozenset())


def _located(error: Exception) -> GraphQLError:
    if isinstance(error, GraphQLError):
        return error
    code = error.code if isinstance(error, DomainError) else "internal"
    return GraphQLError(code, original_error=error)
