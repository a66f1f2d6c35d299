"""Who has a part in a proposal or a comment: nobody judges what they have, or had, a part in.

Persons are compared, not accounts: whoever is logged in as an employee has the part they took as a resident.
Having supported something is no part in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.moderation.part import reported_sql
from backend.platform.authz import Actor
from backend.platform.database import fetch
from backend.proposals.sql import is_co_author


@dataclass(frozen=True, slots=True)
class Involvement:
    """How an actor stands to a proposal.

    `is_author`: the account that acts is among its authors now, and may do what authors do. `is_own`: the person
    is. `has_been_author`: the person is or was. `has_reported`: the person has told the moderators of it.
    """

    is_author: bool = False
    is_own: bool = False
    has_been_author: bool = False
    has_reported: bool = False

    @property
    def has_part(self) -> bool:
        """Whether the person is no judge of it."""
        return self.has_been_author or self.has_reported


NO_PART = Involvement()


def wrote_sql(proposal: str, author: str, accounts: str) -> str:
    """SQL: whether one of `accounts` (an array) is or was among the authors of `proposal`, written by `author`."""
    return f"""(coalesce({author} = ANY({accounts}), false) OR EXISTS (
        SELECT FROM proposal_invitation pi WHERE pi.municipality_id = $1 AND pi.proposal_id = {proposal}
          AND pi.accepted_by_id = ANY({accounts})))"""


_INVOLVEMENT = f"""
    SELECT p.id,
        coalesce(p.author_id = $3, false) OR EXISTS (
            SELECT FROM proposal_invitation i WHERE i.municipality_id = $1 AND i.proposal_id = p.id
              AND i.accepted_by_id = $3 AND {is_co_author("i.")}) AS is_author,
        coalesce(p.author_id = ANY($4), false) OR EXISTS (
            SELECT FROM proposal_invitation i WHERE i.municipality_id = $1 AND i.proposal_id = p.id
              AND i.accepted_by_id = ANY($4) AND {is_co_author("i.")}) AS is_own,
        {wrote_sql("p.id", "p.author_id", "$4")} AS has_been_author,
        {reported_sql("'proposal'", "p.id", "$4")} AS has_reported
    FROM proposal p WHERE p.municipality_id = $1 AND p.id = ANY($2)
"""


async def involvement_in(actor: Actor, proposal_ids: Sequence[int]) -> dict[int, Involvement]:
    """How the actor stands to each of these proposals, in one statement; none for a stranger.

    A credential that shows no more than a stranger sees makes nobody an author, but takes no part away.
    """
    if actor.is_anonymous or not proposal_ids:
        return dict.fromkeys(proposal_ids, NO_PART)
    rows = await fetch(
        _INVOLVEMENT,
        actor.municipality_id,
        proposal_ids,
        actor.seeing_account_id,
        actor.person_account_ids,
    )
    found = {number: Involvement(*values) for number, *values in (row.values() for row in rows)}
    return {proposal_id: found.get(proposal_id, NO_PART) for proposal_id in proposal_ids}
