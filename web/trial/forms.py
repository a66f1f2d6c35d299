"""Reads requests the way OAuth wants them: form-encoded, bounded, and with repeated parameters seen."""

import base64
import binascii
from collections.abc import Sequence
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749 import OAuth2Payload, OAuth2Request
from starlette.exceptions import HTTPException
from starlette.requests import Request

Pairs = list[tuple[str, str]]

MAX_BODY = 64 * 1024
MAX_FIELDS = 200
_FORM = "application/x-www-form-urlencoded"


class _Payload(OAuth2Payload):  # type: ignore[misc]  # Authlib has no types
    """Parameters as Authlib reads them: `data` has the first value of each, `datalist` has all."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._all: dict[str, list[str]] = {}
        for name, value in pairs:
            self._all.setdefault(name, []).append(value)

    @property
    def data(self) -> dict[str, str]:
        return {name: values[0] for name, values in self._all.items()}

    @property
    def datalist(self) -> dict[str, list[str]]:
        return self._all


class ProtocolRequest(OAuth2Request):  # type: ignore[misc]  # Authlib has no types
    """A request as Authlib's server wants it.

    `uri` is the provider's own address, never the Host header. `pairs` are the parameters that count.
    """

    def __init__(self, request: Request, uri: str, pairs: Pairs) -> None:
        super().__init__(request.method, uri, headers=_readable_headers(request))
        self.payload = _Payload(pairs)

    @property
    def args(self) -> dict[str, str]:
        """The parameters."""
        return dict(self.payload.data)

    @property
    def form(self) -> dict[str, str]:
        """The parameters."""
        return dict(self.payload.data)


def _readable_headers(request: Request) -> dict[str, str]:
    # Authlib decodes Basic credentials without a net, so what cannot be decoded counts as not sent.
    authorization = request.headers.get("authorization", "")
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            base64.b64decode(credentials).decode("utf-8")
        except (binascii.Error, ValueError):
            return {}
    return {"Authorization": authorization} if authorization else {}


def read_pairs(text: str) -> Pairs:
    """Form-encoded text as pairs; a parameter without a value counts as not sent (RFC 6749 § 3.1).

    Raises HTTPException 400 when there are too many fields or the text is not UTF-8.
    """
    try:
        return parse_qsl(text, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError:
        raise HTTPException(400, "The parameters could not be read.") from None


async def read_form(request: Request) -> Pairs:
    """The fields of a form-encoded body, none for any other body.

    Raises HTTPException 413 beyond MAX_BODY bytes, 400 when the body cannot be read.
    """
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != _FORM:
        return []
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise HTTPException(413, "The form is too large.")
    try:
        return read_pairs(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise HTTPException(400, "The parameters could not be read.") from None
