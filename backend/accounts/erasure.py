"""Deleting an account: the person goes at once and for good, their content by choice and by rule.

The rules, where the person wants their content gone:
- What was never public (drafts, what waits or was turned down) always goes, whatever was chosen.
- A public proposal that another person has supported, commented on or written with them, or that the
  municipality has taken up or answered, stays without a name: others have a part in it.
- Any other proposal is withdrawn and its words are emptied, in every version, and in what staff noted about it.
- Comments are withdrawn and emptied; replies to them stay.
- With emptied words go the reasons that moderators and reporters gave, which may quote them; the ground stays.

Where the person wants their content kept, what is public stays as it is, without a name. Supports are
withdrawn in the ledger either way: nobody stands behind them any more.
"""

from collections.abc import Sequence

from backend.accounts.export import Progress
from backend.accounts.personal_tables import PERSONAL_TABLES, Erasure
from backend.accounts.reserved_names import DELETED_NAME
from backend.accounts.roles import is_admin, require_another_admin
from backend.platform.database import execute, fetch, unit_of_work
from backend.platform.outbox import enqueue
from backend.platform.tags import changed
from backend.proposals.counting import ask_for_count
from backend.proposals.pending import erase_pending, pending_versions_of
from backend.proposals.queries import ProposalRow, proposal_for_update
from backend.proposals.states import PUBLIC, Part, ProposalState, permits
from backend.proposals.transitions import tags_of, take_step

DELETED_TITLE = "Slettet forslag"
DELETED_COMMENT = "Slettet kommentar"

_BATCH = 200


async def erase_account(
    municipality_id: int, account_id: int, *, keep_content: bool, progress: Progress
) -> None:
    """Erase in steps, each a unit of work of its own that may be done again. Raises Conflict (last admin)."""
    await _shut_out(municipality_id, account_id)
    await progress(10)
    await _erase_proposals(municipality_id, account_id, keep_content=keep_content)
    await progress(50)
    await _erase_comments(municipality_id, account_id, keep_content=keep_content)
    await progress(70)
    await _withdraw_supports(municipality_id, account_id)
    await progress(80)
    await _erase_rest(municipality_id, account_id)


async def _shut_out(municipality_id: int, account_id: int) -> None:
    """Nobody can act as this account from here on; logging in again makes a new one."""
    async with unit_of_work():
        if await is_admin(municipality_id, account_id):
            await require_another_admin(municipality_id, account_id)
        await execute(
            """UPDATE account SET display_name = $3, name_kind = 'pseudonym', email = NULL, pending_email = NULL,
                   email_secret_hash = NULL, email_expires_at = NULL, email_asked_at = NULL, birth_year = NULL,
                   home_municipality = NULL, residence_source = NULL, residence_at = NULL, home_place_id = NULL,
                   language = 'nb',
                   deleted_at = coalesce(deleted_at, now())
               WHERE municipality_id = $1 AND id = $2""",
            municipality_id,
            account_id,
            DELETED_NAME,
        )
        for table in ("account_identity", "account_session", "access_token"):
            await execute(
                f"DELETE FROM {table} WHERE municipality_id = $1 AND account_id = $2",
                municipality_id,
                account_id,
            )
        await execute(
            """UPDATE role_grant SET ended_at = now()
               WHERE municipality_id = $1 AND account_id = $2 AND ended_at IS NULL""",
            municipality_id,
            account_id,
        )
        await changed([f"account:{account_id}"])


async def _erase_proposals(municipality_id: int, account_id: int, *, keep_content: bool) -> None:
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
        """SELECT FROM support_event WHERE municipality_id = $1 AND proposal_id = $2 AND account_id <> $3
           UNION ALL
           SELECT FROM comment WHERE municipality_id = $1 AND proposal_id = $2 AND author_id <> $3
               AND published_at IS NOT NULL
           UNION ALL
           SELECT FROM proposal_invitation WHERE municipality_id = $1 AND proposal_id = $2
               AND accepted_by_id <> $3 AND ended_at IS NULL
           LIMIT 1""",
        municipality_id,
        proposal.id,
        proposal.author_id,
    )
    return bool(rows)


async def _empty_proposal(municipality_id: int, proposal: ProposalRow, account_id: int) -> None:
    if permits(proposal.state, ProposalState.WITHDRAWN, Part.AUTHOR):
        await take_step(municipality_id, proposal, ProposalState.WITHDRAWN, Part.AUTHOR, actor_id=account_id)
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
    await execute("SELECT set_config('samskap.erasing', 'on', true)")
    await _empty_reasons(municipality_id, "proposal", [proposal.id])
    await execute("SELECT set_config('samskap.erasing', 'off', true)")
    await changed(tags_of(proposal))


async def _empty_reasons(municipality_id: int, subject_type: str, subject_ids: Sequence[int]) -> None:
    """What moderators gave as their reasons, and readers as theirs: either may quote the words that are gone.

    The decisions and their grounds stay, and what screening measured without the words it found. Wants
    `samskap.erasing`.
    """
    await execute(
        """UPDATE moderation_signal SET detail = detail - 'terms'
           WHERE municipality_id = $1 AND detail ? 'terms' AND case_id IN (SELECT id FROM moderation_case
               WHERE municipality_id = $1 AND subject_type = $2 AND subject_id = ANY($3))""",
        municipality_id,
        subject_type,
        subject_ids,
    )
    for table, column in (("moderation_case", "reason_text"), ("report", "text")):
        await execute(
            f"""UPDATE {table} SET {column} = ''
                WHERE municipality_id = $1 AND subject_type = $2 AND subject_id = ANY($3) AND {column} <> ''""",
            municipality_id,
            subject_type,
            subject_ids,
        )


async def _erase_comments(municipality_id: int, account_id: int, *, keep_content: bool) -> None:
    async with unit_of_work():
        rows = await fetch(
            """UPDATE comment SET body = $3,
                   state = CASE WHEN state = 'hidden' THEN state ELSE 'withdrawn' END
               WHERE municipality_id = $1 AND author_id = $2 AND NOT ($4 AND published_at IS NOT NULL)
                 AND (body <> $3 OR state NOT IN ('withdrawn', 'hidden'))
               RETURNING id, proposal_id""",
            municipality_id,
            account_id,
            DELETED_COMMENT,
            keep_content,
        )
        await execute("SELECT set_config('samskap.erasing', 'on', true)")
        await _empty_reasons(municipality_id, "comment", [row["id"] for row in rows])
        await execute("SELECT set_config('samskap.erasing', 'off', true)")
        for proposal_id in sorted({row["proposal_id"] for row in rows}):
            await enqueue(
                "count_comments",
                f"proposal:{proposal_id}",
                {"municipality_id": municipality_id, "proposal_id": proposal_id},
            )
            await changed([f"proposal:{proposal_id}", f"comments:{proposal_id}"])


async def _withdraw_supports(municipality_id: int, account_id: int) -> None:
    async with unit_of_work():
        rows = await fetch(
            """INSERT INTO support_event (municipality_id, proposal_id, account_id, ordinal)
               SELECT municipality_id, proposal_id, account_id, max(ordinal) + 1 FROM support_event
               WHERE municipality_id = $1 AND account_id = $2
               GROUP BY municipality_id, proposal_id, account_id HAVING max(ordinal) % 2 = 1
               ON CONFLICT DO NOTHING RETURNING proposal_id""",
            municipality_id,
            account_id,
        )
        if not rows:
            return
        await changed(f"proposal:{row['proposal_id']}" for row in rows)
        await ask_for_count(municipality_id)


async def _erase_rest(municipality_id: int, account_id: int) -> None:
    """What the list of personal tables says without further rules, and the words of reports and requests."""
    async with unit_of_work():
        for personal in PERSONAL_TABLES:
            if personal.erasure is Erasure.DELETE:
                await execute(
                    f"DELETE FROM {personal.table} WHERE municipality_id = $1 AND {personal.where}",
                    municipality_id,
                    account_id,
                )
            elif personal.erasure is Erasure.CLEAR:
                await execute(
                    f"""UPDATE {personal.table} SET {personal.column} = NULL
                        WHERE municipality_id = $1 AND {personal.where}""",
                    municipality_id,
                    account_id,
                )
        await execute(
            "UPDATE report SET text = '' WHERE municipality_id = $1 AND reporter_id = $2",
            municipality_id,
            account_id,
        )
        await execute(
            "UPDATE data_request SET result = NULL WHERE municipality_id = $1 AND account_id = $2",
            municipality_id,
            account_id,
        )
