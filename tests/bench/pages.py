"""(f) Pages: kept ones against a constant, a topic's against its document alone, and the weight of the first."""

import re
import statistics
import time
import urllib.request
from contextlib import ExitStack
from typing import Final
from urllib.parse import quote

from tests.bench.figures import Figure
from tests.bench.load import Shot, rate
from tests.bench.reads import cursor, reference, trusted
from tests.bench.stage import Stage, web

_TIMES: Final = 150
_ASSETS = re.compile(r'<(?:link rel="stylesheet"|script)[^>]*?(?:href|src)="([^"]+)"')


def measure(stage: Stage) -> list[Figure]:
    """Rates as in (a); times one after the other, each of another page, in turn."""
    with ExitStack() as processes:
        constant = [processes.enter_context(reference(stage)) for _ in range(stage.size.processes)]
        servers = [processes.enter_context(web(stage)) for _ in range(stage.size.processes)]
        plain = processes.enter_context(web(stage, SAMSKAP_ANSWER_CACHE_SECONDS="0"))
        best = {"constant": 0.0, "kept": 0.0}
        seconds = stage.size.seconds(5)
        for _ in range(2):
            best["constant"] = max(best["constant"], rate(constant, [Shot("/constant")], seconds=seconds))
            best["kept"] = max(best["kept"], rate(servers, [Shot("/nb/")], seconds=seconds))
        document, page = _medians(stage, plain)
        page_bytes, script_bytes = _weight(servers[0], "br")
        page_gzipped, script_gzipped = _weight(servers[0], "gzip")
    return [
        Figure("front page, kept", best["kept"], "req/s", "constant", best["kept"] / best["constant"], 0.4),
        Figure("trusted document, one at a time, p50", document * 1000, "ms"),
        Figure(
            "topic page with 20 proposals, uncached, p50",
            page * 1000,
            "ms",
            "the document",
            page / document,
            4,
            is_ceiling=True,
        ),
        Figure(
            "front page with style and scripts, compressed", page_bytes / 1000, "KB", bar=60, is_ceiling=True
        ),
        Figure("its scripts, compressed", script_bytes / 1000, "KB", bar=20, is_ceiling=True),
        Figure("front page with style and scripts, gzip", page_gzipped / 1000, "KB", bar=75, is_ceiling=True),
        Figure("its scripts, gzip", script_gzipped / 1000, "KB", bar=25, is_ceiling=True),
    ]


def _medians(stage: Stage, port: int) -> tuple[float, float]:
    listed, _, _ = _fetch(port, "/nb/tema")
    slug = re.findall(r'href="/nb/tema/([a-z0-9-]+)"', listed.decode())[0]
    documents, pages = [], []
    for number in range(int(_TIMES * stage.size.share)):
        after = cursor(number)
        documents.append(_fetch(port, trusted(stage, after).path)[2])
        pages.append(_fetch(port, f"/nb/tema/{slug}?etter={quote(after)}")[2])
    return statistics.median(documents), statistics.median(pages)


def _weight(port: int, encoding: str) -> tuple[int, int]:
    """Bytes on the wire of the front page with what it loads before it can be used; and of its scripts alone."""
    page, page_bytes, _ = _fetch(port, "/nb/", "identity")
    _, squeezed, _ = _fetch(port, "/nb/", encoding)
    weights = {address: _fetch(port, address, encoding)[1] for address in _ASSETS.findall(page.decode())}
    scripts = sum(size for address, size in weights.items() if address.endswith(("js", "mjs")))
    assert page_bytes > squeezed
    return squeezed + sum(weights.values()), scripts


def _fetch(port: int, path: str, encoding: str = "identity") -> tuple[bytes, int, float]:
    """The body as it came, its size, and the seconds it took."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"accept-encoding": encoding})
    started = time.perf_counter()
    with urllib.request.urlopen(request, timeout=30) as answer:
        body = answer.read()
    return body, len(body), time.perf_counter() - started
