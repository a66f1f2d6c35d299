"""What a page may load and where its forms may lead (Content Security Policy 3).

Nothing is written inline, so there is nothing that would need a nonce: only files of ours run. Map tiles are the one
thing that may come from another host, and only as pictures.
"""

from urllib.parse import urlsplit

import structlog
from starlette.requests import Request

from backend.accounts.providers import metadata_of
from backend.platform.authz import Actor
from backend.platform.errors import Unavailable
from backend.platform.settings import Settings

log = structlog.get_logger("web")
_SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    # A map may ask where its reader is; nothing else of the device is ever asked for.
    (
        b"permissions-policy",
        b"geolocation=(self), camera=(), microphone=(), payment=(), usb=(), serial=(), bluetooth=()",
    ),
]
# A browser that came over https once comes so for a year (RFC 6797).
_HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")


def security_headers(settings: Settings) -> list[tuple[bytes, bytes]]:
    """What every answer has, page or not."""
    return [*_SECURITY, _HTTPS_ONLY] if settings.base_url.startswith("https://") else _SECURITY


def origin_of(address: str) -> str:
    """Scheme and host of an address; empty for none."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


async def policy(request: Request, actor: Actor) -> str:
    """The header for a page. Logging out leads a form on to the provider, so that must be allowed."""
    settings: Settings = request.app.state.settings
    ways_out = [] if actor.is_anonymous else await _logout_origins(settings)
    tiles = origin_of(settings.map_tiles)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' data: {tiles}".rstrip(),
            "font-src 'self'",
            f"connect-src 'self' {tiles}".rstrip(),
            "worker-src 'self'",
            "manifest-src 'self'",
            " ".join(("form-action 'self'", *ways_out)),
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


async def _logout_origins(settings: Settings) -> list[str]:
    found: set[str] = set()
    for provider in settings.providers:
        found.add(origin_of(provider.issuer))
        try:
            found.add(origin_of((await metadata_of(settings, provider)).end_session_endpoint or ""))
        except Unavailable:
            log.warning("a logout's address is not known", provider=provider.key)
    return sorted(found - {""})
