"""The pages that people see at the trial provider: bokmål only, no script, nothing loaded from elsewhere."""

import base64
import hashlib
from collections.abc import Iterable
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

_STYLE = files("web.trial").joinpath("templates", "style.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_templates = Environment(
    loader=PackageLoader("web.trial"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def _origins(urls: Iterable[str]) -> str:
    parts = (urlsplit(url) for url in urls if url)
    return " ".join(sorted({f"{part.scheme}://{part.netloc}" for part in parts}))


def page(
    template: str, *, status: int = 200, forms_to: Iterable[str] = (), show: Iterable[str] = (), **values: Any
) -> HTMLResponse:
    """Render a page. `forms_to` are the addresses its forms may lead to, `show` those its frames may show."""
    text = _templates.get_template(template).render(style=_STYLE, **values)
    policy = "; ".join(
        [
            "default-src 'none'",
            f"style-src 'sha256-{_STYLE_HASH}'",
            f"form-action 'self' {_origins(forms_to)}".rstrip(),
            "frame-src " + (_origins(show) or "'none'"),
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(text, status, headers)
