"""What a person turns on or off for one thing: following and muting, each way with a mutation of its own."""

from collections.abc import Awaitable, Callable
from typing import Any

from api.context import Context, Info, context_of
from api.node_ids import number_of
from backend.platform.authz import Actor

Act = Callable[[Actor, int], Awaitable[bool]]
Fetch = Callable[[Context, int], Awaitable[Any]]


def switch(
    kind: str, fetch: Fetch, success: Callable[[bool, Any], Any]
) -> Callable[[Info, str, Act], Awaitable[Any]]:
    """What turns something on or off for a thing of a kind, and answers whether that changed anything."""

    async def switched(info: Info, global_id: str, act: Act) -> Any:
        context, number = context_of(info), number_of(global_id, kind)
        changed = await act(context.actor, number)
        return success(changed, await fetch(context, number))

    return switched
