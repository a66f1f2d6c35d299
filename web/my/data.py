"""Fetching what one asked for about oneself: a file, so no operation; `DataRequest.downloadUrl` leads here."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.authentication import authenticate_request
from api.node_ids import number_of
from backend.accounts.addresses import my_data_path
from backend.accounts.my_data import fetch_export
from backend.platform.errors import DomainError, Invalid, NotFound
from backend.platform.i18n import N_
from web.entry.plain import refusing, settings_of


def _way_on(_request: Request, _error: DomainError) -> tuple[str, str]:
    return "/", N_("Til forsiden")


@refusing(N_("Filen kan ikke hentes"), _way_on)
async def my_data(request: Request) -> Response:
    """GET /min-side/data/{id}: the ZIP of a finished export, for its owner's browser only.

    401 without a session, 403 for a script's token, 404 for anybody else's, unfinished and expired ones alike.
    """
    actor = await authenticate_request(settings_of(request), request.app.state.rates, request.scope)
    try:
        number = number_of(request.path_params["id"], "DataRequest")
    except Invalid:
        raise NotFound("data_request_not_found", "Filen finnes ikke.") from None
    return Response(
        await fetch_export(actor, number),
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="mine-data-{number}.zip"',
            "Cache-Control": "no-store",
        },
    )


routes = [Route(my_data_path("{id}"), my_data, methods=["GET"])]
