"""Atom feeds (RFC 4287) of proposals."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from starlette.responses import Response

from web.page.rendering import environment
from web.page.revalidated import revalidated
from web.page.visit import Visit

_NEVER: Final = "1970-01-01T00:00:00+00:00"


def atom(visit: Visit, title: str, page: str, proposals: Sequence[Mapping[str, Any]]) -> Response:
    """The feed of what is on `page`, an address of ours; its time is that of the latest change in it."""
    values = {
        "title": title,
        "page": page,
        "proposals": proposals,
        "updated": max((_updated(one) for one in proposals), key=datetime.fromisoformat, default=_NEVER),
        "settings": visit.settings,
        "address": visit.address,
    }
    # Autoescaping is by HTML's five characters, which are XML's.
    text = environment(visit.language).get_template("layout/atom.xml").render(values, language=visit.language)
    return revalidated(visit, text.encode(), "application/atom+xml; charset=utf-8")


def _updated(proposal: Mapping[str, Any]) -> str:
    # A page lists what is public, and that has both times; an import may lack either.
    return str(proposal["updatedAt"] or proposal["publishedAt"] or _NEVER)
