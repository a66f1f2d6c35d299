"""Assembles the ASGI application: the pages, and /graphql, /health, login and exports beside them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute

from api.answers import AnswerCache
from api.app import GraphQLEndpoint
from api.execute import Executor
from api.rates import DEFAULTS, RateLimiter, require_known_limits
from api.sockets import Sockets
from backend.accounts.actors import forget_actors, forget_all_actors
from backend.accounts.sessions import cookie_name
from backend.platform.database import open_database
from backend.platform.listener import Listener
from backend.platform.settings import Settings, get_settings
from backend.proposals.similar_cache import similar_cache
from backend.topics.cache import topic_cache
from web import (
    about,
    admin,
    entry,
    front,
    health,
    language,
    moderation,
    my,
    planning,
    proposals,
    topics,
    wellknown,
    writing,
)
from web.about.export_files import ExportFiles
from web.compression import Compression
from web.middleware import Requests
from web.page import assets
from web.page.cached_pages import CachedPages, PageCache
from web.page.failures import crashed, not_served
from web.page.maintenance import Maintenance
from web.proposals.live import LiveCounts
from web.shortcut import PATH, GraphQLShortcut

SLICES: Final = (
    health,
    wellknown,
    assets,
    entry,
    front,
    topics,
    writing,
    proposals,
    my,
    planning,
    moderation,
    admin,
    about,
    # Last: what has an address of its own without a language goes before what is led to one.
    language,
)
"""Each has `routes`; an address that two could answer is the first one's."""
_ROUTES: Final = [route for part in SLICES for route in part.routes]


def create_app(settings: Settings | None = None) -> Starlette:
    """The application of one web process; trusted documents are compiled here, once."""
    settings = settings or get_settings()
    executor = Executor(settings)
    cache = AnswerCache(max_bytes=settings.answer_cache_bytes, seconds=settings.answer_cache_seconds)
    require_known_limits({**DEFAULTS, **settings.rate_limits}, executor.schema)
    rates = RateLimiter(settings)
    listener = Listener(settings)
    sockets = Sockets(executor, rates)
    counts = LiveCounts(executor)
    pages = PageCache(
        AnswerCache(max_bytes=settings.page_cache_bytes, seconds=settings.answer_cache_seconds),
        cookie_name(settings),
    )
    exports = ExportFiles()
    _attach_to_listener(listener, [cache, pages.cache], sockets, counts)
    listener.on_tags(exports.on_tags)
    listener.on_state(lambda up: exports.set_listening(up=up))

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with open_database(settings), listener.running():
            yield
        await rates.close()

    app = Starlette(
        routes=[WebSocketRoute(PATH, sockets), *_ROUTES],
        middleware=[
            Middleware(Requests, settings=settings),
            *([Middleware(Maintenance)] if settings.maintenance else []),
            Middleware(GraphQLShortcut, endpoint=GraphQLEndpoint(executor, cache, rates)),
            Middleware(CachedPages, pages=pages),
            Middleware(Compression),
        ],
        exception_handlers={HTTPException: not_served, Exception: crashed},
        lifespan=lifespan,
    )
    app.state.is_draining = False
    app.state.settings = settings
    app.state.listener = listener
    app.state.rates = rates
    app.state.readiness = health.Readiness(settings)
    app.state.pages = pages
    app.state.executor = executor
    app.state.sockets = sockets
    app.state.live = counts
    app.state.export_files = exports
    app.state.card_places = asyncio.Semaphore(1)
    return app


def _attach_to_listener(
    listener: Listener, caches: Sequence[AnswerCache], sockets: Sockets, counts: LiveCounts
) -> None:
    """Tell everything that this process remembers or sends on what changes, and whether changes are heard."""
    memories = (topic_cache, similar_cache, sockets, counts)
    callbacks = [*(cache.drop for cache in caches), forget_actors, *(memory.on_tags for memory in memories)]
    for callback in callbacks:
        listener.on_tags(callback)
    listener.on_state(lambda up: _set_listening(caches, up=up))
    listener.on_state(lambda up: sockets.set_listening(up=up))
    listener.on_state(lambda up: counts.set_listening(up=up))


def _set_listening(caches: Sequence[AnswerCache], *, up: bool) -> None:
    """Keep answers only while changes are heard; forget those kept before a silence."""
    for cache in caches:
        cache.is_open = up
        cache.clear()
    topic_cache.set_listening(up=up)
    similar_cache.set_listening(up=up)
    forget_all_actors()
