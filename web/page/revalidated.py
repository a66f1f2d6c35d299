"""Answers that anybody may keep, and must ask about before using again: what was hidden is gone at once."""

from typing import Final

from starlette.responses import Response

from api.answers import etag_of, is_known
from web.page.visit import Visit

_CONTROL: Final = "public, max-age=0, must-revalidate"


def revalidated(visit: Visit, body: bytes, media_type: str) -> Response:
    """The body with its validator; 304 for whoever holds it already."""
    etag = etag_of(body)
    headers = {"etag": etag.decode(), "cache-control": _CONTROL}
    if is_known(etag, visit.request.headers.get("if-none-match", "").encode("latin-1")):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
