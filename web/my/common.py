"""Pages about the person who asks: a stranger is led to the login, and from there back to the same page."""

from starlette.responses import Response
from starlette.routing import Route

from web.page.routing import Handler, page
from web.page.visit import Visit


def own_page(path: str, handler: Handler) -> Route:
    """GET `/{language}{path}` for somebody who has logged in."""

    async def shown(visit: Visit) -> Response:
        if visit.actor.is_anonymous:
            return visit.to_login()
        return await handler(visit)

    shown.__name__ = handler.__name__
    return page(path, shown)
