"""Operations that Schemathesis generates from the schema the application tells: none may be a failure."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import schemathesis
from graphql import (
    ListValueNode,
    NameNode,
    ObjectFieldNode,
    ObjectValueNode,
    ValueNode,
)
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.graphql import nodes

from api.rates import DEFAULTS
from backend.platform.settings import Settings
from tests.fixtures.databases import open_clone
from tests.fixtures.server import Served, serving

EXAMPLES = 250
# What an outline may be given as: a geometry, or any other literal in its place.
_KINDS = ("Polygon", "MultiPolygon", "Point", "Banana")


def _object(fields: dict[str, ValueNode]) -> ObjectValueNode:
    named = [ObjectFieldNode(name=NameNode(value=name), value=value) for name, value in fields.items()]
    return ObjectValueNode(fields=tuple(named))


def _list(values: list[ValueNode]) -> ListValueNode:
    return ListValueNode(values=tuple(values))


def _literals() -> st.SearchStrategy[ValueNode]:
    numbers = st.integers().map(nodes.Int) | st.floats(allow_nan=False, allow_infinity=False).map(nodes.Float)
    leaves = numbers | st.text(max_size=20).map(nodes.String) | st.booleans().map(nodes.Boolean)
    names = st.sampled_from(["type", "coordinates", "geometries", "a"])
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=4).map(_list) | st.dictionaries(names, inner, max_size=3).map(_object)
        ),
        max_leaves=12,
    )


def _geometries() -> st.SearchStrategy[ValueNode]:
    kinds = st.sampled_from(_KINDS).map(nodes.String)
    return st.fixed_dictionaries({"type": kinds, "coordinates": _literals()}).map(_object)


schemathesis.graphql.scalar("GeoJSON", _geometries() | _literals())


@pytest.fixture(scope="module")
async def served(services: Settings) -> AsyncIterator[Served]:
    """The application without limits on how often."""
    unlimited = dict.fromkeys(DEFAULTS, "1000000/minute")
    async with open_clone(services) as cloned, serving(cloned, rate_limits=unlimited) as running:
        yield running


def _send_generated(url: str) -> Counter[int]:
    """Send generated operations from another thread; how many answers had which status."""
    schema = schemathesis.graphql.from_url(f"{url}/graphql", timeout=30)
    seen: Counter[int] = Counter()

    @seed(2035)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema.as_strategy())
    def send(case: schemathesis.Case) -> None:
        answer = case.call(timeout=30)
        seen[answer.status_code] += 1
        detail = f"{case.body}\n{answer.text[:500]}"
        assert answer.status_code in (200, 400, 429), detail
        codes = [error.get("extensions", {}).get("code") for error in answer.json().get("errors", ())]
        assert "internal" not in codes, detail
        assert "Did you mean" not in answer.text, detail

    send()
    return seen


async def test_no_generated_operation_is_a_failure(served: Served) -> None:
    seen = await asyncio.to_thread(_send_generated, served.url)
    assert seen.total() >= EXAMPLES
    assert seen[200] > EXAMPLES / 10
