"""Loaders of topics and places: one statement for all that an operation asks for."""

from strawberry.dataloader import DataLoader

from api.context import Context
from backend.proposals.statistics import TAG, FiguresRow, figures_of_topics
from backend.topics.cache import topic_cache
from backend.topics.queries import (
    PlaceRow,
    TopicRow,
    TopicText,
    places_by_id,
    places_of_topics,
    texts_of_topics,
    topics_by_id,
)


def topic_loader(context: Context) -> DataLoader[int, TopicRow | None]:
    """Topics by id, in the operation's language."""

    async def load(ids: list[int]) -> dict[int, TopicRow]:
        context.tags.update(f"topic:{number}" for number in ids)
        generation = topic_cache.changes
        found = await topics_by_id(context.municipality_id, ids, context.language)
        for row in found.values():
            topic_cache.put(context.municipality_id, context.language, row, generation)
        return found

    return context.loader("topic", load)


def known_topic(context: Context, number: int) -> TopicRow | None:
    """The topic if this process has it in memory: then nothing needs to be awaited."""
    row = topic_cache.get(context.municipality_id, context.language, number)
    if row is not None:
        context.tags.add(f"topic:{number}")
    return row


def place_loader(context: Context) -> DataLoader[int, PlaceRow | None]:
    """Places by id."""

    async def load(ids: list[int]) -> dict[int, PlaceRow]:
        context.tags.add("places")
        return await places_by_id(context.municipality_id, ids, context.language)

    return context.loader("place", load)


def topic_places_loader(context: Context) -> DataLoader[int, list[PlaceRow]]:
    """The places of each topic."""

    async def load(ids: list[int]) -> dict[int, list[PlaceRow]]:
        context.tags.add("places")
        return await places_of_topics(context.municipality_id, ids, context.language)

    return context.loader("topic_places", load, [])


def topic_texts_loader(context: Context) -> DataLoader[int, list[TopicText]]:
    """The words of each topic, in every language."""

    async def load(ids: list[int]) -> dict[int, list[TopicText]]:
        return await texts_of_topics(context.municipality_id, ids)

    return context.loader("topic_texts", load, [])


def topic_figures_loader(context: Context) -> DataLoader[int, FiguresRow]:
    """What has come of each topic's proposals."""

    async def load(ids: list[int]) -> dict[int, FiguresRow]:
        context.tags.add(TAG)
        return await figures_of_topics(context.municipality_id, ids)

    return context.loader("topic_figures", load)
