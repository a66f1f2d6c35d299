"""What becomes of a person's proposals and supports when their account is deleted."""

from backend.moderation.erasure import empty_reasons
from backend.platform.database import execute, fetch, unit_of_work
from backend.platform.tags import changed
from backend.proposals.counting import ask_for_count
from backend.proposals.pending import erase_pending, pending_versions_of
from backend.proposals.queries import ProposalRow, proposal_for_update
from backend.proposals.sql import IS_IN_FORCE, is_co_author
from backend.proposals.states import PUBLIC, Capacity, ProposalState, permits
from backend.proposals.transitions import apply_transition, tags_of

DELETED_TITLE = "Slettet forslag"

_BATCH = 200


async def erase_proposals(municipality_id: int, account_id: int, *, keep_content: bool) -> None:
    """What the account has written of proposals goes or stays, by the rules of backend/accounts/erasure.py."""
    last = 0
    while rows := await fetch(
        """SELECT id FROM proposal WHERE municipality_id = $1 AND author_id = $2 AND id > $3
           ORDER BY id LIMIT $4""",
        municipality_id,
        account_id,
        last,
        _BATCH,
    ):
        for row in rows:
            async with unit_of_work():
                proposal = await proposal_for_update(municipality_id, row["id"])
                if proposal and not await _stays(municipality_id, proposal, keep_content=keep_content):
                    await _empty_proposal(municipality_id, proposal, account_id)
        last = rows[-1]["id"]
    await _erase_edits(municipality_id, account_id)
    # What they wrote in others' proposals is those proposals' text once it is in force. Invitations lead nowhere.
    await execute(
        """UPDATE proposal_invitation SET ended_at = now() WHERE municipality_id = $1 AND ended_at IS NULL
           AND (accepted_by_id = $2 OR (invited_by_id = $2 AND accepted_by_id IS NULL))""",
        municipality_id,
        account_id,
    )


async def _erase_edits(municipality_id: int, account_id: int) -> None:
    """Words that they wrote for proposals that stay, and that never came into force."""
    rows = await fetch(
        """SELECT proposal_id FROM proposal_pending_version
           WHERE municipality_id = $1 AND editor_id = $2 AND state <> 'withdrawn' ORDER BY proposal_id""",
        municipality_id,
        account_id,
    )
    for row in rows:
        async with unit_of_work():
            await proposal_for_update(municipality_id, row["proposal_id"])
            # Another author may have handed in a newer one meanwhile.
            pending = (await pending_versions_of(municipality_id, [row["proposal_id"]])).get(
                row["proposal_id"]
            )
            if pending and pending.editor_id == account_id:
                await erase_pending(municipality_id, row["proposal_id"])


async def _stays(municipality_id: int, proposal: ProposalRow, *, keep_content: bool) -> bool:
    if proposal.state not in PUBLIC and not (keep_content and proposal.published_at is not None):
        return False
    if keep_content or proposal.state is not ProposalState.PUBLISHED:
        return True
    rows = await fetch(
        f"""SELECT FROM support_event WHERE municipality_id = $1 AND proposal_id = $2 AND account_id <> $3
           UNION ALL
           SELECT FROM comment WHERE municipality_id = $1 AND subject_type = 'proposal' AND subject_id = $2
               AND author_id <> $3 AND published_at IS NOT NULL
           UNION ALL
           SELECT FROM proposal_invitation WHERE municipality_id = $1 AND proposal_id = $2
               AND accepted_by_id <> $3 AND {is_co_author()}
           LIMIT 1""",
        municipality_id,
        proposal.id,
        proposal.author_id,
    )
    return bool(rows)


async def _empty_proposal(municipality_id: int, proposal: ProposalRow, account_id: int) -> None:
    if permits(proposal.state, ProposalState.WITHDRAWN, Capacity.AUTHOR):
        await apply_transition(
            municipality_id, proposal, ProposalState.WITHDRAWN, Capacity.AUTHOR, actor_id=account_id
        )
    await execute(
        """UPDATE proposal SET title = $3, body = '', search = ''::tsvector, grams = '{}', place_id = NULL,
               longitude = NULL, latitude = NULL
           WHERE municipality_id = $1 AND id = $2""",
        municipality_id,
        proposal.id,
        DELETED_TITLE,
    )
    await erase_pending(municipality_id, proposal.id)
    # Ledgers are only added to; their owner's function takes the words out of versions, steps and notes.
    await execute(
        "SELECT erase_proposal_words($1, $2, $3, $4)", municipality_id, proposal.id, account_id, DELETED_TITLE
    )
    await empty_reasons(municipality_id, "proposal", [proposal.id])
    await changed(tags_of(proposal))


async def erase_supports(municipality_id: int, account_id: int, *, keep_content: bool) -> None:
    """Nobody stands behind them any more, whatever else is kept."""
    async with unit_of_work():
        rows = await fetch(
            f"""INSERT INTO support_event (municipality_id, proposal_id, account_id, ordinal)
               SELECT municipality_id, proposal_id, account_id, max(ordinal) + 1 FROM support_event
               WHERE municipality_id = $1 AND account_id = $2
               GROUP BY municipality_id, proposal_id, account_id HAVING {IS_IN_FORCE}
               ON CONFLICT DO NOTHING RETURNING proposal_id""",
            municipality_id,
            account_id,
        )
        if not rows:
            return
        await changed(f"proposal:{row['proposal_id']}" for row in rows)
        await ask_for_count(municipality_id)
