"""Whether a form was sent from our own pages: the browser's word first, then the origin, then a token.

What the browser says is read by `api/origin.py`. For what says nothing, the form carries a token that only a page of
this session can hold.
"""

import hashlib
import hmac
import secrets

from starlette.requests import Request

from api.origin import is_own_site
from backend.accounts.sessions import cookie_name
from backend.platform.errors import Forbidden
from backend.platform.settings import Settings

TOKEN_FIELD = "csrf"  # noqa: S105 - a field's name
_NONCE = 16


def _session_token(request: Request, settings: Settings) -> str:
    return request.cookies.get(cookie_name(settings), "")


def _sign(session_token: str, nonce: str) -> str:
    return hmac.new(session_token.encode(), f"form:{nonce}".encode(), hashlib.sha256).hexdigest()


def form_token(request: Request, settings: Settings) -> str:
    """A token for one form of this session. Another one each time, so compression gives none away (BREACH)."""
    nonce = secrets.token_hex(_NONCE)
    return f"{nonce}.{_sign(_session_token(request, settings), nonce)}"


def browser_tells(request: Request) -> bool:
    """Whether the request says where it comes from, so that no token is needed to know."""
    return "sec-fetch-site" in request.headers or "origin" in request.headers


def require_own_site(request: Request, settings: Settings, token: str) -> None:
    """Raises Forbidden when the form was not sent from a page of ours."""
    is_ours = is_own_site(request.headers.get, settings.base_url)
    if is_ours is None:
        nonce, _, signature = token.partition(".")
        session = _session_token(request, settings)
        is_ours = bool(session) and hmac.compare_digest(
            _sign(session, nonce).encode(), signature.encode("utf-8", "surrogatepass")
        )
    if not is_ours:
        raise Forbidden("other_site", "Forespørselen kom fra et annet nettsted.")
