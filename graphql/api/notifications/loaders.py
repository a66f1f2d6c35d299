"""Loaders of notifications: one statement for all that an operation asks for."""

from strawberry.dataloader import DataLoader

from api.context import Context
from backend.notifications.mutes import Subscription, subscriptions

_NONE = Subscription(is_muted=False, causes=())


def subscription_loader(context: Context) -> DataLoader[int, Subscription]:
    """How the actor stands to notifications of each proposal."""

    async def load(ids: list[int]) -> dict[int, Subscription]:
        if context.actor.seeing_account_id is None:
            return {}
        return await subscriptions(context.actor, "proposal", ids)

    return context.loader("subscriptions", load, default=_NONE)
