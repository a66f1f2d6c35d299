"""Requests that nobody sends by mistake, over real HTTP: each is refused plainly, soon, and without a word too much."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import httpx
import orjson
import pytest

from backend.platform.settings import Settings
from tests.fixtures.databases import open_clone
from tests.fixtures.server import Served, serving

MEGABYTES = 10 * 1024 * 1024
UNLIMITED = {"address.free": "1000000/minute", "address.query": "1000000/minute"}
JSON = {"content-type": "application/json"}
MUTATION = 'mutation { follow(id: "x") { __typename } }'


@pytest.fixture(scope="module")
async def served(services: Settings) -> AsyncIterator[Served]:
    """One application for all of them."""
    async with open_clone(services) as settings, serving(settings, rate_limits=UNLIMITED) as running:
        yield running


def _refused(answer: httpx.Response, *statuses: int) -> None:
    assert answer.status_code in statuses, answer.text[:300]
    text = answer.text
    for word in ("Traceback", "Did you mean", "internal", "/backend/", "asyncpg"):
        assert word not in text, text[:300]


async def _chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 65536):
        yield b" " * 65536


async def test_ten_megabytes_are_refused_before_they_are_read(served: Served) -> None:
    for content in (b" " * MEGABYTES, _chunks(MEGABYTES)):
        try:
            answer = await served.http.post("/graphql", content=content, headers=JSON)
        except (httpx.WriteError, httpx.RemoteProtocolError, httpx.ReadError):
            # The connection was closed while we still sent, which is an answer too.
            continue
        _refused(answer, 413)
        assert answer.json()["errors"][0]["extensions"]["code"] == "body_too_large"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b"{",
        b"null",
        b"3",
        b'"{ __typename }"',
        b"[" * 100_000,
        b'{"query": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        b'{"a":' * 50_000,
        b'{"query": "{ __typename }\xff"}',
        b'{"query": "{ __typename } # \\ud800"}',
        b"\xef\xbb\xbf{}",
        "{ 'query': '{ __typename }' }".encode("utf-16"),
        b'{"query": NaN}',
        b'{"query": {"a": 1}}',
        b'{"query": ["{ __typename }"]}',
        b'{"documentId": 7}',
        b'{"documentId": "' + b"a" * 100_000 + b'"}',
        b'{"query": "{ __typename }", "variables": [1]}',
        b'{"query": "{ __typename }", "variables": "x"}',
        b'{"query": "{ __typename }", "operationName": {}}',
        b'{"query": "query A { __typename } query B { __typename }"}',
        b'{"query": "query A { __typename }", "operationName": "B"}',
        b'{"query": ""}',
        b'{"extensions": {"persistedQuery": {"sha256Hash": "x"}}}',
        b'{"extensions": {"persistedQuery": {"sha256Hash": {}}}}',
    ],
)
async def test_a_body_out_of_form_is_refused(served: Served, body: bytes) -> None:
    _refused(await served.http.post("/graphql", content=body, headers=JSON), 400)


@pytest.mark.parametrize("many", [1, 2, 100])
async def test_a_batch_is_refused(served: Served, many: int) -> None:
    _refused(await served.http.post("/graphql", json=[{"query": "{ __typename }"}] * many), 400)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/graphql",
        "application/jsonx",
        "",
    ],
)
async def test_only_json_is_read(served: Served, content_type: str) -> None:
    body = orjson.dumps({"query": "{ __typename }"})
    headers = {"content-type": content_type} if content_type else {}
    _refused(await served.http.post("/graphql", content=body, headers=headers), 400)
    files = {"0": ("a.txt", b"text"), "operations": (None, body), "map": (None, b'{"0": ["variables.file"]}')}
    _refused(await served.http.post("/graphql", files=files), 400)
    _refused(await served.http.post("/graphql", data={"query": MUTATION}), 400)


async def test_a_mutation_is_never_done_by_get(served: Served) -> None:
    for query in (MUTATION, f"query A {{ __typename }} {MUTATION.replace('mutation', 'mutation B')}"):
        parameters = {"query": query, "operationName": "B" if "B" in query else ""}
        answer = await served.http.get("/graphql", params=parameters)
        _refused(answer, 400)
        assert answer.json()["errors"][0]["extensions"]["code"] == "text_by_get"
    known = served.app.state.executor.trusted.by_name["Follow"].id
    answer = await served.http.get("/graphql", params={"documentId": known, "variables": '{"id":"x"}'})
    _refused(answer, 400)
    assert answer.json()["errors"][0]["extensions"]["code"] == "mutation_by_get"


async def test_a_text_of_ones_own_is_never_run_by_get(served: Served) -> None:
    for query in ("{ __typename }", "{ topics { id } }", "{", "subscription { nothing }"):
        answer = await served.http.get("/graphql", params={"query": query})
        _refused(answer, 400)
        assert answer.json()["errors"][0]["extensions"]["code"] == "text_by_get"
    known = served.app.state.executor.trusted.by_name["TopicList"].id
    assert "errors" not in (await served.http.get("/graphql", params={"documentId": known})).json()


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
        {"sec-fetch-site": "nonsense"},
    ],
)
async def test_another_site_changes_nothing(served: Served, headers: dict[str, str]) -> None:
    answer = await served.ask(MUTATION, **headers)
    _refused(answer, 403)
    assert answer.json()["errors"][0]["extensions"]["code"] == "cross_site"
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_ones_own_site_may(served: Served) -> None:
    for headers in ({"sec-fetch-site": "same-origin"}, {"origin": served.url}, {}):
        answer = (await served.ask(MUTATION, **headers)).json()
        assert answer["data"]["follow"]["__typename"] == "InvalidProblem"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD"])
async def test_other_methods_are_refused(served: Served, method: str) -> None:
    answer = await served.http.request(method, "/graphql")
    assert answer.status_code == 400
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "query_string",
    [
        "query=%ff%fe",
        "query=%7B__typename%7D&variables=%5B",
        "query=%7B__typename%7D&variables=3",
        "documentId=" + "a" * 20_000,
        "a=b&" * 4_000,
        "",
        "%00=%00",
    ],
)
async def test_a_query_string_out_of_form_is_refused(served: Served, query_string: str) -> None:
    _refused(await served.http.get(f"/graphql?{query_string}"), 400, 413, 414)


def _bombs() -> Iterator[tuple[str, str]]:
    yield "aliases", "{" + " ".join(f"a{n}: __typename" for n in range(900)) + "}"
    yield "directives", "{ __typename " + "@include(if: true) " * 300 + "}"
    yield "unknown directives", "{ __typename " + "@a " * 900 + "}"
    yield "depth", "{ node(id: 1) " + "{ ... on Proposal { topic " * 100 + "{ id }" + "}}" * 100 + "}"
    yield "inline fragments", "{ " + "... { " * 400 + "__typename" + " }" * 400 + " }"
    fragments = [f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(49)]
    yield "fragments", " ".join([*fragments, "fragment F49 on Query { __typename }", "{ ...F0 }"])
    yield "circle", "fragment A on Query { ...B } fragment B on Query { ...A } { ...A }"
    yield "self", "fragment A on Query { ...A } { ...A }"
    yield "repeats", "{ " + "node(id: 1) { id } " * 150 + "}"
    leaves = " ".join(["id"] * 30)
    spreads = " ".join(f"...F{n}" for n in range(49))
    yield (
        "equal leaves",
        f"{{ topics {{ {spreads} }} }} "
        + " ".join(f"fragment F{n} on Topic {{ {leaves} }}" for n in range(49)),
    )
    yield "lists", "{ proposals(first: 100) { nodes { versions(first: 100) { nodes { title } } } } }"
    yield "page", "{ proposals(first: 1000000000) { nodes { id } } }"
    yield "negative page", "{ proposals(first: -1) { nodes { id } } }"
    yield "huge number", "{ proposals(first: " + "9" * 5_000 + ") { nodes { id } } }"
    yield "huge float", "{ proposals(filter: {near: {longitude: 1e999, latitude: 1}}) { nodes { id } } }"
    yield "nested value", "{ node(id: " + "[" * 900 + "1" + "]" * 900 + ") { id } }"
    yield "braces", "{" * 1_900
    yield "long name", "{ " + "a" * 15_000 + " }"
    yield "long text", '{ node(id: "' + "a" * 19_000 + '") { ' + "x" + " } }"
    yield "comments", "#\n" * 9_000 + "{ __typenam }"
    yield "control characters", "{ \x01\x02 __typename }"
    yield "right to left", "{ \u202e__typename }"
    yield "variables", "query(" + " ".join(f"$a{n}: Int" for n in range(400)) + ") { __typename }"
    yield "defer", "{ ... @defer { nothing } }"
    yield "guess", "{ proposal_ topicz proposls }"
    yield "guess of a value", "{ proposals(sort: NEWST) { nodes { id } } }"
    yield "guess of a type", "{ node(id: 1) { ... on Proposl { id } } }"
    yield "guess of an argument", "{ proposals(frist: 1) { nodes { id } } }"


@pytest.mark.parametrize(("name", "query"), [pytest.param(*bomb, id=bomb[0]) for bomb in _bombs()])
async def test_a_bomb_is_refused_at_once(served: Served, name: str, query: str) -> None:
    started = time.thread_time()
    answer = await served.ask(query)
    seconds = time.thread_time() - started
    if answer.status_code == 200:
        # Arguments are refused where they are read; the answer says so in its errors.
        assert answer.json()["errors"], name
    _refused(answer, 200, 400, 429)
    assert seconds < 2


async def test_variables_are_bounded_as_literals_are(served: Served) -> None:
    query = "query($n: Int!) { proposals(first: $n) { nodes { versions(first: $n) { nodes { title } } } } }"
    for number in (100, 10**9, -5, 1e300):
        answer = await served.ask(query, {"n": number})
        _refused(answer, 200, 400, 429)
        assert answer.json()["errors"]
    nested: object = "x"
    for _ in range(500):
        nested = [nested]
    answer = await served.ask("query($i: ID!) { node(id: $i) { id } }", {"i": nested})
    assert answer.json()["errors"]


async def test_a_production_tells_nobody_its_schema(services: Settings, served: Served) -> None:
    async with serving(served.settings, env="production", rate_limits=UNLIMITED) as production:
        for query in (
            "{ __schema { types { name } } }",
            '{ __type(name: "Query") { name } }',
            '{ a: __type(name: "Query") { name } __typename }',
            "query { ...F } fragment F on Query { __schema { queryType { name } } }",
            "{ __schema\n{ __typename } }",
        ):
            _refused(await production.ask(query), 403)
            _refused(await production.http.get("/graphql", params={"query": query}), 400)
        page = await production.http.get("/graphql", headers={"accept": "text/html"})
        # A browser is sent on to the page about the API, and is told nothing by the way.
        assert (page.status_code, page.headers["location"], page.content) == (303, "/nb/om/api", b"")
        assert (await production.ask("{ __typename }")).json() == {"data": {"__typename": "Query"}}
        # A word in a text asks for nothing.
        harmless = await production.ask('{ proposals(filter: {search: "__schema __type"}) { nodes { id } } }')
        assert harmless.json()["data"]["proposals"]["nodes"] == []


async def test_a_word_in_a_text_lifts_no_limit(served: Served) -> None:
    dear = "proposals(first: 100) { nodes { versions(first: 100) { nodes { title } } } }"
    for query in (
        f'{{ {dear} a: proposals(filter: {{search: "__type"}}) {{ nodes {{ id }} }} }}',
        f'{{ {dear} __type(name: "Query") {{ name }} }}',
        f"{{ __schema {{ types {{ name }} }} ...F }} fragment F on Query {{ {dear} }}",
        f"# __schema\n{{ {dear} }}",
    ):
        answer = await served.ask(query)
        _refused(answer, 429, 400)
        assert answer.json()["errors"][0]["extensions"]["code"] == "limit_cost", query
    assert "errors" not in (await served.ask("{ __schema { types { fields { name } } } }")).json()


async def test_mistakes_alike_are_shown_once_with_their_places_and_a_code(served: Served) -> None:
    answer = await served.ask("{ __typename " + "@a " * 40 + "}")
    (error,) = answer.json()["errors"]
    assert (len(error["locations"]), error["extensions"]["code"]) == (10, "graphql_validation")
    many = await served.ask("{ " + " ".join(f"unknown{n}" for n in range(40)) + " }")
    assert len(many.json()["errors"]) == 10
    assert len(many.content) < 4_000


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{", {}, "graphql_syntax"),
        ("{ nothing }", {}, "graphql_validation"),
        ("query A { __typename } query B { __typename }", {}, "graphql_operation"),
        ("query($n: Int!) { proposals(first: $n) { nodes { id } } }", {"n": "x"}, "graphql_variables"),
        ("query($n: Int!) { proposals(first: $n) { nodes { id } } }", {}, "graphql_variables"),
        ("query($n: Sort) { proposals(sort: $n) { nodes { id } } }", {"n": "x"}, "graphql_validation"),
        (
            "query($n: ProposalSort) { proposals(sort: $n) { nodes { id } } }",
            {"n": None},
            "graphql_arguments",
        ),
    ],
)
async def test_every_mistake_in_a_request_has_a_code(
    served: Served, query: str, variables: dict[str, object], code: str
) -> None:
    answer = await served.ask(query, variables)
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == [code]


async def test_headers_are_always_right(served: Served) -> None:
    for answer in (
        await served.ask("{ __typename }"),
        await served.ask("{"),
        await served.http.get("/health/live"),
        await served.http.get("/nothing/here"),
    ):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert len(answer.headers["x-request-id"]) == 32
        # Whoever serves it may say so; what we are made of is not told.
        assert answer.headers.get("server", "uvicorn") == "uvicorn"
        assert "x-powered-by" not in answer.headers
    given = {"x-request-id": "abcdefgh-12345678"}
    assert (await served.ask("{ __typename }", **given)).headers["x-request-id"] == given["x-request-id"]
    for bad in ("x", "a" * 65, "id with spaces", "<script>"):
        assert (await served.ask("{ __typename }", **{"x-request-id": bad})).headers["x-request-id"] != bad


async def test_a_cookie_out_of_form_is_nobody(served: Served) -> None:
    for cookie in (
        "samskap=",
        "samskap=" + "x" * 5_000,
        "=;=;",
        "samskap",
        "samskap=\xff",
        "samskap=a; samskap=b",
    ):
        answer = await served.http.post(
            "/graphql", json={"query": "{ __typename }"}, headers=[(b"cookie", cookie.encode("latin-1"))]
        )
        assert answer.json() == {"data": {"__typename": "Query"}}
    for bearer in (
        "Bearer",
        "Basic x",
        "Bearer " + "x" * 5_000,
        "Bearer \xff",
        "Bearer a.b.c",
        "Bearer smsk_",
    ):
        answer = await served.http.post(
            "/graphql",
            json={"query": "{ __typename }"},
            headers=[(b"authorization", bearer.encode("latin-1"))],
        )
        _refused(answer, 401)


async def test_many_refusals_at_once_leave_others_unharmed(served: Served) -> None:
    bombs = [served.ask(query) for _, query in _bombs()]
    requests = [served.ask("{ topics { nodes { slug } } }") for _ in range(20)]
    answers = await asyncio.gather(*bombs, *requests)
    assert all(answer.json()["data"]["topics"]["nodes"] for answer in answers[-20:])
