"""Notes that staff in charge of a proposal write to each other."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from api.accounts.types import Author, author_of
from api.context import Context, Info, context_of
from api.errors import (
    ConflictProblem,
    InvalidProblem,
    LimitProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    PersonalDataProblem,
)
from api.fields import IdempotencyKey, mutation, payload
from api.node import Node, fetched_by
from api.node_ids import number_of, to_global_id
from api.pagination import Connection, keyset_page
from api.proposals import loaders
from backend.platform.authz import require, with_scope
from backend.platform.errors import DomainError
from backend.proposals import notes
from backend.proposals.notes import NoteRow, NotesKey
from backend.proposals.queries import ProposalRow
from backend.proposals.rules import may


@strawberry.type(
    description="What somebody in charge of a proposal noted about it, for the others in charge alone."
)
class InternalNote(Node):
    row: strawberry.Private[NoteRow]
    body: str | None = strawberry.field(description="Its words, plain text; null once it is withdrawn.")
    created_at: datetime = strawberry.field(description="When it was written.")
    withdrawn_at: datetime | None = strawberry.field(description="When its writer took it back.")

    @strawberry.field(description="Who wrote it.")
    async def author(self, info: Info) -> Author | None:
        return await author_of(context_of(info), self.row.author_id)

    @strawberry.field(description="Whether the viewer wrote it, and so may withdraw it.")
    def viewer_is_author(self, info: Info) -> bool:
        return self.row.author_id == context_of(info).actor.account_id

    @classmethod
    def from_row(cls, row: NoteRow) -> "InternalNote":
        """The type for a row that the actor may know of."""
        return cls(
            row=row,
            id=strawberry.ID(to_global_id("InternalNote", row.id)),
            body=row.body,
            created_at=row.created_at,
            withdrawn_at=row.withdrawn_at,
        )


@strawberry.type(description="The note as it stands now.")
class InternalNoteChanged:
    note: InternalNote = strawberry.field(description="The note.")


InternalNotesResult = payload(
    Connection[InternalNote],
    "InternalNotesResult",
    "The notes, or why the viewer may not know of any there may be.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
)
InternalNotePayload = payload(
    InternalNoteChanged,
    "InternalNotePayload",
    "The note, or why not.",
    InvalidProblem,
    PersonalDataProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    ConflictProblem,
    LimitProblem,
)


async def notes_on(
    context: Context, proposal: ProposalRow, first: int, after: str | None
) -> Connection[InternalNote]:
    """A page of the notes on a proposal; raises DomainError to whom they are not for."""

    async def fetch(before: int | None, limit: int) -> list[NoteRow]:
        require(with_scope("read")(context.actor, None))
        facts = await loaders.row_facts_loader(context).load(proposal)
        require(may(context.actor, "note", facts))
        return await loaders.notes_loader(context, limit).load(NotesKey(proposal.id, before))

    page: Connection[InternalNote] = await keyset_page(
        first,
        after,
        int,
        fetch=fetch,
        node=InternalNote.from_row,
        key=lambda row: row.id,
    )
    return page


@strawberry.type
class NoteMutations:
    """What staff in charge note."""

    @mutation(
        InternalNotePayload,
        scope=("plan", "moderate"),
        description="Note something on a proposal, for the others in charge of it alone.",
    )
    async def add_internal_note(
        self,
        info: Info,
        proposal: Annotated[strawberry.ID, strawberry.argument(description="The proposal's id.")],
        body: Annotated[
            str,
            strawberry.argument(description="1 to 4,000 characters of plain text, without personal data."),
        ],
        idempotency_key: IdempotencyKey = None,
    ) -> InternalNoteChanged:
        context = context_of(info)
        number = await notes.add_note(
            context.actor, number_of(proposal, "Proposal", field="proposal"), body, key=idempotency_key
        )
        return await _changed(context, number)

    @mutation(
        InternalNotePayload,
        scope=("plan", "moderate"),
        description="Take back a note of one's own: it keeps its place, without its words.",
    )
    async def withdraw_internal_note(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The note's id.")],  # noqa: A002
    ) -> InternalNoteChanged:
        context = context_of(info)
        number = number_of(id, "InternalNote")
        await notes.withdraw_note(context.actor, number)
        return await _changed(context, number)


async def _changed(context: Context, number: int) -> InternalNoteChanged:
    context.reset()
    return InternalNoteChanged(note=InternalNote.from_row(await notes.note_by_id(context.actor, number)))


@fetched_by("InternalNote")
async def fetch_note(context: Context, number: int) -> Any:
    """A note that the actor may know of."""
    try:
        return InternalNote.from_row(await notes.note_by_id(context.actor, number))
    except DomainError:
        return None
