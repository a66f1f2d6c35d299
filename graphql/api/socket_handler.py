"""One socket that speaks graphql-transport-ws: Strawberry keeps the protocol, this decides what may run."""

import asyncio
from contextlib import aclosing, suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from graphql import OperationType
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)

from api.admission import ad_hoc, trusted
from api.broker import Feed
from api.documents import InvalidDocument, PreparedOperation
from api.errors import problem_json
from api.metrics import REFUSED, SUBSCRIPTIONS
from api.request import GraphQLRequest, from_sent
from api.socket_viewer import SocketViewer
from api.streams import answers
from backend.platform.authz import Actor
from backend.platform.errors import DomainError, Invalid, Unauthenticated

if TYPE_CHECKING:
    from api.sockets import Sockets

log = structlog.get_logger("sockets")
RECHECK_SECONDS = 15.0
IDLE_SECONDS = 60.0
# A client that takes nothing for this long is left; until then only the newest state waits for it.
SEND_SECONDS = 10.0
# An id comes back in the reason of a close frame, which holds 123 bytes.
_MAX_ID = 64
_TYPES = ("connection_init", "ping", "pong", "subscribe", "complete")


class _SocketOperation(Operation[Any, None]):
    """One subscription that a client asked for."""

    __slots__ = ("request",)

    def __init__(self, handler: "SocketHandler", name: str, request: GraphQLRequest) -> None:
        super().__init__(handler, name, request.query or "", request.variables, request.operation_name)
        self.request = request


class SocketHandler(BaseGraphQLTransportWSHandler[Any, None]):
    """Subscriptions only: queries and mutations go over HTTP, where they are bounded and cached."""

    context: SocketViewer
    view: "Sockets"

    async def handle(self) -> None:
        """Serve the socket until it is closed, by either side."""
        self._heard_at = monotonic()
        self._is_stuck = asyncio.Event()
        self._subscriber = self.view.broker.subscribe()
        parts = [
            asyncio.create_task(part) for part in (super().handle(), self._watch(), self._is_stuck.wait())
        ]
        try:
            await asyncio.wait({parts[0], parts[2]}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
            self._subscriber.close()

    async def handle_message(self, message: Any) -> None:
        """Refuse what Strawberry's handler would stumble over, pass on the rest."""
        self._heard_at = monotonic()
        if not _is_well_formed(message):
            await self.handle_invalid_message("Failed to parse message")
            return
        await super().handle_message(message)

    async def handle_connection_init(self, message: Any) -> None:
        """Acknowledge, and from then on hear of the end of the session."""
        await super().handle_connection_init(message)
        self._subscriber.listen(self.context.tags)

    async def handle_subscribe(self, message: Any) -> None:
        """Begin an operation of its own; its refusals are told in its own error message."""
        name = message["id"]
        if not self.connection_acknowledged:
            await self.websocket.close(code=4401, reason="Unauthorized")
            return
        if name in self.operations:
            await self.websocket.close(code=4409, reason=f"Subscriber for {name} already exists")
            return
        try:
            if len(self.operations) >= (self.max_subscriptions_per_connection or 0):
                raise Invalid("too_many_subscriptions", "Du følger med på for mye på én gang.")
            operation = _SocketOperation(self, name, from_sent(message["payload"]))
        except DomainError as refusal:
            await self.send_message({"id": name, "type": "error", "payload": [self._error_payload(refusal)]})
            return
        operation.task = asyncio.create_task(self.run_operation(operation))
        operation.task.add_done_callback(self._task_done)
        self.operations[name] = operation

    async def run_operation(self, operation: Any) -> None:
        """Answer until the stream ends, the client completes it, or the viewer may not go on."""
        with SUBSCRIPTIONS.track_inprogress(), suppress(WebSocketDisconnected):
            errors = await self._stream(operation)
            if errors:
                await operation.send_operation_message(
                    {"id": operation.id, "type": "error", "payload": errors}
                )
            else:
                await operation.send_operation_message({"id": operation.id, "type": "complete"})

    async def _stream(self, operation: _SocketOperation) -> list[dict[str, Any]]:
        """Send every answer; returns the errors it ended with."""
        try:
            opening = await self.context.context()
            prepared = await self._admitted(operation.request, opening.actor)
            feed = Feed(self.view.broker, self.context.context)
            stream = answers(self.view.executor, prepared, operation.request.variables, feed, opening)
            async with aclosing(stream):
                async for answer in stream:
                    if answer.data is None and answer.errors:
                        return answer.errors
                    message: Any = {"id": operation.id, "type": "next", "payload": answer.body()}
                    await operation.send_operation_message(message)
        except DomainError as refusal:
            REFUSED.labels(refusal.code).inc()
            return [self._error_payload(refusal)]
        except InvalidDocument as invalid:
            REFUSED.labels("invalid_document").inc()
            return invalid.formatted()
        return []

    async def _admitted(self, request: GraphQLRequest, actor: Actor) -> PreparedOperation:
        """The subscription that may run; raises DomainError, InvalidDocument."""
        executor = self.view.executor
        known = trusted(executor, request)
        if known is None:
            await self.view.rates.check_text(self.context.scope, actor)
        prepared = known or ad_hoc(executor, request, actor)
        if prepared.kind is not OperationType.SUBSCRIPTION:
            raise Invalid("not_a_subscription", "Bare abonnementer går over WebSocket. Send resten med POST.")
        await self.view.rates.check(self.context.scope, actor, prepared)
        return prepared

    def _error_payload(self, refusal: DomainError) -> Any:
        problem = problem_json(refusal, self.context.language)
        return {"message": problem["message"], "extensions": {"code": refusal.code, "problem": problem}}

    async def send_message(self, message: Any) -> None:
        """Send to a client that reads; raises WebSocketDisconnected for one that is gone or takes nothing."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await super().send_message(message)
        except TimeoutError:
            self._is_stuck.set()
            raise WebSocketDisconnected from None
        except RuntimeError:
            # Starlette's word for a socket that was closed meanwhile.
            raise WebSocketDisconnected from None

    async def _watch(self) -> None:
        """Close the socket when its session has ended, or when nothing has been asked for a while."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._subscriber.changed(), RECHECK_SECONDS)
            if not self.operations and monotonic() - self._heard_at > IDLE_SECONDS:
                await self.websocket.close(code=1000, reason="Idle")
                return
            if self.connection_acknowledged and not self.context.actor.is_anonymous:
                try:
                    await self.context.who()
                except Unauthenticated:
                    await self.websocket.close(code=4401, reason="Unauthorized")
                    return


def _is_well_formed(message: Any) -> bool:
    if not isinstance(message, dict) or message.get("type") not in _TYPES:
        return False
    if message["type"] in ("subscribe", "complete"):
        name = message.get("id")
        if not isinstance(name, str) or not 0 < len(name.encode()) <= _MAX_ID:
            return False
    return message["type"] != "subscribe" or isinstance(message.get("payload"), dict)
