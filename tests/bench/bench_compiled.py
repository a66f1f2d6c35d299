"""Compiled execution against graphql-core's, over the same Strawberry resolvers.

Run as `python tests/bench/bench_compiled.py [seconds]`; prints executions a second and their ratio.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "graphql")]

import strawberry  # noqa: E402 - the import path is set above, so that this runs without installing
from graphql import execute, parse, validate  # noqa: E402
from strawberry.dataloader import DataLoader  # noqa: E402
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext  # noqa: E402
from strawberry.types import Info  # noqa: E402

from operation_compiler import compile_operation  # noqa: E402


@strawberry.interface
class Node:
    id: strawberry.ID


@strawberry.type
class Author:
    id: strawberry.ID
    name: str


@strawberry.type
class Topic(Node):
    title: str
    slug: str


@strawberry.type
class Proposal(Node):
    title: str
    supports: int
    comments: int
    author: Author
    topic: Topic

    @strawberry.field
    async def loaded_author(self, info: Info) -> Author:
        return await info.context.load(int(self.author.id))

    @strawberry.field
    def url(self) -> str:
        return f"/forslag/{self.id}"


def proposals() -> list[Proposal]:
    return [
        Proposal(
            id=strawberry.ID(str(number)),
            title=f"Forslag {number}",
            supports=number * 10,
            comments=number,
            author=Author(id=strawberry.ID(str(number)), name=f"Person {number}"),
            topic=Topic(id=strawberry.ID("1"), title="Mobilitetsstrategi", slug="mobilitet"),
        )
        for number in range(20)
    ]


ROWS = proposals()


@strawberry.type
class Query:
    @strawberry.field
    async def proposals(self, first: int = 20) -> list[Proposal]:
        return ROWS[:first]

    @strawberry.field
    async def nodes(self) -> list[Node]:
        return list(ROWS)


SCHEMA = strawberry.Schema(Query, types=[Topic])._schema
FLAT = "id title supports comments"
CASES = {
    "flat rows": f"query ($n: Int!) {{ proposals(first: $n) {{ {FLAT} }} }}",
    "nested author and topic": "query ($n: Int!) { proposals(first: $n) { "
    f"{FLAT} author {{ id name }} topic {{ id title slug }} }} }}",
    "resolver a row": f"query ($n: Int!) {{ proposals(first: $n) {{ {FLAT} url }} }}",
    "author by a loader": "query ($n: Int!) { proposals(first: $n) { "
    f"{FLAT} loadedAuthor {{ id name }} topic {{ id title }} }} }}",
    "an interface": f"{{ nodes {{ id ... on Proposal {{ {FLAT} author {{ id name }} }} }} }}",
}


@dataclass
class _Load:
    async def __call__(self, keys: list[int]) -> list[Author]:
        return [ROWS[key].author for key in keys]


def loader() -> DataLoader[int, Author]:
    return DataLoader(load_fn=_Load())


async def rate(run: Callable[[], Awaitable[Any]], seconds: float) -> float:
    """Executions a second, the best of three."""
    best = 0.0
    for _ in range(3):
        count, started = 0, time.perf_counter()
        while (passed := time.perf_counter() - started) < seconds / 3:
            await run()
            count += 1
        best = max(best, count / passed)
    return best


async def measure(text: str, seconds: float) -> tuple[float, float]:
    document = parse(text)
    assert not validate(SCHEMA, document)
    compiled = compile_operation(SCHEMA, document)
    variables = {"n": 20} if "$n" in text else {}

    async def by_core() -> Any:
        return await execute(
            SCHEMA,
            document,
            context_value=loader(),
            variable_values=variables,
            executor_class=StrawberryGraphQLCoreExecutionContext,
        )

    async def by_own() -> Any:
        return await compiled.execute(None, loader(), variables)

    expected, got = await by_core(), await by_own()
    assert (got.data, got.errors) == (expected.data, None), got.errors
    return await rate(by_core, seconds), await rate(by_own, seconds)


async def main(seconds: float) -> None:
    print(f"{'20 proposals':<26}{'graphql-core':>14}{'compiled':>12}{'ratio':>8}")
    for name, text in CASES.items():
        core, own = await measure(text, seconds)
        print(f"{name:<26}{core:>12.0f}/s{own:>10.0f}/s{own / core:>8.1f}")


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0))
