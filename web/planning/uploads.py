"""Sending in a file to be imported: GraphQL takes no files, so a form does, or a script."""

import asyncio
from typing import Final

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from api.authentication import authenticate_request
from api.node_ids import to_global_id
from backend.imports.addresses import SAMPLE_PATH, UPLOAD_PATH, upload_page_path
from backend.imports.rules import import_files
from backend.imports.uploads import receive_upload
from backend.platform.authz import Actor, require
from backend.platform.errors import DomainError, Invalid
from backend.platform.i18n import LANGUAGES, N_, translate
from web.entry.plain import refusal_page, refuse_other_sites, settings_of
from web.page.failures import language_for
from web.planning.upload_body import sent_file

log = structlog.get_logger("web")

MOST_SECONDS: Final = 300.0
"""How long sending one file may take."""

_SAMPLE: Final = (
    "\ufeffNr;Tittel;Tekst;Dato;Sted;Breddegrad;Lengdegrad\r\n"
    "1;Flere benker langs elva;Eldre som går tur, trenger et sted å hvile.;1. mai 2026;Sandvika;59,8907;10,5241\r\n"
    "2;Lys i lysløypa;Lysene slukkes for tidlig om kvelden.;02.05.2026;;;\r\n"
)
"""As a Norwegian spreadsheet writes it; the points are public places."""

_TITLE = N_("Filen kan ikke tas imot")


async def upload(request: Request) -> Response:
    """POST /import/opplasting: keep a planner's file, as a form's first file or as the body with ?navn=liste.csv.

    A browser (Accept: text/html) is sent on to the file's page; anybody else gets 201 and `{"id": …}`, what
    startImport takes. Refusals: 400, 401, 403, 408, 413, 429, as a page or as `{"code": …, "message": …}`.
    """
    try:
        refuse_other_sites(request)
        actor = await _planner(request)
        number = await _receive(request, actor)
    except ClientDisconnect:
        # Nobody is there to be told; the file is gone again.
        return Response(status_code=400)
    except DomainError as error:
        log.info("refused", handler="upload", code=error.code)
        return await _refusal(request, error)
    if _wants_page(request):
        return RedirectResponse(f"{_page_path(request)}?fil={number}", 303)
    return JSONResponse({"id": to_global_id("ImportUpload", number)}, 201, {"cache-control": "no-store"})


async def _planner(request: Request) -> Actor:
    """Who sends; refused before anything of the body is read."""
    actor = await authenticate_request(settings_of(request), request.app.state.rates, request.scope)
    require(import_files(actor, None))
    await request.app.state.rates.consume("person.upload", f"person:{actor.account_id}")
    return actor


async def _receive(request: Request, actor: Actor) -> int:
    try:
        async with asyncio.timeout(MOST_SECONDS):
            file = await sent_file(request)
            return await receive_upload(actor, file.name, file.content)
    except TimeoutError:
        raise Invalid("upload_slow", "Filen kom for sakte.") from None


async def _refusal(request: Request, error: DomainError) -> Response:
    status = {"upload_large": 413, "upload_slow": 408}.get(error.code, error.status)
    if _wants_page(request):
        response = await refusal_page(request, _TITLE, error, _page_path(request), N_("Tilbake"))
        response.status_code = status
        return response
    message = translate(language_for(request), error.message, **error.params)
    return JSONResponse({"code": error.code, "message": message}, status, {"cache-control": "no-store"})


def _page_path(request: Request) -> str:
    """The page that asks what to do with a file, in the language of the form (?sprak=)."""
    requested = request.query_params.get("sprak")
    return upload_page_path(requested if requested in LANGUAGES else language_for(request))


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


async def sample(_request: Request) -> Response:
    """GET /import/eksempel.csv: a file as this takes it, to begin from."""
    headers = {"content-disposition": 'attachment; filename="eksempel-forslag.csv"'}
    return Response(_SAMPLE, media_type="text/csv; charset=utf-8", headers=headers)


routes = [Route(UPLOAD_PATH, upload, methods=["POST"]), Route(SAMPLE_PATH, sample, methods=["GET"])]
