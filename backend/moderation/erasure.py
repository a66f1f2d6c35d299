"""What moderation lets go of when words are erased."""

from collections.abc import Sequence

from backend.platform.database import execute


async def empty_reasons(municipality_id: int, kind: str, content_ids: Sequence[int]) -> None:
    """What moderators gave as their reasons, and readers as theirs: either may quote the words that are gone.

    The decisions and their grounds stay, and what screening measured without the words it found. Part of
    the caller's unit of work.
    """
    await execute("SELECT set_config('samskap.erasing', 'on', true)")
    await execute(
        """UPDATE moderation_signal SET detail = detail - 'terms'
           WHERE municipality_id = $1 AND detail ? 'terms' AND case_id IN (SELECT id FROM moderation_case
               WHERE municipality_id = $1 AND subject_type = $2 AND subject_id = ANY($3))""",
        municipality_id,
        kind,
        content_ids,
    )
    for table, column in (("moderation_case", "reason_text"), ("report", "text")):
        await execute(
            f"""UPDATE {table} SET {column} = ''
                WHERE municipality_id = $1 AND subject_type = $2 AND subject_id = ANY($3) AND {column} <> ''""",
            municipality_id,
            kind,
            content_ids,
        )
    await execute("SELECT set_config('samskap.erasing', 'off', true)")
