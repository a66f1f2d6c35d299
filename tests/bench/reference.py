"""What the API is measured against: a constant response, and one endpoint written by hand for one page."""

import contextlib
import os
from collections.abc import AsyncIterator

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.platform.database import connection_parameters

_CONSTANT = b'{"data":"' + b"x" * 8_000 + b'"}'
# The first 20 proposals of a topic with author, topic and counts, as one statement returning JSON.
_BY_HAND = """
    SELECT json_build_object('data', json_build_object('proposals', json_build_object('nodes', json_agg(row)))) FROM (
        SELECT p.id, p.title, p.state, p.outcome, p.language, p.published_at AS "publishedAt",
               c.supports AS "supportCount", c.comments AS "commentCount",
               json_build_object('id', a.id, 'displayName', a.display_name) AS author,
               json_build_object('id', t.id, 'slug', t.slug, 'title', w.title) AS topic
        FROM proposal p
        JOIN proposal_activity c ON c.municipality_id = p.municipality_id AND c.proposal_id = p.id
        JOIN account a ON a.municipality_id = p.municipality_id AND a.id = p.author_id
        JOIN topic t ON t.municipality_id = p.municipality_id AND t.id = p.topic_id
        JOIN topic_text w ON w.municipality_id = t.municipality_id AND w.topic_id = t.id AND w.language = 'nb'
        WHERE p.municipality_id = 3201 AND p.topic_id = $1
          AND p.state IN ('published', 'assessment', 'answered', 'under_way', 'done')
        ORDER BY p.published_at DESC, p.id DESC LIMIT 20) row
"""


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    parameters = connection_parameters(os.environ["SAMSKAP_DATABASE_URL"])
    async with asyncpg.create_pool(**parameters, min_size=2, max_size=10) as pool:
        app.state.pool = pool
        yield


async def constant(_request: Request) -> Response:
    """The most that this stack can answer."""
    return Response(_CONSTANT, media_type="application/json")


async def by_hand(request: Request) -> Response:
    """What somebody would write who only ever needed this page."""
    async with request.app.state.pool.acquire() as held:
        body = await held.fetchval(_BY_HAND, int(request.query_params["topic"]))
    return Response(body, media_type="application/json")


app = Starlette(routes=[Route("/constant", constant), Route("/by-hand", by_hand)], lifespan=_lifespan)
