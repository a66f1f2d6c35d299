"""Atom feeds (RFC 4287) of proposals."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from web.page.rendering import environment
from web.page.visit import Visit


def atom(visit: Visit, title: str, page: str, proposals: Sequence[Mapping[str, Any]]) -> Response:
    """The feed of what is on `page`, an address of ours."""
    values = {
        "title": title,
        "page": page,
        "proposals": proposals,
        "settings": visit.settings,
        "address": visit.address,
    }
    # Autoescaping is by HTML's five characters, which are XML's.
    text = environment(visit.language).get_template("layout/atom.xml").render(values, language=visit.language)
    headers = {"cache-control": "public, max-age=300"}
    return Response(text, media_type="application/atom+xml; charset=utf-8", headers=headers)
