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

from backend.accounts.export import Progress
from backend.accounts.reserved_names import DELETED_NAME
from backend.accounts.roles import is_admin, require_another_admin
from backend.platform.database import execute, unit_of_work
from backend.platform.personal_tables import Erasure
from backend.platform.slices import contributions
from backend.platform.tags import changed


async def erase_account(
    municipality_id: int, account_id: int, *, keep_content: bool, progress: Progress
) -> None:
    """Erase in steps, each a unit of work of its own that may be done again. Raises Conflict (last admin)."""
    await _shut_out(municipality_id, account_id)
    await progress(10)
    erasers = contributions("erasers")
    for done, erase in enumerate(erasers, 1):
        await erase(municipality_id, account_id, keep_content=keep_content)
        await progress(10 + done * 70 // len(erasers))
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


async def _erase_rest(municipality_id: int, account_id: int) -> None:
    """What the list of personal tables says without further rules, and the words of reports and requests."""
    async with unit_of_work():
        for personal in contributions("personal_tables"):
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
