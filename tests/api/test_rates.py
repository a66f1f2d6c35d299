"""Limits counted in a real Redis, and what happens without it."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from graphql import OperationType, parse

from api.documents import AdHocDocuments, PreparedOperation
from api.limits import Limits
from api.rates import DEFAULTS, RateLimiter, require_known_limits
from api.schema import schema
from backend.platform.authz import Actor
from backend.platform.errors import LimitExceeded
from backend.platform.settings import Settings, SettingsError
from ops.embedded import start_redis, stop
from tests.fixtures.server import serving
from web.app import create_app

SCOPE = {"client": ("203.0.113.7", 4711)}
PERSON = Actor(municipality_id=3201, account_id=7)
STRANGER = Actor(municipality_id=3201)


def _prepared(kind: OperationType, *fields: str, trusted: bool = True) -> PreparedOperation:
    return PreparedOperation(
        name="X",
        kind=kind,
        document=parse("{ a }"),
        compiled=None,
        text="",
        id="id" if trusted else None,
        root_fields=fields,
    )


async def _passes(
    rates: RateLimiter, actor: Actor, prepared: PreparedOperation, scope: dict[str, object] | None = None
) -> bool:
    try:
        await rates.check(scope or dict(SCOPE), actor, prepared)
    except LimitExceeded:
        return False
    return True


async def test_exactly_so_many_pass_at_the_same_time(fresh: Settings) -> None:
    settings = replace(fresh, rate_limits={"person.query": "20/hour"})
    processes = [RateLimiter(settings) for _ in range(2)]
    query = _prepared(OperationType.QUERY)
    passed = await asyncio.gather(*(_passes(processes[n % 2], PERSON, query) for n in range(50)))
    assert passed.count(True) == 20
    assert not await _passes(processes[0], PERSON, query)
    assert await _passes(processes[0], replace(PERSON, account_id=8), query)
    for rates in processes:
        await rates.close()


async def test_the_refusal_names_limit_and_figure(fresh: Settings) -> None:
    rates = RateLimiter(replace(fresh, rate_limits={"address.login": "1/minute"}))
    await rates.consume("address.login", "203.0.113.7")
    with pytest.raises(LimitExceeded) as refused:
        await rates.consume("address.login", "203.0.113.7")
    assert (refused.value.code, refused.value.params["limit"], refused.value.params["figure"]) == (
        "too_often",
        "1 per 1 minute",
        2,
    )
    await rates.close()


async def test_what_is_counted_depends_on_who_and_what(fresh: Settings) -> None:
    limits = {
        "address.query": "2/hour",
        "address.free": "1/hour",
        "person.mutation": "3/hour",
        "createProposal": "1/hour",
    }
    rates = RateLimiter(replace(fresh, rate_limits=limits))
    query, free = _prepared(OperationType.QUERY), _prepared(OperationType.QUERY, trusted=False)
    assert [await _passes(rates, STRANGER, query) for _ in range(3)] == [True, True, False]
    assert [await _passes(rates, STRANGER, free) for _ in range(3)] == [True] * 3
    await rates.check_text(dict(SCOPE), STRANGER)
    with pytest.raises(LimitExceeded):
        await rates.check_text(dict(SCOPE), STRANGER)
    other = {"client": ("203.0.113.8", 1)}
    assert await _passes(rates, STRANGER, query, other)
    create = _prepared(OperationType.MUTATION, "createProposal")
    assert [await _passes(rates, PERSON, create) for _ in range(2)] == [True, False]
    change = _prepared(OperationType.MUTATION, "editProposal")
    assert [await _passes(rates, PERSON, change) for _ in range(2)] == [True, False]
    await rates.close()


async def test_what_one_request_does_often_counts_as_often(fresh: Settings) -> None:
    rates = RateLimiter(replace(fresh, rate_limits={"person.mutation": "5/hour", "createProposal": "3/hour"}))
    twice = _prepared(OperationType.MUTATION, "createProposal", "createProposal")
    assert [await _passes(rates, PERSON, twice) for _ in range(2)] == [True, False]
    await rates.close()


def test_no_fragment_hides_what_is_requested_of_the_root() -> None:
    documents = AdHocDocuments(schema._schema)
    text = """mutation {
        a: supportProposal(id: "x") { __typename }
        ... on Mutation { withdrawSupport(id: "x") { __typename } ...F }
        ...F
    }
    fragment F on Mutation { b: supportProposal(id: "y") { __typename } }"""
    found = documents.prepare(text, None, {}, Limits())
    assert sorted(found.root_fields) == ["supportProposal", "supportProposal", "withdrawSupport"]
    assert documents.prepare(text, None, {}, Limits()) is found


def test_what_is_remembered_is_bounded_by_its_text() -> None:
    documents = AdHocDocuments(schema._schema, remembered=100)
    texts = [f"query Q{number} {{ topics(first: 1) {{ nodes {{ id }} }} }}" for number in range(3)]
    first = documents.prepare(texts[0], None, {}, Limits())
    assert documents.prepare(texts[1], None, {}, Limits()) is documents.prepare(texts[1], None, {}, Limits())
    documents.prepare(texts[2], None, {}, Limits())
    assert documents.prepare(texts[0], None, {}, Limits()) is not first


async def test_without_redis_each_process_counts_for_itself(fresh: Settings, tmp_path) -> None:
    url = start_redis(tmp_path)
    try:
        settings = replace(fresh, redis_url=url, rate_limits={"person.query": "3/hour"})
        one, two = RateLimiter(settings), RateLimiter(settings)
        query = _prepared(OperationType.QUERY)
        assert [await _passes(rates, PERSON, query) for rates in (one, two, one, two)] == [True] * 3 + [False]
        stop(tmp_path)
        with structlog.testing.capture_logs() as logged:
            assert [await _passes(one, PERSON, query) for _ in range(4)] == [True] * 3 + [False]
            assert await _passes(two, PERSON, query)
        assert {line["log_level"] for line in logged} == {"warning"}
        start_redis(tmp_path)
        assert [await _passes(rates, PERSON, query) for rates in (one, two, one, two)] == [True] * 3 + [False]
        await one.close()
        await two.close()
    finally:
        stop(tmp_path)


async def test_a_refusal_says_when_the_count_ends(fresh: Settings) -> None:
    rates = RateLimiter(replace(fresh, rate_limits={"browser.login": "1/hour"}))
    await rates.consume("browser.login", "x")
    await asyncio.sleep(1.1)
    with pytest.raises(LimitExceeded) as refused:
        await rates.consume("browser.login", "x")
    assert 3500 < refused.value.params["retry_after"] < 3600
    await rates.close()


async def test_what_cannot_be_read_is_counted_too(fresh: Settings) -> None:
    async with serving(fresh, rate_limits={"address.free": "2/hour"}) as served:
        answers = [await served.ask("{ nothingOfThatName }") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [400, 400, 429]


async def test_over_http_the_limit_holds_and_is_explained(fresh: Settings) -> None:
    async with serving(
        fresh, rate_limits={"address.free": "5/hour"}, trusted_proxies=("127.0.0.1",)
    ) as served:
        answers = await asyncio.gather(
            *(served.ask("{ __typename }", **{"x-forwarded-for": "198.51.100.1"}) for _ in range(20))
        )
        assert sorted(answer.status_code for answer in answers) == [200] * 5 + [429] * 15
        refused = next(answer.json() for answer in answers if answer.status_code == 429)
        assert refused["errors"][0]["extensions"]["code"] == "too_often"
        other = await served.ask("{ __typename }", **{"x-forwarded-for": "198.51.100.2"})
        assert other.status_code == 200


def test_a_limit_that_would_count_nothing_is_refused_at_the_start() -> None:
    built = schema._schema
    require_known_limits(DEFAULTS, built)
    for typo in ("createProposals", "person.querys", "address.", ""):
        with pytest.raises(SettingsError, match="SAMSKAP_RATE_LIMITS"):
            create_app(Settings(rate_limits={typo: "1/hour"}))
        with pytest.raises(SettingsError):
            require_known_limits([*DEFAULTS, typo], built)


def test_every_limit_by_kind_is_counted_somewhere() -> None:
    root = Path(__file__).parents[2]
    sources = "\n".join(
        path.read_text() for folder in ("graphql/api", "web") for path in (root / folder).rglob("*.py")
    )
    kinds = {name for name in DEFAULTS if "." in name}
    assert len(kinds) > 5
    assert {name for name in kinds if sources.count(f'"{name}"') < 2} == set()
