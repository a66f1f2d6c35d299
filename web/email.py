"""Where the link in a letter leads that asks whether an address is one's own.

Opening it changes nothing: mail programs open links by themselves. The button does.
"""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.authentication import authenticate
from backend.accounts.addresses import email_path, login_path
from backend.authz import LOGIN_NEEDED, Actor
from backend.errors import DomainError
from backend.words import N_, translate
from web.plain import (
    language_of,
    link,
    paragraph,
    plain_page,
    refuse_other_sites,
    refusing,
    settings_of,
)

_TITLE = N_("Bekreft e-postadressen din")
_STATUS = {"LoginProblem": 401, "NotAllowedProblem": 403, "NotFoundProblem": 404}


def _way_on(_request: Request, _error: DomainError) -> tuple[str, str]:
    return "/", N_("Til forsiden")


@refusing(_TITLE, _way_on)
async def ask(request: Request) -> Response:
    """GET /min-side/epost/{secret}: a button, or the ways to log in (401)."""
    actor = await _person(request)
    if actor.is_anonymous:
        return _log_in_first(request)
    language = language_of(request)
    question = translate(language, N_("Skal varsler til deg gå til adressen du fikk denne lenken på?"))
    button = translate(language, N_("Bekreft adressen"))
    form = f'<form method="post"><button type="submit">{button}</button></form>'
    return plain_page(language, translate(language, _TITLE), paragraph(question) + form)


@refusing(_TITLE, _way_on)
async def confirm(request: Request) -> Response:
    """POST /min-side/epost/{secret}: confirms it, for the account that asked for the letter only."""
    refuse_other_sites(request)
    actor = await _person(request)
    if actor.is_anonymous:
        return _log_in_first(request)
    await request.app.state.rates.hit("person.mutation", f"person:{actor.account_id}")
    language = language_of(request)
    answer = await request.app.state.executor.execute(
        "ConfirmEmail", {"secret": request.path_params["secret"]}, actor, language=language
    )
    title = translate(language, _TITLE)
    home = link("/", translate(language, N_("Til forsiden")))
    if answer.errors:
        return plain_page(language, title, paragraph(answer.errors[0]["message"]) + home, 500)
    payload = answer.data["confirmEmail"]
    if status := _STATUS.get(payload["__typename"]):
        return plain_page(language, title, paragraph(payload["message"]) + home, status)
    address = payload["viewer"]["email"]
    said = translate(language, N_("Varsler til deg går nå til {address}."), address=address)
    return plain_page(language, translate(language, N_("Adressen er bekreftet")), paragraph(said) + home)


async def _person(request: Request) -> Actor:
    return await authenticate(settings_of(request), dict(request.scope["headers"]))


def _log_in_first(request: Request) -> Response:
    """The ways to log in and come back here."""
    language, settings = language_of(request), settings_of(request)
    back = urlencode({"return_to": request.url.path})
    ways = "".join(
        link(f"{login_path(provider.key)}?{back}", provider.title or provider.key)
        for provider in settings.providers
    )
    body = paragraph(translate(language, LOGIN_NEEDED.message)) + ways
    return plain_page(language, translate(language, _TITLE), body, 401)


routes = [
    Route(email_path("{secret}"), ask, methods=["GET"]),
    Route(email_path("{secret}"), confirm, methods=["POST"]),
]
