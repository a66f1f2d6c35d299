"""Logging in and out over HTTP: web/ speaks to accounts itself here, since a login is no operation.

The application puts its Settings in `app.state.settings` and its limits in `app.state.rates`. The cookies'
names and when they are Secure are decided in backend/accounts/sessions.py.
"""

from urllib.parse import parse_qs, quote, urlencode, urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from backend.accounts.actors import actor_for_session
from backend.accounts.addresses import (
    back_logout_path,
    bind_path,
    callback_path,
    front_logout_path,
    login_path,
)
from backend.accounts.devices import device_label
from backend.accounts.jwt import TokenError
from backend.accounts.login import ATTEMPT_SECONDS, begin_login, finish_login
from backend.accounts.providers import end_session_url, logout_notice, metadata_of, provider_of
from backend.accounts.sessions import cookie_name, end_provider_session, end_session
from backend.platform.authz import logged_in, require
from backend.platform.errors import DomainError, Invalid, LimitExceeded, NotFound, Unavailable
from backend.platform.i18n import LANGUAGES, N_
from backend.platform.settings import ProviderSettings, Settings
from web.entry.plain import count_address, count_browser, refuse_other_sites, refusing, settings_of
from web.front import LOGGED_OUT
from web.page.cookies import NOTICE_COOKIE, set_cookie
from web.page.failures import language_for
from web.page.notice import notice

BOUND = notice("accounts-bound", N_("Kontoene er knyttet sammen."))
_MAX_FORM = 64 * 1024
_NOTICE_SECONDS = 300

log = structlog.get_logger("login")


def _binding_cookie_name(settings: Settings) -> str:
    return f"{cookie_name(settings)}-login"


def _session_token(request: Request) -> str | None:
    return request.cookies.get(cookie_name(settings_of(request)))


def _way_on(request: Request, error: DomainError) -> tuple[str, str]:
    """Try again, where there is such a provider and one may."""
    provider = request.path_params.get("provider")
    if provider and not isinstance(error, NotFound | LimitExceeded):
        return login_path(quote(provider, safe="")), N_("Logg inn på nytt")
    return "/", N_("Til forsiden")


_with_refusals = refusing(N_("Innloggingen lyktes ikke"), _way_on)


def _redirect(address: str) -> Response:
    return RedirectResponse(address, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


@_with_refusals
async def start(request: Request) -> Response:
    """GET /login/{provider}?return_to=/path: send the browser to the provider.

    Each leaves a row behind, so one browser begins no more than `browser.login` of them, and all behind one address
    no more than `address.login`.
    """
    settings = settings_of(request)
    name = _binding_cookie_name(settings)
    if browser := request.cookies.get(name):
        await count_browser(request, "browser.login", browser)
    await count_address(request, "address.login")
    started = await begin_login(
        settings,
        request.path_params["provider"],
        return_to=request.query_params.get("return_to"),
        binding=request.cookies.get(name),
        reads_register=_agrees(request),
    )
    response = _redirect(started.url)
    set_cookie(response, settings, name, started.binding, ATTEMPT_SECONDS)
    return response


def _agrees(request: Request) -> bool:
    """Whether the person ticked the box on our own page: a link from elsewhere agrees to nothing."""
    is_ours = request.headers.get("sec-fetch-site") == "same-origin"
    return is_ours and request.query_params.get("bosted") == "ja"


@_with_refusals
async def bind(request: Request) -> Response:
    """POST /login/{provider}/bind: log in to one's other account, to have both bound.

    The session that is there goes on, and the answer must find it still there.
    """
    refuse_other_sites(request)
    await count_address(request, "address.login")
    settings = settings_of(request)
    name = _binding_cookie_name(settings)
    actor = await actor_for_session(settings, _session_token(request))
    require(logged_in(actor, None))
    started = await begin_login(
        settings,
        request.path_params["provider"],
        return_to=f"/{language_for(request)}/min-side/kontoer",
        binding=request.cookies.get(name),
        binds_account_id=actor.account_id,
    )
    response = _redirect(started.url)
    set_cookie(response, settings, name, started.binding, ATTEMPT_SECONDS)
    return response


@_with_refusals
async def callback(request: Request) -> Response:
    """GET /login/{provider}/callback: the provider's answer; a session when all of it holds."""
    settings = settings_of(request)
    result = await finish_login(
        settings,
        request.path_params["provider"],
        _single(request),
        request.cookies.get(_binding_cookie_name(settings)),
        device=device_label(request.headers.get("user-agent")),
        replaces=_session_token(request),
    )
    onward = _welcome(request, result.return_to) if result.is_new else result.return_to
    response = _redirect(onward)
    if result.token is None:
        set_cookie(response, settings, NOTICE_COOKIE, BOUND, _NOTICE_SECONDS)
    else:
        set_cookie(response, settings, cookie_name(settings), result.token, settings.session_absolute)
    return response


def _welcome(request: Request, return_to: str) -> str:
    """Whoever is here for the first time passes by two questions, in the language of the page they come from."""
    first = return_to.split("/", 2)[1]
    language = first if first in LANGUAGES else language_for(request)
    return f"/{language}/velkommen?{urlencode({'til': return_to})}"


def _single(request: Request) -> dict[str, str]:
    """The query, in which nothing stands twice (RFC 6749 § 3.1)."""
    pairs = request.query_params.multi_items()
    if len(pairs) != len(dict(pairs)):
        raise Invalid("login_repeated", "Svaret fra innloggingstjenesten kan ikke leses.")
    return dict(pairs)


@_with_refusals
async def logout(request: Request) -> Response:
    """POST /logout: end the session here, and go on to end the provider's."""
    settings = settings_of(request)
    refuse_other_sites(request)
    token = _session_token(request)
    ended = await end_session(settings, token) if token else None
    onward = "/"
    if ended is not None:
        onward = await _provider_logout(settings, ended.provider)
    response = _redirect(onward)
    # Pages that the browser may have kept for going back are not for whoever uses it next.
    response.headers["clear-site-data"] = '"cache"'
    set_cookie(response, settings, cookie_name(settings), "", 0)
    # Longer than for other notices: the provider's own page comes in between.
    set_cookie(response, settings, NOTICE_COOKIE, LOGGED_OUT, _NOTICE_SECONDS)
    return response


async def _provider_logout(settings: Settings, key: str) -> str:
    # The session here has ended whatever the provider is up to.
    try:
        return await end_session_url(settings, provider_of(settings, key)) or "/"
    except (NotFound, Unavailable):
        return "/"


async def front_logout(request: Request) -> Response:
    """GET /logout/front/{provider}?iss=&sid=: the provider's frame, without cookies, ends what `sid` names.

    OpenID Connect Front-Channel Logout 1.0. The answer may be framed by the provider and by nobody else.
    """
    settings = settings_of(request)
    try:
        provider = provider_of(settings, request.path_params["provider"])
    except NotFound:
        return Response(status_code=404)
    query = request.query_params
    is_ours = query.get("iss") == provider.issuer and 0 < len(query.get("sid", "")) <= 255
    if is_ours:
        await end_provider_session(settings, provider.key, provider_session=query["sid"])
    frames = " ".join(await _framing_origins(settings, provider))
    return Response(
        status_code=200 if is_ours else 400,
        headers={
            "Cache-Control": "no-store",
            "Content-Security-Policy": f"default-src 'none'; frame-ancestors {frames}",
        },
    )


async def _framing_origins(settings: Settings, provider: ProviderSettings) -> list[str]:
    """The issuer's origin, and those of its pages: ID-porten's pages are on another host than its issuer."""
    addresses = [provider.issuer]
    try:
        metadata = await metadata_of(settings, provider)
        addresses += [metadata.authorization_endpoint, metadata.end_session_endpoint or provider.issuer]
    except Unavailable:
        log.warning("a frame's origins are not known", provider=provider.key)
    parts = [urlsplit(address) for address in addresses]
    return sorted({f"{part.scheme}://{part.netloc}" for part in parts})


async def back_logout(request: Request) -> Response:
    """POST /logout/back/{provider}: a signed logout token; answered with 200 or 400, quickly.

    OpenID Connect Back-Channel Logout 1.0 § 2.8.
    """
    settings = settings_of(request)
    headers = {"Cache-Control": "no-store"}
    try:
        provider = provider_of(settings, request.path_params["provider"])
        token = await _logout_token(request)
        notice = await logout_notice(settings, provider, token)
    except NotFound:
        return Response(status_code=404, headers=headers)
    except (TokenError, Invalid) as error:
        log.warning("logout token refused", check=getattr(error, "check", "form"))
        return Response(status_code=400, headers=headers)
    except Unavailable:
        return Response(status_code=503, headers=headers)
    await end_provider_session(
        settings, provider.key, provider_session=notice.provider_session, subject=notice.subject
    )
    return Response(status_code=200, headers=headers)


async def _logout_token(request: Request) -> str:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MAX_FORM:
            raise Invalid("form_size", "Skjemaet er for stort.")
    try:
        (token,) = parse_qs(body.decode(), max_num_fields=10)["logout_token"]
    except (KeyError, ValueError):
        raise Invalid("logout_token", "Skjemaet har ikke ett logout_token.") from None
    return token


routes: list[Route] = [
    Route(login_path("{provider}"), start, methods=["GET"]),
    Route(callback_path("{provider}"), callback, methods=["GET"]),
    Route(bind_path("{provider}"), bind, methods=["POST"]),
    Route("/logout", logout, methods=["POST"]),
    Route(front_logout_path("{provider}"), front_logout, methods=["GET"]),
    Route(back_logout_path("{provider}"), back_logout, methods=["POST"]),
]
