"""Loaders of content of whatever kind."""

from strawberry.dataloader import DataLoader

from api.context import Context
from backend.content.kinds import ContentRef, Summary
from backend.content.registry import summaries_of


def summary_loader(context: Context) -> DataLoader[ContentRef, Summary | None]:
    """What the actor may know of content with a page of its own; None where they may not."""
    return context.loader("summaries", lambda refs: summaries_of(context.actor, refs), None)
