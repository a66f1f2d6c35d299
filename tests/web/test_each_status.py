"""Each status that refuses, wherever it comes from: as a page with a way on and as JSON, in the visitor's language."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import asyncpg
import httpx
import pytest

from api.node_ids import to_global_id
from backend.platform.settings import Settings
from tests.fixtures.provider import TrialProvider
from tests.fixtures.server import Served, serving

LANGUAGES = ("nb", "nn", "en")
_OURS = {"sec-fetch-site": "same-origin"}
_FORM = {**_OURS, "content-type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Case:
    """A request that is refused; `{}` in its path is the language, `given` how the platform is."""

    status: int
    path: str
    given: str = ""
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    has_page: bool = True
    has_json: bool = True

    def __str__(self) -> str:
        return f"{self.status} {self.path} {self.given}".strip()


def _post(status: int, path: str, given: str = "", body: str = "", **headers: str) -> Case:
    sent = {**_FORM, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Case(status, path, given, "POST", tuple(sent.items()), body)


def _program(case: Case, **headers: str) -> Case:
    sent = {"content-type": "application/json", **headers}
    return replace(case, headers=tuple(sent.items()), has_page=False)


_QUERY = '{"query": "{ __typename }"}'
_BEARER = {"authorization": "Bearer samskap_x"}
CASES = [
    # The form again with all that was typed: for a person alone.
    replace(_post(401, "/{}/forslag/nytt"), has_json=False),
    Case(401, f"/min-side/data/{to_global_id('DataRequest', 1)}"),
    _post(401, "/import/opplasting"),
    Case(401, "/{}/tema", headers=tuple(_BEARER.items())),
    _program(Case(401, "/graphql", method="POST", body=_QUERY), **_BEARER),
    Case(403, "/{}/administrasjon", "resident"),
    _post(403, "/{}/min-side/profil/sprak", "resident", sec_fetch_site="cross-site"),
    _post(403, "/import/opplasting", "resident"),
    _post(403, "/login/idporten/bind", "provider", sec_fetch_site="cross-site"),
    Case(404, "/{}/finnes-ikke"),
    Case(404, "/{}/tema/finnes-ikke"),
    Case(404, "/{}/tema/finnes-ikke/atom.xml"),
    Case(404, "/{}/forslag/999999/kort.png"),
    Case(404, "/eksport/forslag.csv?tema=finnes-ikke"),
    Case(404, "/login/finnes-ikke", "provider"),
    Case(404, "/finnes-ikke"),
    _post(405, "/{}/tema"),
    Case(405, "/logout"),
    _post(413, "/{}/min-side/profil/sprak", "resident", body="x=" + "y" * 2_000_000),
    _program(Case(413, "/graphql", method="POST", body='"' + "y" * 2_000_000 + '"')),
    Case(401, "/login/idporten/callback?state=x&code=y", "provider"),
    Case(400, "/eksport/forslag.csv?variant=x"),
    Case(429, "/{}/tema", "limited"),
    Case(429, "/login/idporten", "limited"),
    Case(429, "/eksport/forslag.csv", "busy"),
    _program(Case(429, "/graphql", "limited", method="POST", body=_QUERY)),
    Case(500, "/{}/tema", "broken"),
    _program(Case(500, "/graphql", "broken", method="POST", body=_QUERY)),
    Case(503, "/{}/tema", "away"),
    _program(Case(503, "/graphql", "away", method="POST", body=_QUERY)),
    Case(503, "/{}/tema", "maintenance"),
    Case(503, "/eksport/forslag.csv", "maintenance"),
    _program(Case(503, "/graphql", "maintenance", method="POST", body=_QUERY)),
]


async def _fails(*_: object, **__: object) -> None:
    raise RuntimeError("a secret detail")


async def _is_away(*_: object, **__: object) -> None:
    raise asyncpg.CannotConnectNowError("starting up")


@asynccontextmanager
async def _platform(
    given: str, fresh: Settings, provider: TrialProvider, person: Any, session_cookie: Any
) -> AsyncIterator[Served]:
    settings = provider.configured(fresh) if given in ("provider", "limited", "") else fresh
    changes: dict[str, Any] = {"maintenance": given == "maintenance"}
    if given == "limited":
        none_left = ("address.query", "address.free", "address.login")
        changes["rate_limits"] = dict.fromkeys(none_left, "1/hour")
    async with serving(settings, **changes) as served:
        if given == "resident":
            served.http.cookies.update(await session_cookie(await person()))
        elif given == "limited":
            for path in ("/nb/tema", "/login/idporten"):
                await served.http.get(path)
            await served.ask("{ __typename }")
        elif given in ("broken", "away"):
            served.app.state.executor.run = _fails if given == "broken" else _is_away
        elif given == "busy":
            served.app.state.export_readers = {"127.0.0.1"}
        yield served


async def _send(served: Served, case: Case, language: str, accept: str) -> httpx.Response:
    # Another query each time: what is cached is refused to nobody.
    path = case.path.replace("{}", language)
    if case.given == "limited" and "{}" in case.path:
        path += f"?sok={language}{len(accept)}"
    headers = {"accept-language": language, **dict(case.headers), "accept": accept}
    return await served.http.request(case.method, path, content=case.body, headers=headers)


def _lacks_of_page(page: httpx.Response, case: Case, language: str) -> list[str]:
    main = page.text.partition("<main")[2].partition("</main>")[0]
    holds = {
        "status": page.status_code == case.status,
        "language": f'<html lang="{language}"' in page.text,
        "heading": re.search(r"<h1[^>]*>\s*[^<\s]", main),
        "reason": len(re.sub(r"<[^>]+>", " ", main.partition("</h1>")[2]).split()) > 4,
        "way on": re.search(r'(href|action)="(/(?!/)|mailto:)', main),
        "retry-after": case.status not in (429, 503) or int(page.headers.get("retry-after", 0)) > 0,
        "secret": "secret detail" not in page.text,
    }
    return [name for name, is_so in holds.items() if not is_so]


def _refusal_in(answer: httpx.Response) -> dict[str, Any]:
    sent = answer.json()
    if "errors" not in sent:
        return dict(sent)
    (error,) = sent["errors"]
    return {"message": error["message"], **error["extensions"]}


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_every_refusal_has_a_way_on(
    fresh: Settings, trial_provider: TrialProvider, person: Any, session_cookie: Any, case: Case
) -> None:
    messages = {}
    async with _platform(case.given, fresh, trial_provider, person, session_cookie) as served:
        for language in LANGUAGES:
            if case.has_page:
                page = await _send(served, case, language, "text/html,*/*;q=0.8")
                assert _lacks_of_page(page, case, language) == [], page.text[-3000:]
            if not case.has_json:
                continue
            answer = await _send(served, case, language, "application/json")
            assert answer.status_code == case.status, answer.text[:500]
            assert "json" in answer.headers["content-type"], answer.text[:500]
            refusal = _refusal_in(answer)
            assert re.fullmatch(r"[a-z_]+", refusal["code"])
            assert "secret detail" not in answer.text
            if case.status in (429, 503):
                assert refusal["retryAfter"] == int(answer.headers["retry-after"]) > 0
            if case.status == 401:
                assert refusal["loginUrl"] == f"{served.url}/{language}/logg-inn"
            messages[language] = refusal["message"]
    assert all(len(message.split()) > 2 for message in messages.values())
    assert not messages or messages["en"] not in (messages["nb"], messages["nn"])
