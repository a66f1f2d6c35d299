"""Subscriptions over WebSocket: the handshake, how many may be open, and what wakes them.

Only graphql-transport-ws is spoken. A page of another site cannot open a socket: the browser says where the page
is from, and the visitor's cookie would come along.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from api.addresses import client_address
from api.broker import Broker
from api.execute import Executor
from api.languages import choose_language
from api.metrics import REFUSED, SOCKETS
from api.rates import RateLimiter
from api.schema import schema
from api.socket_handler import SocketHandler
from api.socket_viewer import SocketViewer
from backend.platform.errors import LimitExceeded, Unauthenticated

MAX_SOCKETS = 5_000
# Many people may sit behind one address; one person's program must not take every place.
MAX_SOCKETS_PER_ADDRESS = 100
MAX_SUBSCRIPTIONS = 20
ACKNOWLEDGE_SECONDS = 10


class Sockets(GraphQL[SocketViewer, None]):
    """An ASGI application for WebSocket connections; `on_tags` gets the tags of every change."""

    graphql_transport_ws_handler_class = SocketHandler

    def __init__(self, executor: Executor, rates: RateLimiter) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=timedelta(seconds=ACKNOWLEDGE_SECONDS),
            max_subscriptions_per_connection=MAX_SUBSCRIPTIONS,
            allowed_origins=[executor.settings.base_url] if executor.settings.base_url else (),
        )
        self.executor = executor
        self.rates = rates
        self.broker = Broker()
        self._open: Counter[str] = Counter()

    def on_tags(self, tags: Iterable[str]) -> None:
        """Let the subscriptions that follow one of these read again."""
        self.broker.on_tags(tags)

    def set_listening(self, *, up: bool) -> None:
        """After a silence nobody knows what has changed, so everybody reads again."""
        if up:
            self.broker.wake_all()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket; refused before it is opened when there are too many."""
        address = client_address(scope, self.executor.settings.trusted_proxies)
        if self._open.total() >= MAX_SOCKETS or self._open[address] >= MAX_SOCKETS_PER_ADDRESS:
            REFUSED.labels("too_many_sockets").inc()
            refusal = PlainTextResponse("too many sockets", 503, {"retry-after": "30"})
            await WebSocket(scope, receive, send).send_denial_response(refusal)
            return
        self._open[address] += 1
        try:
            with SOCKETS.track_inprogress():
                await super().__call__(scope, receive, send)
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> SocketViewer:
        """Who is at the other end; not an operation's context, of which every event gets its own."""
        language = choose_language(dict(request.scope["headers"]).get(b"accept-language"))
        return SocketViewer(self.executor.settings, self.rates, request.scope, language)

    async def on_ws_connect(self, context: SocketViewer) -> None:
        """Answer connection_init; a credential that does not hold closes the socket as forbidden."""
        try:
            await context.begin()
        except (Unauthenticated, LimitExceeded):
            raise ConnectionRejectionError from None

    def encode_json(self, data: object) -> str:
        """As text: the protocol knows no binary messages."""
        return orjson.dumps(data).decode()

    def decode_json(self, data: str | bytes) -> Any:
        """Bounded in depth, unlike the standard library's."""
        return orjson.loads(data)
