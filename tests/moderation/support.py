"""What tests of moderation begin with."""

from typing import Any

from backend.moderation.service import screen_content
from backend.platform.authz import Actor
from backend.platform.database import execute, fetch, fetch_row
from backend.proposals.service import ProposalInput, create_proposal
from tests.comments.support import handed_in
from tests.proposals.support import WORDS

GROUND = "Innlegget angriper en navngitt nabo. Skriv om saken i stedet."


async def approve_first(topic_id: int) -> None:
    """Have everything in the topic read by a moderator."""
    await execute("UPDATE topic SET moderation_mode = 'approve_first' WHERE id = $1", topic_id)


async def held_proposal(author: Actor, topic_id: int, words: ProposalInput = WORDS) -> tuple[int, int]:
    """A proposal that waits for a moderator, and its case."""
    await approve_first(topic_id)
    proposal_id = await create_proposal(author, topic_id, words, submit=True)
    held = await screen_content(3201, "proposal", proposal_id, 1)
    assert held is not None
    return proposal_id, held.case_id


async def held_comment(author: Actor, proposal_id: int, topic_id: int, body: str) -> tuple[int, int]:
    """A comment that waits for a moderator, and its case."""
    await approve_first(topic_id)
    comment_id = await handed_in(author, proposal_id, body)
    held = await screen_content(3201, "comment", comment_id, 1)
    assert held is not None
    return comment_id, held.case_id


async def case(case_id: int) -> dict[str, Any]:
    """The case as it is stored."""
    row = await fetch_row("SELECT * FROM moderation_case WHERE id = $1", case_id)
    assert row is not None
    return dict(row)


async def events_of(kind: str) -> list[dict[str, Any]]:
    """The events of a kind."""
    return [dict(row) for row in await fetch("SELECT * FROM event WHERE kind = $1 ORDER BY id", kind)]
