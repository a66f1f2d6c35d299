"""Coming in without a language, and changing it: the language stands in every address and is remembered."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from backend.accounts.addresses import local_path
from backend.platform.i18n import LANGUAGES
from web.page.cookies import LANGUAGE_COOKIE, YEAR, set_cookie
from web.page.failures import language_for

_HEADERS = {"cache-control": "private, no-store", "vary": "cookie, accept-language"}


async def enter(request: Request) -> Response:
    """GET / and the addresses in letters, which have no language: on to the same page in the visitor's."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/{language_for(request)}{request.url.path}{query}", 302, _HEADERS)


async def choose(request: Request) -> Response:
    """GET /sprak/{to}?til=/nn/forslag/7: remember the language, and on to that page in it."""
    language = request.path_params["to"]
    parts = local_path(request.query_params.get("til")).split("/", 2)
    tail = parts[2] if len(parts) > 2 and parts[1] in LANGUAGES else ""
    response = RedirectResponse(f"/{language}/{tail}", 303, _HEADERS)
    set_cookie(response, request.app.state.settings, LANGUAGE_COOKIE, language, YEAR)
    return response


# Where letters and other sites may lead without knowing the reader's language.
_WITHOUT_LANGUAGE = (
    "/",
    "/forslag",
    "/forslag/{rest:path}",
    "/tema",
    "/tema/{rest:path}",
    "/om",
    "/om/{rest:path}",
    "/min-side",
    "/min-side/varsler",
    "/min-side/epost/{secret}",
    "/invitasjon/{secret}",
    "/logg-inn",
    "/velkommen",
)

routes = [
    Route("/sprak/{to:language}", choose),
    *(Route(path, enter) for path in _WITHOUT_LANGUAGE),
]
