"""The rows of what an author writes: the words in force, and the history of what was handed in."""

from backend.platform.authz import Actor
from backend.platform.database import execute, fetch_value
from backend.proposals.content import Point, ProposalText
from backend.proposals.queries import ProposalRow
from backend.proposals.states import Capacity, ProposalState
from backend.proposals.transitions import add_transition
from backend.text.search import VERSION as SEARCH_VERSION


async def insert_proposal(
    actor: Actor, topic_id: int | None, text: ProposalText, place_id: int | None, position: Point | None
) -> int:
    """A new draft with its first version; returns its id."""
    proposal_id: int = await fetch_value(
        f"""INSERT INTO proposal (municipality_id, topic_id, author_id, state, language, title, body, place_id,
                                 longitude, latitude, search, grams, search_version)
           VALUES ($1, $2, $3, 'draft', $4, $5, $6, $7, $8, $9, $10::text::tsvector, $11, {SEARCH_VERSION})
            RETURNING id""",
        actor.municipality_id,
        topic_id,
        actor.account_id,
        text.language,
        text.title,
        text.body,
        place_id,
        position and position.longitude,
        position and position.latitude,
        text.search_vector,
        text.grams,
    )
    await add_transition(
        actor.municipality_id,
        proposal_id,
        1,
        ProposalState.NONE,
        ProposalState.DRAFT,
        Capacity.AUTHOR,
        actor.account_id,
        None,
    )
    await add_version(actor.municipality_id, proposal_id, 1, text, actor.account_id)
    return proposal_id


async def update_text(
    municipality_id: int,
    proposal_id: int,
    text: ProposalText,
    place_id: int | None,
    position: Point | None,
    number: int = 0,
) -> int:
    """The words and place in force are these from now on; returns the number of their version.

    It is `number`, or the next one where that is not higher than the one before.
    """
    version: int = await fetch_value(
        f"""UPDATE proposal SET title = $3, body = $4, language = $5, place_id = $6, longitude = $7, latitude = $8,
                  search = $9::text::tsvector, grams = $10, search_version = {SEARCH_VERSION},
                  version = greatest(version + 1, $11)
           WHERE municipality_id = $1 AND id = $2 RETURNING version""",
        municipality_id,
        proposal_id,
        text.title,
        text.body,
        text.language,
        place_id,
        position and position.longitude,
        position and position.latitude,
        text.search_vector,
        text.grams,
        number,
    )
    return version


async def add_version(
    municipality_id: int,
    proposal_id: int,
    number: int,
    text: ProposalText,
    editor_id: int | None,
    *,
    is_amendment: bool = False,
) -> None:
    """Put the words into the history under this number."""
    await execute(
        """INSERT INTO proposal_version (municipality_id, proposal_id, number, title, body, editor_id, is_amendment)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        municipality_id,
        proposal_id,
        number,
        text.title,
        text.body,
        editor_id,
        is_amendment,
    )


async def store_version(actor: Actor, proposal: ProposalRow) -> None:
    """Put the words in force into the history, unless it has them already."""
    await execute(
        """INSERT INTO proposal_version (municipality_id, proposal_id, number, title, body, editor_id, is_amendment)
           VALUES ($1, $2, $3, $4, $5, $6, FALSE)
           ON CONFLICT (municipality_id, proposal_id, number) DO NOTHING""",
        actor.municipality_id,
        proposal.id,
        proposal.version,
        proposal.title,
        proposal.body,
        actor.account_id,
    )
