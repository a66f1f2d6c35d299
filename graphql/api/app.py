"""The /graphql endpoint over HTTP: who asks, what they may ask for, and the answer, kept when public."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import orjson
import structlog
from graphql import OperationType

from api.admission import ad_hoc, trusted
from api.answers import AnswerCache, CacheEntry, Flight, SingleFlights, etag_of
from api.authentication import authenticate_request, bears_credentials
from api.documents import InvalidDocument, PreparedOperation
from api.encodings import LEAST_BYTES, choose_encoding, compress
from api.errors import database_away, problem_json, retry_seconds
from api.execute import INTERNAL, Executor
from api.explorer import send_to_page, wants_page
from api.languages import choose_language
from api.metrics import CACHED, REFUSED
from api.origin import is_own_site
from api.rates import RateLimiter
from api.request import GraphQLRequest, from_json, from_query_string, read_body
from api.sending import Send, send_cached, send_whole
from backend.platform.authz import Actor
from backend.platform.database import DATABASE_AWAY
from backend.platform.errors import DomainError, Forbidden, Invalid, Unauthenticated
from backend.platform.i18n import translate
from backend.platform.settings import Settings

Scope = MutableMapping[str, Any]
Headers = Mapping[bytes, bytes]
log = structlog.get_logger("api")

_VARY = (b"vary", b"accept-language, cookie, authorization")
_VARY_PUBLIC = (b"vary", b"accept-language, accept-encoding, cookie, authorization")
_PUBLIC = (b"cache-control", b"public, max-age=0, must-revalidate")
_PRIVATE = (b"cache-control", b"private, no-store")
_JSON = (b"content-type", b"application/json; charset=utf-8")


class GraphQLEndpoint:
    """An ASGI application for one path."""

    def __init__(self, executor: Executor, cache: AnswerCache, rates: RateLimiter) -> None:
        self._executor = executor
        self._cache = cache
        self._rates = rates
        self._flights: SingleFlights[CacheEntry] = SingleFlights()

    async def __call__(self, scope: Scope, receive: Callable[[], Awaitable[Any]], send: Send) -> None:
        """Answer one request. Refusals are answered as errors with a Problem in their extensions."""
        headers: Headers = dict(scope["headers"])
        language = choose_language(headers.get(b"accept-language"))
        try:
            await self._answer(scope, headers, language, receive, send)
        except DomainError as refusal:
            REFUSED.labels(refusal.code).inc()
            await _send_refusal(send, refusal, language, self._executor.settings)
        except DATABASE_AWAY as outage:
            log.warning("the database is away", error=type(outage).__name__)
            REFUSED.labels("database_away").inc()
            await _send_refusal(send, database_away(), language, self._executor.settings)
        except InvalidDocument as invalid:
            REFUSED.labels("invalid_document").inc()
            body = orjson.dumps({"errors": invalid.formatted()})
            await _send(send, 400, body, (_PRIVATE,))
        except Exception:
            # Every answer is sent whole, after all that can fail: nothing of this one is on its way.
            log.exception("request failed", request_id=scope.get("request_id"))
            REFUSED.labels("internal").inc()
            await _send_crash(send, language, scope.get("request_id", ""))

    async def _answer(
        self,
        scope: Scope,
        headers: Headers,
        language: str,
        receive: Callable[[], Awaitable[Any]],
        send: Send,
    ) -> None:
        if wants_page(scope, headers):
            await send_to_page(send)
            return
        is_get = scope["method"] == "GET"
        request = await self._read(scope, headers, receive)
        known = trusted(self._executor, request)
        if is_get and known is None and request.query is not None:
            # An address is logged, shared and prefetched; a text of one's own may say anything.
            raise Invalid("text_by_get", "Spørringer med egen tekst sendes med POST.")
        with_credentials = bears_credentials(headers)
        if known and known.kind is OperationType.QUERY and (known.is_public or not with_credentials):
            entry = await self._public_answer(scope, headers, known, request, language)
            held = headers.get(b"if-none-match", b"")
            squeezed = tuple((b"content-encoding", name.encode()) for name in entry.about)
            cache_headers = (_VARY_PUBLIC, _PUBLIC if is_get else _PRIVATE)
            await send_cached(send, entry, held, cache_headers, (_JSON, *squeezed))
            return
        actor = await authenticate_request(self._executor.settings, self._rates, scope)
        if b"accept-language" not in headers and not actor.is_anonymous:
            language = actor.language
        if known is None:
            await self._rates.check_text(scope, actor)
        prepared = known or ad_hoc(self._executor, request, actor)
        scope["actor_id"], scope["operation"] = actor.account_id, prepared.name if prepared.id else "free"
        await self._may_run(scope, headers, prepared, actor)
        answer = await self._executor.run(
            prepared, request.variables, actor, language=language, request_id=scope.get("request_id", "")
        )
        await _send(send, 200, orjson.dumps(answer.body()), (_VARY, _PRIVATE))

    async def _read(
        self, scope: Scope, headers: Headers, receive: Callable[[], Awaitable[Any]]
    ) -> GraphQLRequest:
        if scope["method"] == "GET":
            return from_query_string(scope["query_string"])
        if scope["method"] != "POST":
            raise Invalid("method", "Bruk GET eller POST.")
        # Only JSON: a form of another site cannot send it without the browser asking us first.
        if headers.get(b"content-type", b"").split(b";")[0].strip() != b"application/json":
            raise Invalid("content_type", "Forespørselen må være JSON (application/json).")
        return from_json(await read_body(receive, headers, self._executor.settings.max_body))

    async def _may_run(
        self, scope: Scope, headers: Headers, prepared: PreparedOperation, actor: Actor
    ) -> None:
        if prepared.kind is OperationType.SUBSCRIPTION:
            raise Invalid("subscription", "Abonnementer går over WebSocket.")
        if prepared.kind is OperationType.MUTATION:
            if scope["method"] == "GET":
                raise Invalid("mutation_by_get", "Endringer sendes med POST.")
            _require_own_site(headers, self._executor.settings.base_url)
        await self._rates.check(scope, actor, prepared)

    async def _public_answer(
        self,
        scope: Scope,
        headers: Headers,
        prepared: PreparedOperation,
        request: GraphQLRequest,
        language: str,
    ) -> CacheEntry:
        """The answer for a stranger, kept or made; requests for the same answer wait for one making.

        Variables that the document does not declare change nothing, so they make no new answer either. What is
        kept is given freely; only making is counted against the address.
        """
        variables = {name: value for name, value in request.variables.items() if name in prepared.variables}
        encoding = choose_encoding(headers.get(b"accept-encoding", b""))
        variant = f"{language} {encoding}"
        key = (prepared.id or "", orjson.dumps(variables, option=orjson.OPT_SORT_KEYS), variant)
        entry = self._cache.get(key)
        if entry is not None:
            CACHED.labels("hit").inc()
            return entry
        CACHED.labels("miss").inc()
        # What was begun before the latest change may not know of it: whoever comes after waits for another.
        flight = (key, self._cache.generation())
        stranger = Actor(municipality_id=self._executor.settings.municipality, language=language)
        if flight not in self._flights:
            await self._rates.check(scope, stranger, prepared)
        return await self._flights.join(
            flight, lambda: self._make(scope, prepared, variables, stranger, flight, encoding)
        )

    async def _make(
        self,
        scope: Scope,
        prepared: PreparedOperation,
        variables: dict[str, Any],
        stranger: Actor,
        flight: Flight,
        encoding: str,
    ) -> CacheEntry:
        key, generation = flight
        answer = await self._executor.run(
            prepared,
            variables,
            stranger,
            language=stranger.language,
            request_id=scope.get("request_id", ""),
        )
        body = orjson.dumps(answer.body())
        is_long = len(body) >= LEAST_BYTES
        body = await compress(body, encoding) if is_long else body
        about = (encoding,) if encoding and is_long else ()
        # What was made of nothing that is stored is quickly made again, and its variables may be a text being written.
        if answer.errors or not answer.tags:
            return CacheEntry(body, etag_of(body), answer.tags, 0.0, about)
        return self._cache.put(key, body, answer.tags, generation, about)


def _require_own_site(headers: Headers, base_url: str) -> None:
    """Refuse a browser's request that another site made; clients that are no browsers do not say where they are."""

    def header(name: str) -> str | None:
        value = headers.get(name.encode())
        return None if value is None else value.decode("latin-1")

    if is_own_site(header, base_url) is False:
        raise Forbidden("cross_site", "Forespørselen kom fra et annet nettsted.")


async def _send(send: Send, status: int, body: bytes, extra: tuple[tuple[bytes, bytes], ...]) -> None:
    await send_whole(send, status, body, (_JSON, *extra))


async def _send_refusal(send: Send, refusal: DomainError, language: str, settings: Settings) -> None:
    """Why not, with a way on: where to log in, or when to come back."""
    problem = problem_json(refusal, language)
    extensions: dict[str, Any] = {"code": refusal.code, "problem": problem}
    headers = [_VARY, _PRIVATE]
    if isinstance(refusal, Unauthenticated):
        extensions["loginUrl"] = f"{settings.base_url}/{language}/logg-inn"
        headers.append((b"www-authenticate", b"Bearer"))
    if seconds := retry_seconds(refusal):
        extensions["retryAfter"] = seconds
        headers.append((b"retry-after", str(seconds).encode()))
    status = 413 if refusal.code == "body_too_large" else refusal.status
    body = {"errors": [{"message": problem["message"], "extensions": extensions}]}
    await _send(send, status, orjson.dumps(body), tuple(headers))


async def _send_crash(send: Send, language: str, request_id: str) -> None:
    """A fault of ours, with the request's id to tell us."""
    extensions = {"code": "internal", "requestId": request_id}
    body = {"errors": [{"message": translate(language, INTERNAL), "extensions": extensions}]}
    await _send(send, 500, orjson.dumps(body), (_VARY, _PRIVATE))
