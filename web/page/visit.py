"""One visit to a page: who comes, in which language, what is asked of the API, and the page that is answered."""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.authentication import authenticate_request
from api.execute import Executor
from api.rates import RateLimiter
from backend.platform.authz import Actor
from backend.platform.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    LimitExceeded,
    NotFound,
    Unauthenticated,
    Unavailable,
)
from backend.platform.i18n import N_, translate
from backend.platform.settings import Settings
from web.page.cookies import NOTICE_COOKIE, set_cookie
from web.page.forms import Form, FormProblem, problem_in, read_form
from web.page.notice import NOTICES, taken_notice
from web.page.origin import TOKEN_FIELD, browser_tells, form_token, require_own_site
from web.page.policy import policy
from web.page.rendering import render

NOT_FOUND = N_("Den kan være flyttet eller slettet, eller adressen kan være skrevet feil.")
_PRIVATE = "private, no-store"
_PRIVATE_RETURNABLE = "private, no-cache"
_NOTICE_SECONDS = 60


class OperationFailed(Exception):
    """The API answered with a fault of our own, which it has noted already."""


class Visit:
    """Made for one request; `data` of the chrome (who is logged in) comes with the page's own operation."""

    def __init__(self, request: Request, actor: Actor, language: str) -> None:
        self.request = request
        self.actor = actor
        self.language = language
        self.settings: Settings = request.app.state.settings
        self.tags: set[str] = set()
        self._executor: Executor = request.app.state.executor
        self._rates: RateLimiter = request.app.state.rates

    @property
    def is_partial(self) -> bool:
        """Whether htmx asks, for a part of the page only."""
        return "hx-request" in self.request.headers and "hx-boosted" not in self.request.headers

    @property
    def address(self) -> str:
        """The page's own address on this site, with its query."""
        query = self.request.url.query
        return self.path(f"{self.tail}?{query}" if query and self._has_address else self.tail)

    @property
    def tail(self) -> str:
        """The address without language and query; the front page's for what is told elsewhere, as of a login."""
        return self.request.url.path.removeprefix(f"/{self.language}") if self._has_address else "/"

    @property
    def _has_address(self) -> bool:
        return self.request.url.path.startswith(f"/{self.language}/")

    @property
    def after(self) -> str | None:
        """Where a list goes on from, as the address says; None for its beginning."""
        return self.request.query_params.get("etter") or None

    def path(self, tail: str = "/") -> str:
        """An address of ours in the visitor's language."""
        return f"/{self.language}{tail}"

    def translate(self, message: str, /, **params: Any) -> str:
        """A text in the visitor's language."""
        return translate(self.language, message, **params)

    async def query(self, operation: str, **variables: Any) -> dict[str, Any]:
        """The data of a trusted query; raises what the API refused with, and OperationFailed."""
        prepared = self._executor.trusted.by_name[operation]
        scope = self.request.scope
        scope["actor_id"], scope["operation"] = self.actor.account_id, operation
        await self._rates.check(scope, self.actor, prepared)
        answer = await self._executor.run(
            prepared, variables, self.actor, language=self.language, request_id=scope.get("request_id", "")
        )
        self.tags |= answer.tags
        if answer.errors:
            raise _failure(answer.errors[0])
        return cast(dict[str, Any], answer.data)

    async def mutate(self, operation: str, **variables: Any) -> tuple[dict[str, Any], FormProblem | None]:
        """What a trusted mutation of one field answered, and its problem if that is what it is."""
        data = await self.query(operation, **variables)
        (payload,) = data.values()
        return payload, problem_in(payload)

    async def form(self, most: int | None = None) -> Form:
        """The form that was sent, from a page of ours; raises Forbidden, LimitExceeded, Invalid.

        `most` is in bytes; without it a form may be as long as any request.
        """
        most = most or self.settings.max_body
        # Other sites' forms are refused before their content is read, where the browser tells.
        if browser_tells(self.request):
            require_own_site(self.request, self.settings, "")
            return await read_form(self.request, most)
        form = await read_form(self.request, most)
        require_own_site(self.request, self.settings, form[TOKEN_FIELD])
        return form

    async def render(
        self,
        template: str,
        data: Mapping[str, Any] | None = None,
        *,
        status: int = 200,
        is_returnable: bool = False,
        **values: Any,
    ) -> HTMLResponse:
        """The template as a page: with the operation's data, and with what every page has.

        An answer to a form that is a step on the way is returnable: a browser that may not keep it can only show an
        error, and ask for the form to be sent again, when the person goes back. Logging out clears what was kept.
        """
        notice = taken_notice(self.request)
        message = self.translate(NOTICES[notice]) if notice else None
        known = {
            "form": Form(),
            "viewer": None,
            **(data or {}),
            **values,
            **self._common(),
            "notice": message,
        }
        response = HTMLResponse(
            render(self.language, template, known),
            status,
            {
                "cache-control": _PRIVATE_RETURNABLE if is_returnable else _PRIVATE,
                "content-language": self.language,
                "content-security-policy": await policy(self.request, self.actor),
                "vary": "cookie, accept-encoding",
            },
        )
        if notice:
            set_cookie(response, self.settings, NOTICE_COOKIE, "", 0)
        return response

    def _common(self) -> dict[str, Any]:
        return {
            "address": self.address,
            "csrf": form_token(self.request, self.settings) if not self.actor.is_anonymous else "",
            "is_logged_in": not self.actor.is_anonymous,
            "language": self.language,
            "request_id": self.request.scope.get("request_id", ""),
            "settings": self.settings,
            "tail": self.tail,
        }

    def to_login(self, address: str | None = None) -> Response:
        """To the choice of ways to log in, and from there to `address`, a page of ours; back here without one.

        htmx is told to lead the whole page on.
        """
        login = f"{self.path('/logg-inn')}?{urlencode({'til': address or self.address})}"
        if self.is_partial:
            return Response(status_code=204, headers={"hx-redirect": login, "cache-control": _PRIVATE})
        return self.redirect(login)

    async def count(self, limit: str) -> None:
        """Count one use of a limit by this person; raises LimitExceeded."""
        await self._rates.consume(limit, f"person:{self.actor.account_id}")

    def redirect(self, address: str, notice: str | None = None) -> Response:
        """On to a page of ours (303), which tells the notice of that name when it is shown."""
        response = RedirectResponse(address, 303, {"cache-control": _PRIVATE})
        if notice:
            assert notice in NOTICES
            set_cookie(response, self.settings, NOTICE_COOKIE, notice, _NOTICE_SECONDS)
        return response

    def found_or_404(self, found: Any) -> Any:
        """`found`, when it is a thing. Raises NotFound for None, and what a problem says for a problem."""
        if found is None:
            raise NotFound("page_not_found", NOT_FOUND)
        if isinstance(found, dict) and str(found.get("__typename", "")).endswith("Problem"):
            raise refusal_of(found)
        return found


async def visit_of(request: Request, *, is_activity: bool = True) -> Visit:
    """The visit that this request is. A session that has ended makes a stranger."""
    settings: Settings = request.app.state.settings
    actor = await authenticate_request(
        settings, request.app.state.rates, request.scope, is_activity=is_activity
    )
    return Visit(request, actor, request.path_params["language"])


def refusal_of(payload: Mapping[str, Any]) -> DomainError:
    """The problem that the API told, as the refusal it was. Its message is in the visitor's language already."""
    kind = _KINDS.get(payload["__typename"], Unavailable)
    return kind(payload["code"], payload["message"], field=payload.get("field"))


def _failure(error: Mapping[str, Any]) -> Exception:
    problem = error.get("extensions", {}).get("problem")
    return refusal_of(problem) if problem else OperationFailed(error["message"])


_KINDS: dict[str, type[DomainError]] = {
    "InvalidProblem": Invalid,
    "PersonalDataProblem": Invalid,
    "LoginProblem": Unauthenticated,
    "NotAllowedProblem": Forbidden,
    "NotFoundProblem": NotFound,
    "ConflictProblem": Conflict,
    "LimitProblem": LimitExceeded,
    "UnavailableProblem": Unavailable,
}
