"""The files of `web/static` by their plain names, and serving them: hashed names, kept by browsers for good."""

import asyncio
import gzip
import json
from functools import cache, lru_cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from api.encodings import GZIP, choose_encoding
from web.build import MANIFEST, STATIC

PREFIX = "/static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_LOGO = {
    "cache-control": "public, max-age=3600",
    # A drawing opened by itself is a document: it runs nothing.
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}
_FOR_GOOD = "public, max-age=31536000, immutable"


@cache
def names() -> dict[str, str]:
    """Plain name to hashed name; raises FileNotFoundError, saying what to run, before the first build."""
    path = STATIC / MANIFEST
    if not path.exists():
        raise FileNotFoundError("The files for browsers are not built: run `python -m web.build`.")
    return dict(json.loads(path.read_text()))


def asset(name: str) -> str:
    """The address of the file with that plain name."""
    return f"{PREFIX}/{names()[name]}"


async def serve(request: Request) -> Response:
    """GET /static/{name}: only what the build made; text compressed, for browsers that take it."""
    name = request.path_params["name"]
    if name not in _served():
        raise HTTPException(404)
    headers = {"cache-control": _FOR_GOOD, "vary": "accept-encoding"}
    path, media_type = STATIC / name, _TYPES[Path(name).suffix]
    squeezed = path.with_name(f"{name}.br")
    if not path.exists():
        # Another build has taken its place; this process still names the files of the one it began with.
        raise HTTPException(404)
    encoding = choose_encoding(request.headers.get("accept-encoding", "").encode("latin-1"))
    if encoding and squeezed.exists():
        headers["content-encoding"] = encoding
        if encoding == GZIP:
            return Response(await asyncio.to_thread(_gzipped, path), 200, headers, media_type)
        path = squeezed
    return FileResponse(path, headers=headers, media_type=media_type)


@lru_cache(maxsize=128)
def _gzipped(path: Path) -> bytes:
    """For the few that take no brotli: made once, of files that never change."""
    return gzip.compress(path.read_bytes(), mtime=0)


@cache
def _served() -> frozenset[str]:
    return frozenset(names().values())


async def logo(request: Request) -> Response:
    """GET /logo: the municipality's own, where the settings name one."""
    path: Path | None = request.app.state.settings.logo
    if path is None or path.suffix not in _TYPES:
        raise HTTPException(404)
    return FileResponse(path, headers=_LOGO, media_type=_TYPES[path.suffix])


routes = [Route(f"{PREFIX}/{{name}}", serve), Route("/logo", logo)]
