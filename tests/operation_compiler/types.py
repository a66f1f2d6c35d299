"""Strawberry types that do everything a resolver can do, well and badly."""

import asyncio
import enum
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.dataloader import DataLoader
from strawberry.extensions import FieldExtension
from strawberry.permission import BasePermission
from strawberry.types import Info

Upper = NewType("Upper", str)
Json = NewType("Json", object)


def as_is(value: object) -> object:
    return value


@strawberry.enum
class Status(enum.Enum):
    OPEN = "open"
    CLOSED = "closed"


@strawberry.enum
class Colour(enum.Enum):
    RED = strawberry.enum_value("red", name="ROED")
    BLUE = "blue"


async def _load_authors(keys: list[int]) -> list["Author | None"]:
    await asyncio.sleep(0)
    return [Author(id=strawberry.ID(str(key)), name=f"Author {key}") if key >= 0 else None for key in keys]


@dataclass
class Context:
    batches: list[list[int]] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        async def load(keys: list[int]) -> list["Author | None"]:
            self.batches.append(list(keys))
            return await _load_authors(keys)

        self.authors: DataLoader[int, Author | None] = DataLoader(load_fn=load)


class Shout(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: Info, **kwargs: Any) -> Any:
        return str(next_(source, info, **kwargs)).upper()


class Never(BasePermission):
    message = "You shall not pass"

    def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        return False


@strawberry.interface
class Node:
    id: strawberry.ID


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Author(Node, Named):
    @strawberry.field
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split())

    @strawberry.field
    async def friend(self, info: Info[Context, Any]) -> "Author | None":
        return await info.context.authors.load(int(self.id) + 1)


@strawberry.type
class Topic(Node):
    title: str
    colour: Colour | None = None
    created: datetime = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    day: date = date(2026, 1, 2)

    @strawberry.field
    def broken(self) -> str:
        raise ValueError("broken topic")

    @strawberry.field
    async def broken_later(self) -> str | None:
        await asyncio.sleep(0)
        raise ValueError("broken topic, later")


@strawberry.type
class Proposal(Node):
    title: str
    status: Status
    author_id: strawberry.Private[int]
    topic: Topic | None
    tags: list[str | None]
    count: int = 3
    share: float = 0.5
    open: bool = True
    price: Decimal = Decimal("1.20")
    loud: Upper = Upper("loud")
    data: Json = strawberry.field(default_factory=lambda: {"a": [1, {"b": None}]})

    @strawberry.field
    async def author(self, info: Info[Context, Any]) -> Author:
        return await info.context.authors.load(self.author_id)  # type: ignore[return-value]

    @strawberry.field
    async def maybe_author(self, info: Info[Context, Any]) -> Author | None:
        return await info.context.authors.load(self.author_id)

    @strawberry.field
    def future_author(self, info: Info[Context, Any]) -> Author | None:
        return info.context.authors.load(self.author_id)  # type: ignore[return-value]

    @strawberry.field
    async def titled(self, prefix: str = "P", times: int = 1) -> str:
        return prefix * min(times, 5) + self.title

    @strawberry.field
    def bad_sync(self) -> str | None:
        raise ValueError(f"bad sync {self.id}")

    @strawberry.field
    def bad_sync_required(self) -> str:
        raise ValueError(f"bad sync required {self.id}")

    @strawberry.field
    async def bad_async(self) -> str | None:
        raise ValueError(f"bad async {self.id}")

    @strawberry.field
    async def bad_async_required(self) -> str:
        raise ValueError(f"bad async required {self.id}")

    @strawberry.field
    async def null_async(self) -> str:
        return None  # type: ignore[return-value]

    @strawberry.field
    def null_sync(self) -> int:
        return None  # type: ignore[return-value]

    @strawberry.field
    def returned_error(self) -> str | None:
        return ValueError("returned, not raised")  # type: ignore[return-value]

    @strawberry.field
    def coded_error(self) -> str | None:
        raise GraphQLError("coded", extensions={"code": "CODED"})

    @strawberry.field(permission_classes=[Never])
    def forbidden(self) -> str | None:
        return "secret"

    @strawberry.field(extensions=[Shout()])
    def shouted(self, word: str = "hei") -> str:
        return word

    @strawberry.field
    def path(self, info: Info) -> str:
        return ".".join(map(str, info.path.as_list())) + f"@{info.path.typename}"

    @strawberry.field
    def selected(self, info: Info, flag: bool = False) -> str:
        return repr(info.selected_fields) + repr(sorted(info.variable_values))

    @strawberry.field
    def parented(self, root: "Proposal") -> str:
        return root.title

    @strawberry.field
    def of_parent(self, parent: strawberry.Parent["Proposal"]) -> str:
        return parent.title

    @strawberry.field
    @staticmethod
    def static(root: "Proposal", info: Info) -> str:
        return f"{root.title} {info.field_name} {info.python_name} {info.return_type}"

    @strawberry.field
    @classmethod
    def of_class(cls) -> str:
        return cls.__name__

    @strawberry.field
    def sub(self) -> "Proposal | None":
        return make_proposal(int(self.id) + 100)


@strawberry.type
class NotFound:
    message: str


Found = Annotated[Proposal | Topic | NotFound, strawberry.union("Found")]


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class ProposalEdge:
    cursor: str
    node: Proposal


@strawberry.type
class ProposalConnection:
    edges: list[ProposalEdge]
    page_info: PageInfo

    @strawberry.field
    async def total(self) -> int:
        await asyncio.sleep(0)
        return 42


@strawberry.input
class Filter:
    status: Status = Status.OPEN
    words: list[str] = strawberry.field(default_factory=list)
    nested: "Filter | None" = None
    colours: list[Colour] | None = None


def make_proposal(number: int) -> Proposal:
    topic = Topic(id=strawberry.ID(f"t{number}"), title=f"Topic {number}", colour=Colour.RED)
    return Proposal(
        id=strawberry.ID(str(number)),
        title=f"Proposal {number}",
        status=Status.OPEN if number % 2 else Status.CLOSED,
        author_id=number % 3,
        topic=None if number % 4 == 3 else topic,
        tags=["a", None, "c"][: number % 4],
    )
