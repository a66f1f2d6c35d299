"""The texts that a proposal has had, and their numbers.

Each edit has a number of its own, steps on the way to publication and edits that never came into force among
them. The public number counts what readers could read: 1 is the text that was published first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backend.platform.database import fetch


@dataclass(frozen=True, slots=True)
class VersionRow:
    """The words after one edit; `public_number` is None for those before publication."""

    id: int
    proposal_id: int
    number: int
    title: str
    body: str
    editor_id: int | None
    is_amendment: bool
    created_at: datetime
    public_number: int | None


class Audience(StrEnum):
    """Who reads a proposal's versions, and from which on.

    The public from the text that was published first, staff in charge from the one that was handed in first:
    what its authors wrote before that is theirs.
    """

    AUTHORS = "authors"
    STAFF = "staff"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class VersionsKey:
    """Where a page of versions begins: below the number `before`."""

    proposal_id: int
    audience: Audience
    before: int | None = None


def _latest_by(proposal: str, time: str) -> str:
    """SQL: the number of a proposal's latest version at a time; null where there was none yet, or no such time."""
    return f"""(SELECT max(f.number) FROM proposal_version f
        WHERE f.municipality_id = $1 AND f.proposal_id = {proposal} AND f.created_at <= {time})"""


# What was imported was published before its words came here: its first version is the first that is public.
_FIRST_PUBLIC = f"""(SELECT CASE WHEN p.published_at IS NOT NULL
        THEN coalesce({_latest_by("p.id", "p.published_at")}, 1) END
    FROM proposal p WHERE p.municipality_id = $1 AND p.id = k.proposal_id)"""
_FIRST_SUBMITTED = _latest_by(
    "k.proposal_id",
    """(SELECT min(s.created_at) FROM proposal_transition s
        WHERE s.municipality_id = $1 AND s.proposal_id = k.proposal_id AND s.to_state = 'submitted')""",
)


async def version_pages(
    municipality_id: int, keys: Sequence[VersionsKey], *, limit: int
) -> dict[VersionsKey, list[VersionRow]]:
    """Pages of versions of many proposals, newest first, in one statement."""
    rows = await fetch(
        f"""SELECT k.number::int - 1 AS page, t.*
           FROM unnest($2::bigint[], $3::text[], $4::int[])
               WITH ORDINALITY AS k (proposal_id, audience, before, number)
           CROSS JOIN LATERAL (SELECT {_FIRST_PUBLIC} AS public, {_FIRST_SUBMITTED} AS submitted) first
           CROSS JOIN LATERAL (
               SELECT v.id, v.proposal_id, v.number, v.title, v.body, v.editor_id, v.is_amendment, v.created_at,
                      CASE WHEN v.number >= first.public THEN (
                          SELECT count(*) FROM proposal_version o WHERE o.municipality_id = $1
                            AND o.proposal_id = k.proposal_id AND o.number BETWEEN first.public AND v.number
                      )::int END AS public_number
               FROM proposal_version v
               WHERE v.municipality_id = $1 AND v.proposal_id = k.proposal_id
                 AND (k.before IS NULL OR v.number < k.before)
                 AND v.number >= CASE k.audience WHEN 'authors' THEN 1
                                                 WHEN 'staff' THEN coalesce(first.submitted, first.public)
                                                 ELSE first.public END
               ORDER BY v.number DESC LIMIT $5) t
           ORDER BY k.number, t.number DESC""",
        municipality_id,
        [key.proposal_id for key in keys],
        [key.audience.value for key in keys],
        [key.before for key in keys],
        limit,
    )
    found: dict[VersionsKey, list[VersionRow]] = {key: [] for key in keys}
    for row in rows:
        page, *values = row.values()
        found[keys[page]].append(VersionRow(*values))
    return found


async def public_versions_of(municipality_id: int, proposal_ids: Sequence[int]) -> dict[int, int]:
    """How many texts of each of these readers could read; none for what was never public."""
    rows = await fetch(
        f"""SELECT k.proposal_id, count(v.id) AS count
            FROM unnest($2::bigint[]) AS k (proposal_id)
            CROSS JOIN LATERAL (SELECT {_FIRST_PUBLIC} AS public) first
            JOIN proposal_version v ON v.municipality_id = $1 AND v.proposal_id = k.proposal_id
                AND v.number >= first.public
            GROUP BY k.proposal_id""",
        municipality_id,
        proposal_ids,
    )
    return {row["proposal_id"]: row["count"] for row in rows}
