"""The API's page: examples, the schema as a file, and GraphiQL from our own host."""

from functools import cache
from hashlib import sha256
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.schema import introspection, sdl
from web.page.routing import page
from web.page.visit import Visit

_EXAMPLE: Final = "ProposalList"
# GraphiQL's dialogs write a style element; style attributes, and all scripts but ours, stay forbidden there too.
_STYLES: Final = "; style-src-elem 'self' 'unsafe-inline'"
_CACHE_CONTROL: Final = "public, max-age=0, must-revalidate"


async def api(visit: Visit) -> Response:
    """GET /om/api: how to ask, with examples that run as they stand."""
    data = await visit.query("ShowAbout")
    document: str = visit.request.app.state.executor.trusted.by_name[_EXAMPLE].id
    return await visit.render("about/api.html", data, here="/om/data", document_id=document)


async def explorer(visit: Visit) -> Response:
    """GET /om/api/utforsk: GraphiQL, which knows the schema from our file."""
    data = await visit.query("ShowAbout")
    response = await visit.render("about/explorer.html", data)
    response.headers["content-security-policy"] += _STYLES
    return response


async def schema_file(request: Request) -> Response:
    """GET /om/api/schema.graphql: the schema in GraphQL's own words."""
    return _file(request, _sdl(), "text/plain; charset=utf-8")


async def schema_json(request: Request) -> Response:
    """GET /om/api/schema.json: the same as an answer to the introspection query, for tools that want that."""
    return _file(request, _introspection(), "application/json")


def _file(request: Request, content: bytes, media_type: str) -> Response:
    etag = f'"{sha256(content).hexdigest()[:20]}"'
    headers = {"etag": etag, "cache-control": _CACHE_CONTROL}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


@cache
def _sdl() -> bytes:
    return sdl().encode()


@cache
def _introspection() -> bytes:
    return orjson.dumps({"data": introspection()})


routes = [
    Route("/om/api/schema.graphql", schema_file, methods=["GET"]),
    Route("/om/api/schema.json", schema_json, methods=["GET"]),
    page("/om/api", api),
    page("/om/api/utforsk", explorer),
]
