"""What one operation knows: who asks, in which language, and its own loaders."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import strawberry
from strawberry.dataloader import DataLoader

from backend.platform.authz import Actor
from backend.platform.settings import Settings

if TYPE_CHECKING:
    from api.broker import Feed

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(slots=True)
class Context:
    """Made anew for every operation, also for each one on a socket: nothing outlives it.

    `tags` collects what the answer was made of, so that a cached answer is dropped when one of them changes.
    `feed` is what a subscription reads again by; no other operation has one.
    """

    actor: Actor
    settings: Settings
    language: str
    request_id: str = ""
    tags: set[str] = field(default_factory=set)
    feed: "Feed | None" = None
    made: dict[tuple[str, int], Any] = field(default_factory=dict)
    _loaders: dict[str, DataLoader[Any, Any]] = field(default_factory=dict)

    @property
    def municipality_id(self) -> int:
        """Whose platform this is."""
        return self.actor.municipality_id

    def loader(
        self, name: str, load: Callable[[list[Any]], Awaitable[dict[Any, Value]]], default: Any = None
    ) -> DataLoader[Any, Any]:
        """This operation's loader of that name; `load` returns a mapping, and what it lacks is `default`."""
        found = self._loaders.get(name)
        if found is None:

            async def in_order(keys: list[Any]) -> list[Any]:
                rows = await load(keys)
                return [rows.get(key, default) for key in keys]

            found = self._loaders[name] = DataLoader(load_fn=in_order)
        return found

    def reset(self) -> None:
        """Forget what was loaded: a mutation of this operation has changed it."""
        self._loaders.clear()
        self.made.clear()


Info = strawberry.Info[Context, None]


def context_of(info: Info) -> Context:
    """The operation's context."""
    context: Context = info.context
    return context
