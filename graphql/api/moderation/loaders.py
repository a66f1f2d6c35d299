"""Loaders of what belongs to moderation cases: one statement for all that an operation asks for."""

import asyncio

from strawberry.dataloader import DataLoader

from api.context import Context
from backend.accounts.name_reading import record_names_read
from backend.moderation import details
from backend.moderation.details import NameRow, PastRow, ReportRow, SignalRow
from backend.moderation.marks import Mark, marks_in
from backend.moderation.queue import CaseRow
from backend.platform.errors import LimitExceeded

MOST_MARKED = 10
"""Texts that are searched in one operation: a long one takes some 10 ms."""


def signals_loader(context: Context) -> DataLoader[int, list[SignalRow]]:
    """What screening found."""
    return context.loader("case_signals", lambda ids: details.signals_of(context.municipality_id, ids), [])


def reports_loader(context: Context) -> DataLoader[int, list[ReportRow]]:
    """What readers told."""
    return context.loader("case_reports", lambda ids: details.reports_of(context.municipality_id, ids), [])


def earlier_loader(context: Context) -> DataLoader[int, list[CaseRow]]:
    """Cases about the same content before."""
    return context.loader("case_earlier", lambda ids: details.earlier_cases_of(context.actor, ids), [])


def author_cases_loader(context: Context) -> DataLoader[int, list[PastRow]]:
    """Decisions against what else the author wrote."""
    return context.loader("case_author", lambda ids: details.author_cases_of(context.actor, ids), [])


def names_loader(context: Context) -> DataLoader[tuple[int, int], list[NameRow]]:
    """The names that authors used, by author and case; that they are read is noted."""

    async def load(keys: list[tuple[int, int]]) -> dict[tuple[int, int], list[NameRow]]:
        await record_names_read(context.actor, keys)
        found = await details.names_of(context.municipality_id, list({author for author, _ in keys}))
        return {key: found.get(key[0], []) for key in keys}

    return context.loader("case_names", load, [])


def marks_loader(context: Context) -> DataLoader[tuple[str, str], list[Mark]]:
    """The places that signals point to, by text and language; finding them takes so much that lists are refused."""

    async def load(texts: list[tuple[str, str]]) -> dict[tuple[str, str], list[Mark]]:
        if len(texts) > MOST_MARKED:
            raise LimitExceeded(
                "too_many_marked",
                "Du kan spørre etter merkede steder i høyst {limit} tekster om gangen, og spurte for {figure}.",
                limit=MOST_MARKED,
                figure=len(texts),
            )
        # Beside the event loop: finding them takes long in long texts.
        return await asyncio.to_thread(
            lambda: {(text, language): marks_in(text, language) for text, language in texts}
        )

    return context.loader("case_marks", load)
