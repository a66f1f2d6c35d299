"""Loaders of follows: one statement for all that an operation asks for."""

from strawberry.dataloader import DataLoader

from api.context import Context
from backend.follows.queries import followed_content, followed_topics


def followed_topic_loader(context: Context) -> DataLoader[int, bool]:
    """Whether the actor follows each topic."""

    async def load(ids: list[int]) -> dict[int, bool]:
        if context.actor.seeing_account_id is None:
            return {}
        return dict.fromkeys(await followed_topics(context.actor, ids), True)

    return context.loader("followed_topics", load, default=False)


def followed_proposal_loader(context: Context) -> DataLoader[int, bool]:
    """Whether the actor follows each proposal."""

    async def load(ids: list[int]) -> dict[int, bool]:
        if context.actor.seeing_account_id is None:
            return {}
        return dict.fromkeys(await followed_content(context.actor, "proposal", ids), True)

    return context.loader("followed_proposals", load, default=False)
