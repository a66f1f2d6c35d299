"""What staff in charge of a proposal tell each other about it; nobody else ever knows that there is a note.

Notes are only ever added. Their writer may withdraw one: it keeps its place, without its words to anybody.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.platform.authz import Actor, Refusal, logged_in, require
from backend.platform.database import execute, fetch, fetch_row, fetch_value
from backend.platform.errors import NotFound
from backend.platform.idempotency import once
from backend.proposals.access import access_proposal, visible_proposals
from backend.proposals.rules import may
from backend.text.checks import validate_text
from backend.text.personal_data.public_contacts import contacts_for

BODY = (1, 4_000)
NOT_FOUND = Refusal("note_not_found", "Notatet finnes ikke.", error=NotFound)
WRITER_ONLY = Refusal("writer_only", "Bare den som skrev notatet, kan trekke det.")


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note; `body` is None once it is withdrawn."""

    id: int
    proposal_id: int
    author_id: int
    body: str | None
    created_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class NotesKey:
    """Where a page of a proposal's notes begins: below the id `before`."""

    proposal_id: int
    before: int | None = None


_COLUMNS = """n.id, n.proposal_id, n.author_id, CASE WHEN n.withdrawn_at IS NULL THEN n.body END AS body,
    n.created_at, n.withdrawn_at"""


async def note_pages(
    municipality_id: int, keys: Sequence[NotesKey], *, limit: int
) -> dict[NotesKey, list[NoteRow]]:
    """Pages of notes on many proposals, the newest first, in one statement. The caller has asked the rules."""
    rows = await fetch(
        f"""SELECT k.number::int - 1 AS page, t.*
            FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS k (proposal_id, before, number)
            CROSS JOIN LATERAL (SELECT {_COLUMNS} FROM proposal_note n
                WHERE n.municipality_id = $1 AND n.proposal_id = k.proposal_id
                  AND (k.before IS NULL OR n.id < k.before) ORDER BY n.id DESC LIMIT $4) t
            ORDER BY k.number, t.id DESC""",
        municipality_id,
        [key.proposal_id for key in keys],
        [key.before for key in keys],
        limit,
    )
    found: dict[NotesKey, list[NoteRow]] = {key: [] for key in keys}
    for row in rows:
        page, *values = row.values()
        found[keys[page]].append(NoteRow(*values))
    return found


async def add_note(actor: Actor, proposal_id: int, body: str, *, key: str | None = None) -> int:
    """Note something of 1 to 4,000 characters on a proposal; returns the note's id.

    Noted again by the same person within an hour, it is the note there is, whatever its key.
    Raises NotFound, Unauthenticated, Forbidden, Invalid, PersonalData, Conflict (key reused).
    """
    require(logged_in(actor, None))
    text = await asyncio.to_thread(
        validate_text, body, BODY, "body", multiline=True, public=contacts_for(actor)
    )

    async def create() -> int:
        await access_proposal(actor, proposal_id, "note")
        # The proposal is locked, so a note sent twice at once is seen here by the second of the two.
        same: int | None = await fetch_value(
            """SELECT id FROM proposal_note
               WHERE municipality_id = $1 AND proposal_id = $2 AND author_id = $3 AND body = $4
                 AND withdrawn_at IS NULL AND created_at > now() - interval '1 hour'
               ORDER BY id DESC LIMIT 1""",
            actor.municipality_id,
            proposal_id,
            actor.account_id,
            text,
        )
        if same is not None:
            return same
        note_id: int = await fetch_value(
            """INSERT INTO proposal_note (municipality_id, proposal_id, author_id, body)
               VALUES ($1, $2, $3, $4) RETURNING id""",
            actor.municipality_id,
            proposal_id,
            actor.account_id,
            text,
        )
        return note_id

    return await once(actor, "add_note", key, [proposal_id, text], create)


async def withdraw_note(actor: Actor, note_id: int) -> None:
    """Take back a note of one's own; done already, nothing changes. Raises NotFound, Unauthenticated, Forbidden."""
    require(logged_in(actor, None))
    note = await note_by_id(actor, note_id)
    if note.author_id != actor.account_id:
        raise WRITER_ONLY.as_error()
    await execute(
        """UPDATE proposal_note SET withdrawn_at = now()
           WHERE municipality_id = $1 AND id = $2 AND withdrawn_at IS NULL""",
        actor.municipality_id,
        note_id,
    )


async def note_by_id(actor: Actor, note_id: int) -> NoteRow:
    """A note that the actor may know of. Raises NotFound."""
    row = await fetch_row(
        f"SELECT {_COLUMNS} FROM proposal_note n WHERE n.municipality_id = $1 AND n.id = $2",
        actor.municipality_id,
        note_id,
    )
    if row is None:
        raise NOT_FOUND.as_error()
    facts = (await visible_proposals(actor, [row["proposal_id"]])).get(row["proposal_id"])
    # Where one may not note, there are no notes.
    if facts is None or not may(actor, "note", facts):
        raise NOT_FOUND.as_error()
    return NoteRow(*row.values())
