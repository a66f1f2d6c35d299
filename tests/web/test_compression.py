"""Text goes out in the coding that its reader takes, and in no other."""

import gzip
from typing import Any

import brotli
import httpx
import pytest

from api.encodings import choose_encoding
from tests.fixtures.server import Served


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("", ""),
        ("br", "br"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, br;q=0", "gzip"),
        ("br;q=0", ""),
        ("br;q=0, gzip;q=0", ""),
        ("br; q=0.000, gzip", "gzip"),
        ("br;q=0.2, gzip;q=0.8", "gzip"),
        ("*", "br"),
        ("*;q=0", ""),
        ("br;q=0, *", "gzip"),
        ("gzip;q=0.5, identity;q=0.9", ""),
        ("identity", ""),
        ("BR", "br"),
        ("br;q=nonsense", ""),
        ("brotli", ""),
        ("vibr, abr", ""),
        ("deflate", ""),
    ],
)
def test_what_a_client_takes(header: str, encoding: str) -> None:
    assert choose_encoding(header.encode()) == encoding


def _unpacked(answer: httpx.Response, raw: bytes) -> bytes:
    found = answer.headers.get("content-encoding", "")
    return {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[found](raw)


async def _raw(served: Served, path: str, encoding: str, **cookies: str) -> tuple[httpx.Response, bytes]:
    headers = {"accept-encoding": encoding}
    async with (
        httpx.AsyncClient(base_url=served.url, cookies=cookies) as http,
        http.stream("GET", path, headers=headers) as answer,
    ):
        return answer, b"".join([part async for part in answer.aiter_raw()])


@pytest.mark.parametrize("path", ["/nb/", "/nb/om", "/nb/finnes-ikke", "style"])
async def test_pages_and_files_come_in_each_coding(served: Served, path: str) -> None:
    if path == "style":
        page = (await served.http.get("/nb/")).text
        path = page.split('<link rel="stylesheet" href="')[1].split('"')[0]
    plain, whole = await _raw(served, path, "identity")
    assert "content-encoding" not in plain.headers
    for encoding in ("gzip", "br"):
        for _ in range(2):
            answer, raw = await _raw(served, path, encoding)
            assert answer.headers["content-encoding"] == encoding
            assert "accept-encoding" in answer.headers["vary"]
            assert int(answer.headers["content-length"]) == len(raw) < len(whole) / 2
            assert len(_unpacked(answer, raw)) == len(whole)
        refused, raw = await _raw(served, path, f"{encoding};q=0")
        assert "content-encoding" not in refused.headers
        assert len(raw) == len(whole)


async def test_a_first_visit_is_light_without_brotli(served: Served) -> None:
    page, raw = await _raw(served, "/nb/", "gzip")
    text = _unpacked(page, raw).decode()
    style = text.split('<link rel="stylesheet" href="')[1].split('"')[0]
    assert len(raw) + len((await _raw(served, style, "gzip"))[1]) < 60_000


async def test_answers_of_the_api_come_in_each_coding(served: Served, published: int) -> None:
    document = served.app.state.executor.trusted.by_name["TopicList"].id
    path = f"/graphql?documentId={document}"
    whole = (await _raw(served, path, "identity"))[1]
    for encoding in ("gzip", "br"):
        for _ in range(2):
            answer, raw = await _raw(served, path, encoding)
            assert answer.headers["content-encoding"] == encoding
            assert _unpacked(answer, raw) == whole
            assert "accept-encoding" in answer.headers["vary"]


async def test_a_persons_own_page_is_compressed_unless_others_put_words_on_it(
    served: Served, person: Any, session_cookie: Any
) -> None:
    cookie = await session_cookie(await person())
    own, _ = await _raw(served, "/nb/min-side", "br", **cookie)
    assert own.headers["content-encoding"] == "br"
    response, _ = await _raw(served, "/nb/forslag?sok=ord", "br", **cookie)
    assert response.status_code == 200
    assert "content-encoding" not in response.headers
