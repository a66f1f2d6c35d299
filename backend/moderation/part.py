"""SQL over all kinds: who has a part in what a case is about, and how that is now. `$1` is the municipality."""

from collections.abc import Sequence
from functools import cache

from backend.content.registry import kinds
from backend.platform.authz import Actor
from backend.platform.database import fetch


def reported_sql(kind: str, content_id: str, accounts: str) -> str:
    """Whether one of `accounts` (an array) has ever reported this content."""
    return f"""EXISTS (SELECT FROM report pr WHERE pr.municipality_id = $1 AND pr.subject_type = {kind}
        AND pr.subject_id = {content_id} AND pr.reporter_id = ANY({accounts}))"""


@cache
def has_part_sql(case: str, accounts: str) -> str:
    """Whether one of `accounts` has a part in what a case (an alias of moderation_case) is about.

    Who reported content has a part in every change of it too.
    """
    of = " ".join(f"WHEN '{kind.name}' THEN '{kind.of}'" for kind in kinds().values() if kind.of != kind.name)
    content_id = f"{case}.subject_id"
    own = " ".join(
        f"WHEN '{kind.name}' THEN {kind.has_part_sql(content_id, accounts)}" for kind in kinds().values()
    )
    reported = reported_sql(
        f"CASE {case}.subject_type {of} ELSE {case}.subject_type END", content_id, accounts
    )
    return f"""(coalesce({case}.author_id = ANY({accounts}), false) OR {reported}
        OR CASE {case}.subject_type {own} ELSE false END)"""


@cache
def current_sql(case: str) -> str:
    """SELECT of one row, or none, of what a case is about: state, version, was_public."""
    return " UNION ALL ".join(
        f"SELECT * FROM ({kind.current_sql(f'{case}.subject_id')}) s WHERE {case}.subject_type = '{kind.name}'"
        for kind in kinds().values()
    )


async def reported_by(actor: Actor, kind: str, content_ids: Sequence[int]) -> set[int]:
    """Those of this content of a kind that the person has ever reported."""
    if not content_ids:
        return set()
    rows = await fetch(
        """SELECT DISTINCT subject_id FROM report
           WHERE municipality_id = $1 AND subject_type = $2 AND subject_id = ANY($3) AND reporter_id = ANY($4)""",
        actor.municipality_id,
        kind,
        content_ids,
        actor.person_account_ids,
    )
    return {row["subject_id"] for row in rows}
