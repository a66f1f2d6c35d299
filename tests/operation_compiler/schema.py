"""A Strawberry schema that does everything a resolver can do, well and badly."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import date
from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info

from tests.operation_compiler.types import (
    Author,
    Context,
    Filter,
    Found,
    Json,
    Named,
    Node,
    NotFound,
    PageInfo,
    Proposal,
    ProposalConnection,
    ProposalEdge,
    Status,
    Topic,
    Upper,
    as_is,
    make_proposal,
)


@strawberry.type
class Matrix:
    rows: list[list[int]]
    holes: list[list[int] | None] | None
    wrong: list[list[int]] | None
    not_a_list: list[str] | None
    too_large: int | None
    not_an_enum: Status | None


@strawberry.type
class Query:
    @strawberry.field
    def fixed(self) -> str:
        return "fixed"

    @strawberry.field
    def proposals(self, first: int = 4) -> list[Proposal]:
        return [make_proposal(number) for number in range(1, min(first, 5) + 1)]

    @strawberry.field
    async def proposals_later(self, first: int = 3) -> list[Proposal | None] | None:
        await asyncio.sleep(0)
        return [make_proposal(number) if number != 2 else None for number in range(1, min(first, 5) + 1)]

    @strawberry.field
    async def connection(self, first: int = 3, after: str | None = None) -> ProposalConnection:
        edges = [ProposalEdge(cursor=f"c{n}", node=make_proposal(n)) for n in range(1, min(first, 5) + 1)]
        return ProposalConnection(edges=edges, page_info=PageInfo(has_next_page=False, end_cursor=after))

    @strawberry.field
    def nodes(self) -> list[Node]:
        return [
            make_proposal(1),
            Author(id=strawberry.ID("7"), name="Kari Nordmann"),
            Topic(id=strawberry.ID("t"), title="T"),
        ]

    @strawberry.field
    async def node(self, id: strawberry.ID) -> Node | None:  # noqa: A002
        return make_proposal(int(id)) if id.isdigit() else None

    @strawberry.field
    def named(self) -> Named:
        return Author(id=strawberry.ID("7"), name="Kari Nordmann")

    @strawberry.field
    def found(self, what: str = "all") -> list[Found | None]:
        everything = [
            make_proposal(2),
            None,
            Topic(id=strawberry.ID("t"), title="T"),
            NotFound(message="none"),
        ]
        return everything if what == "all" else [Author(id=strawberry.ID("1"), name="A B")]  # type: ignore[list-item]

    @strawberry.field
    def wrong_type(self) -> Author | None:
        return NotFound(message="x")  # type: ignore[return-value]

    @strawberry.field
    def wrong_node(self) -> Node | None:
        return NotFound(message="x")  # type: ignore[return-value]

    @strawberry.field
    def filtered(self, filter: Filter, ids: list[int] | None = None, at: date | None = None) -> str:  # noqa: A002
        return f"{filter!r} {ids!r} {at!r}"

    @strawberry.field
    def echo(
        self, text: str | None = "default", data: Json | None = None, up: Upper | None = None
    ) -> str | None:
        return f"{text!r} {data!r} {up!r}"

    @strawberry.field
    def matrix(self) -> Matrix:
        return Matrix(
            rows=[[1, 2], [], [3]],
            holes=[[1], None],
            wrong=[[1], None],  # type: ignore[list-item]
            not_a_list="abc",  # type: ignore[arg-type]
            too_large=2**40,
            not_an_enum="nothing",  # type: ignore[arg-type]
        )

    @strawberry.field
    def stream(self, fail: bool = False) -> list[int] | None:
        return Query.numbers(fail)  # type: ignore[return-value]

    @staticmethod
    async def numbers(fail: bool) -> AsyncGenerator[int, None]:
        yield 1
        if fail:
            raise ValueError("the stream broke off")
        yield 2

    @strawberry.field
    def awaitable_items(self, fail: bool = False) -> list[int | None]:
        async def item(number: int) -> int:
            await asyncio.sleep(0)
            if fail and number == 2:
                raise ValueError("item failed")
            return number

        return [item(1), item(2), 3]  # type: ignore[list-item]

    @strawberry.field
    def required_items(self) -> list[int] | None:
        async def item() -> int:
            return 1

        return [1, None, item()]  # type: ignore[list-item]

    @strawberry.field
    async def slow(self, turns: int, fail: bool = False) -> str:
        for _ in range(turns):
            await asyncio.sleep(0)
        if fail:
            raise ValueError(f"slow {turns}")
        return f"slow {turns}"

    @strawberry.field
    def bad_required(self) -> str:
        raise ValueError("bad at the root")

    @strawberry.field
    def extensions_seen(self, info: Info) -> str:
        return repr(info.input_extensions)


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def first(self, info: Info[Context, Any], name: str, fail: bool = False) -> str | None:
        info.context.log.append(f"{name} begins")
        await asyncio.sleep(0)
        if fail:
            raise ValueError(f"{name} failed")
        info.context.log.append(f"{name} ends")
        return name

    @strawberry.mutation
    async def required(self, info: Info[Context, Any], name: str, fail: bool = False) -> Proposal:
        info.context.log.append(f"{name} begins")
        await asyncio.sleep(0)
        if fail:
            raise ValueError(f"{name} failed")
        return make_proposal(1)

    @strawberry.mutation
    def at_once(self, info: Info[Context, Any], name: str) -> str:
        info.context.log.append(name)
        return name


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self) -> AsyncGenerator[int, None]:
        yield 1


SCHEMA = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[Author, Topic, Proposal],
    config=StrawberryConfig(
        scalar_map={
            Upper: strawberry.scalar(name="Upper", serialize=str.upper, parse_value=str.lower),
            Json: strawberry.scalar(name="Json", serialize=as_is, parse_value=as_is),
        }
    ),
)
