"""Assembles the ASGI application: /graphql, /health, login and exports; the pages stand on the same API."""

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute

from api.answers import AnswerCache
from api.app import GraphQLEndpoint
from api.execute import Executor
from api.rates import RateLimiter
from api.sockets import Sockets
from backend.accounts.actors import forget_actors, forget_all_actors
from backend.database import open_database
from backend.listener import Listener
from backend.settings import Settings, get_settings
from backend.topics.cache import topic_cache
from web import email, exports, health, login, my_data
from web.door import PATH, Door
from web.middleware import Requests


def create_app(settings: Settings | None = None) -> Starlette:
    """The application of one web process; trusted documents are compiled here, once."""
    settings = settings or get_settings()
    executor = Executor(settings)
    cache = AnswerCache(max_bytes=settings.answer_cache_bytes, seconds=settings.answer_cache_seconds)
    rates = RateLimiter(settings)
    listener = Listener(settings)
    sockets = Sockets(executor, rates)
    listener.on_tags(cache.drop)
    listener.on_tags(forget_actors)
    listener.on_tags(topic_cache.hear)
    listener.on_tags(sockets.hear)
    listener.on_state(lambda up: _set_listening(cache, up=up))
    listener.on_state(lambda up: sockets.set_listening(up=up))

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with open_database(settings), listener.running():
            yield
        await rates.close()

    app = Starlette(
        routes=[
            WebSocketRoute(PATH, sockets),
            *health.routes,
            *login.routes,
            *my_data.routes,
            *email.routes,
            *exports.routes,
        ],
        middleware=[
            Middleware(Requests, settings=settings),
            Middleware(Door, endpoint=GraphQLEndpoint(executor, cache, rates)),
        ],
        lifespan=lifespan,
    )
    app.state.is_draining = False
    app.state.settings = settings
    app.state.listener = listener
    app.state.rates = rates
    app.state.executor = executor
    app.state.sockets = sockets
    return app


def _set_listening(cache: AnswerCache, *, up: bool) -> None:
    """Keep answers only while changes are heard; forget those kept before a silence."""
    cache.is_open = up
    cache.clear()
    topic_cache.set_listening(up=up)
    forget_all_actors()
