"""Loaders of what belongs to proposals: one statement for all that an operation asks for."""

from datetime import datetime

from strawberry.dataloader import DataLoader

from api.content.loaders import DISCUSSIONS, SUMMARIES
from api.context import Context
from backend.content.kinds import Discussion, Summary
from backend.platform.errors import LimitExceeded
from backend.proposals import queries
from backend.proposals.access import facts_of, visible_proposals
from backend.proposals.content_kinds import discussion_of, summary_of
from backend.proposals.listing import ProposalFilter
from backend.proposals.notes import NoteRow, NotesKey, note_pages
from backend.proposals.pending import PendingVersion, pending_versions_of
from backend.proposals.queries import (
    AnswerRow,
    LinkRow,
    ProposalRow,
    TransitionRow,
)
from backend.proposals.rules import ProposalFacts
from backend.proposals.searching import Meaning, interpret_search
from backend.proposals.similar import similar_to_each
from backend.proposals.states import ProposalState
from backend.proposals.versions import VersionRow, VersionsKey, public_versions_of, version_pages
from backend.topics.queries import topics_counting_imported

MOST_COMPARED = 5


def facts_loader(context: Context) -> DataLoader[int, ProposalFacts | None]:
    """Proposals by id, with what the rules look at; those the actor may not know of are missing."""

    async def load(ids: list[int]) -> dict[int, ProposalFacts]:
        context.tags.update(f"proposal:{number}" for number in ids)
        return await visible_proposals(context.actor, ids)

    return context.loader("proposal_facts", load)


def row_facts_loader(context: Context) -> DataLoader[ProposalRow, ProposalFacts]:
    """What the rules look at, for proposals that are at hand already."""

    async def load(rows: list[ProposalRow]) -> dict[ProposalRow, ProposalFacts]:
        found = await facts_of(context.actor, rows)
        return {row: found[row.id] for row in rows}

    return context.loader("proposal_row_facts", load)


def transitions_loader(context: Context) -> DataLoader[int, list[TransitionRow]]:
    """Timelines."""
    return context.loader(
        "proposal_transitions", lambda ids: queries.transitions_of(context.municipality_id, ids), []
    )


def updates_loader(context: Context) -> DataLoader[int, datetime | None]:
    """When each last changed for its readers."""
    return context.loader("proposal_updates", lambda ids: queries.updates_of(context.municipality_id, ids))


def answer_loader(context: Context) -> DataLoader[int, AnswerRow | None]:
    """Answers in force."""
    return context.loader("proposal_answer", lambda ids: queries.answers_of(context.municipality_id, ids))


def versions_loader(context: Context, limit: int) -> DataLoader[VersionsKey, list[VersionRow]]:
    """Pages of versions."""

    async def load(keys: list[VersionsKey]) -> dict[VersionsKey, list[VersionRow]]:
        return await version_pages(context.municipality_id, keys, limit=limit)

    return context.loader(f"proposal_versions:{limit}", load, [])


def version_count_loader(context: Context) -> DataLoader[int, int]:
    """How many texts readers could read."""
    return context.loader(
        "proposal_version_count", lambda ids: public_versions_of(context.municipality_id, ids), 0
    )


def pending_loader(context: Context) -> DataLoader[int, PendingVersion | None]:
    """Edits that are not in force; the caller asks whether the actor may know of them."""
    return context.loader("proposal_pending", lambda ids: pending_versions_of(context.municipality_id, ids))


def co_authors_loader(context: Context) -> DataLoader[int, list[int]]:
    """Account ids of co-authors."""
    return context.loader(
        "proposal_co_authors", lambda ids: queries.co_authors_of(context.municipality_id, ids), []
    )


def links_loader(context: Context) -> DataLoader[int, list[LinkRow]]:
    """Links to things outside."""
    return context.loader("proposal_links", lambda ids: queries.links_of(context.municipality_id, ids), [])


def supported_loader(context: Context) -> DataLoader[int, bool]:
    """Whether the actor supports each."""

    async def load(ids: list[int]) -> dict[int, bool]:
        if context.actor.seeing_account_id is None:
            return {}
        return dict.fromkeys(await queries.supported_by(context.actor, ids), True)

    return context.loader("proposal_supported", load, default=False)


def amended_loader(context: Context) -> DataLoader[ProposalRow, bool]:
    """Whether an edit by the viewer would be an amendment of each."""

    async def load(rows: list[ProposalRow]) -> dict[ProposalRow, bool]:
        # Through the loader: other fields of the same proposals ask for the facts too.
        facts = await row_facts_loader(context).load_many(rows)
        own = [f.proposal for f in facts if f.is_author and f.proposal.state is ProposalState.PUBLISHED]
        supported = await queries.supported_by_others(context.municipality_id, [row.id for row in own])
        return {row: row.id in supported for row in own}

    return context.loader("proposal_amended", load, default=False)


def notes_loader(context: Context, limit: int) -> DataLoader[NotesKey, list[NoteRow]]:
    """Pages of internal notes on proposals that the actor may note on."""

    async def load(keys: list[NotesKey]) -> dict[NotesKey, list[NoteRow]]:
        return await note_pages(context.municipality_id, keys, limit=limit)

    return context.loader(f"proposal_notes:{limit}", load, [])


def similar_loader(context: Context, limit: int) -> DataLoader[ProposalRow, list[ProposalRow]]:
    """Proposals like each of these; looking takes so much computing that a list's proposals are refused."""

    async def load(rows: list[ProposalRow]) -> dict[ProposalRow, list[ProposalRow]]:
        if len(rows) > MOST_COMPARED:
            raise LimitExceeded(
                "too_many_compared",
                "Du kan spørre etter lignende forslag for høyst {limit} forslag om gangen, og spurte for {figure}.",
                limit=MOST_COMPARED,
                figure=len(rows),
            )
        found = await similar_to_each(context.municipality_id, rows, limit=limit)
        # A new one may be missing for as long as an answer is kept; what is hidden or changed is gone at once.
        context.tags.update(f"proposal:{alike.id}" for each in found.values() for alike in each)
        return {row: found[row.id] for row in rows}

    return context.loader(f"proposal_similar:{limit}", load)


async def topics_counting(context: Context) -> tuple[int, ...]:
    """Topics in which what was imported counts as news; asked for once in an operation."""

    async def load(municipalities: list[int]) -> dict[int, tuple[int, ...]]:
        context.tags.add("topics")
        return {number: await topics_counting_imported(number) for number in municipalities}

    loader: DataLoader[int, tuple[int, ...]] = context.loader("topics_counting_imported", load, ())
    return await loader.load(context.municipality_id)


def meaning_loader(context: Context) -> DataLoader[ProposalFilter, Meaning]:
    """What the words of a search that finds nothing are taken for: worked out once for a list and its heading."""

    async def load(filters: list[ProposalFilter]) -> dict[ProposalFilter, Meaning]:
        return {each: await interpret_search(context.municipality_id, each) for each in filters}

    return context.loader("search_meaning", load)


async def _summary(context: Context, number: int) -> Summary | None:
    facts = await facts_loader(context).load(number)
    return summary_of(facts) if facts else None


async def _discussion(context: Context, number: int) -> Discussion | None:
    facts = await facts_loader(context).load(number)
    return discussion_of(context.actor, facts) if facts else None


# What this loader has looked up already is not looked up again.
SUMMARIES["proposal"] = _summary
DISCUSSIONS["proposal"] = _discussion
