"""Pages for what went wrong: each says why in plain words, and has a way on."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.errors import RETRY_SECONDS, retry_seconds
from api.languages import choose_language
from backend.platform.authz import Actor
from backend.platform.database import DATABASE_AWAY
from backend.platform.errors import DomainError, LimitExceeded, Unauthenticated
from backend.platform.i18n import LANGUAGES, N_
from backend.platform.settings import Settings
from web.page.cookies import LANGUAGE_COOKIE
from web.page.policy import security_headers
from web.page.visit import NOT_FOUND, Visit

_TITLE_TEXTS = {
    400: N_("Dette gikk ikke"),
    401: N_("Logg inn for å fortsette"),
    403: N_("Du har ikke tilgang"),
    404: N_("Vi finner ikke siden"),
    405: N_("Dette kan ikke gjøres her"),
    409: N_("Noe har endret seg imens"),
    429: N_("Litt for mye på en gang"),
    500: N_("Noe gikk galt hos oss"),
    503: N_("Samskap tar en pause"),
}
_MAINTENANCE = N_(
    "Vi arbeider med Samskap akkurat nå. Alt du har skrevet inn tidligere, er trygt. Prøv igjen om litt."
)
_NOT_DONE_HERE = N_(
    "Adressen kan ikke brukes på denne måten. Gå tilbake til siden du kom fra, og prøv derfra."
)
_CRASH = N_("Feilen er notert, og vi ser på den. Ingenting av det du har lagret, er borte.")


def language_for(request: Request) -> str:
    """The language in the address, else the remembered one, else what the browser asks for."""
    first = request.url.path.split("/", 2)[1]
    if first in LANGUAGES:
        return first
    remembered = request.cookies.get(LANGUAGE_COOKIE)
    if remembered in LANGUAGES:
        return remembered
    return choose_language(request.headers.get("accept-language", "").encode("latin-1"))


def stranger(request: Request) -> Visit:
    """A visit of nobody in particular: pages that must show whatever is away look nothing up."""
    settings: Settings = request.app.state.settings
    return Visit(request, Actor(municipality_id=settings.municipality), language_for(request))


async def _failure(visit: Visit, status: int, reason: str, seconds: int | None = RETRY_SECONDS) -> Response:
    response = await visit.render(
        "failures/failure.html",
        status=status,
        title=visit.translate(_TITLE_TEXTS[status]),
        reason=reason,
        code=status,
    )
    if status in (429, 503):
        response.headers["retry-after"] = str(seconds or RETRY_SECONDS)
    return response


async def refusal_page(visit: Visit, refusal: DomainError) -> Response:
    """Why not, in the visitor's language."""
    status = refusal.status if refusal.status in _TITLE_TEXTS else 400
    if isinstance(refusal, Unauthenticated) and not visit.actor.is_anonymous:
        status = 403
    if isinstance(refusal, LimitExceeded) and refusal.code == "body_too_large":
        status = 400
    reason = visit.translate(refusal.message, **refusal.params)
    return await _failure(visit, status, reason, retry_seconds(refusal))


async def crash_page(visit: Visit) -> Response:
    """A fault of ours, with the request's id to tell us."""
    return await _failure(visit, 500, visit.translate(_CRASH))


async def not_served(request: Request, error: Exception) -> Response:
    """What no route answers: no such address, or nothing that is done there."""
    visit = stranger(request)
    status = error.status_code if isinstance(error, HTTPException) else 404
    if status not in _TITLE_TEXTS:
        status = 404 if status < 500 else 500
    reason = {404: NOT_FOUND, 405: _NOT_DONE_HERE}.get(status, _CRASH)
    response = await _failure(visit, status, visit.translate(reason))
    response.headers.update(getattr(error, "headers", None) or {})
    return response


async def crashed(request: Request, error: Exception) -> Response:
    """What nobody caught; an outage of the database is told as one."""
    visit = stranger(request)
    is_outage = isinstance(error, DATABASE_AWAY)
    response = await (_failure(visit, 503, visit.translate(_MAINTENANCE)) if is_outage else crash_page(visit))
    # Starlette sends this one around every middleware, also the one that adds these.
    response.raw_headers += security_headers(visit.settings)
    response.headers["x-request-id"] = request.scope.get("request_id", "")
    return response


async def maintenance(request: Request) -> Response:
    """503: the platform rests on purpose."""
    visit = stranger(request)
    return await _failure(visit, 503, visit.translate(_MAINTENANCE))
