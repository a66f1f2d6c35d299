"""What tests of public proposals begin with."""

from collections.abc import Awaitable

import pytest

from backend.content.kinds import ContentRef
from backend.moderation.service import screen_content
from backend.platform.authz import Actor
from backend.platform.database import fetch, fetch_value
from backend.platform.errors import DomainError
from backend.proposals.queries import ProposalRow, proposals_by_id
from backend.proposals.service import ProposalInput, create_proposal, edit_proposal

WORDS = ProposalInput(
    title="Sykkelvei langs Sandvikselva",
    body="Det trengs en trygg sykkelvei langs elva, slik at barn kan sykle til skolen hver dag.",
    language="nb",
)


async def draft(author: Actor, topic_id: int) -> int:
    """A proposal that only its author knows of."""
    return await create_proposal(author, topic_id, WORDS, submit=False)


OTHER_WORDS = ProposalInput(
    title="Flere benker i parken",
    body="Eldre som går tur i parken, trenger steder der de kan hvile beina underveis.",
    language="nb",
)


async def published(author: Actor, topic_id: int, words: ProposalInput = WORDS) -> int:
    """A proposal that went through screening; the same words twice would be held as a repetition."""
    proposal_id = await create_proposal(author, topic_id, words, submit=True)
    await screen_content(author.municipality_id, "proposal", proposal_id, 1)
    return proposal_id


async def edited(author: Actor, proposal_id: int, words: ProposalInput, *, expected_version: int) -> int:
    """An edit of what is public, through screening; the number of its version, which is in force unless it is held."""
    version = await edit_proposal(author, proposal_id, words, expected_version=expected_version)
    await screen_content(author.municipality_id, "edit", proposal_id, version)
    return version


async def read(proposal_id: int) -> ProposalRow:
    """The proposal as it stands."""
    return (await proposals_by_id(3201, [proposal_id]))[proposal_id]


async def timeline(proposal_id: int) -> list[tuple[str, str, str | None]]:
    """State, part and reason of every step."""
    rows = await fetch(
        "SELECT to_state, actor_role, reason FROM proposal_transition WHERE proposal_id = $1 ORDER BY ordinal",
        proposal_id,
    )
    return [tuple(row.values()) for row in rows]


async def events(proposal_id: int) -> list[str]:
    """Kinds of the events about the proposal, oldest first."""
    rows = await fetch("SELECT kind FROM event WHERE proposal_id = $1 ORDER BY id", proposal_id)
    return [row["kind"] for row in rows]


async def refused_with(kind: type[DomainError], asking: Awaitable[object]) -> DomainError:
    """The refusal that an action ends with."""
    with pytest.raises(kind) as refused:
        await asking
    return refused.value


async def nothing_is_stored() -> None:
    """No table that an author's action writes to holds anything."""
    for table in (
        "proposal",
        "proposal_version",
        "proposal_pending_version",
        "proposal_transition",
        "outbox",
        "idempotency_key",
        "event",
    ):
        assert await fetch_value(f"SELECT count(*) FROM {table}") == 0, table


def proposal_ref(number: int) -> ContentRef:
    """The proposal as whatever cuts across kinds refers to it."""
    return ContentRef("proposal", number)
