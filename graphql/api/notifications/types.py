"""GraphQL types of notifications."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import strawberry

from api.content.loaders import summary_of
from api.context import Context, Info, context_of
from api.node_ids import to_global_id
from api.notifications.enums import Cause, Channel, EventKind
from api.pagination import Connection, keyset_page
from api.proposals.loaders import facts_loader
from api.proposals.types import Proposal
from api.slices import content_types
from api.topics.loaders import topic_loader
from api.topics.types import Topic
from backend.notifications.inbox import InboxRow, describe, list_inbox
from backend.notifications.preferences import CausePreferenceRow, PreferenceRow
from backend.notifications.wording import Message
from backend.platform.i18n import translate


@strawberry.type(description="Something that the viewer is told.")
class Notification:
    """A notification in the viewer's language."""

    row: strawberry.Private[InboxRow]
    id: strawberry.ID = strawberry.field(description="What markNotificationsRead takes.")
    kind: EventKind = strawberry.field(description="What happened.")
    cause: Cause = strawberry.field(description="Why the viewer is told.")
    subject: str = strawberry.field(description="In one line, without words that residents wrote.")
    text: str = strawberry.field(description="In some sentences.")
    reasons: list[str] = strawberry.field(description="The grounds of a decision, where there are any.")
    created_at: datetime = strawberry.field(description="When.")
    read_at: datetime | None = strawberry.field(description="When the viewer read it; null: not yet.")

    @strawberry.field(
        description="The address of what it is about, without the language; null when the viewer may not know of it "
        "any more."
    )
    async def path(self, info: Info) -> str | None:
        known = await summary_of(context_of(info), self.row.root)
        return self.row.path if known else None

    @strawberry.field(description="The words of a button that leads there, in the viewer's language.")
    def action(self, info: Info) -> str:
        """Such as to see a proposal."""
        return translate(context_of(info).language, self.row.action)

    @strawberry.field(
        description="The id of what it is about, to be asked for by `node`; null where it is no node."
    )
    def content_id(self) -> strawberry.ID | None:
        """Whatever kind of content it is."""
        kind, number = self.row.subject
        type_name = content_types().get(kind)
        return None if type_name is None else strawberry.ID(to_global_id(type_name, number))

    @strawberry.field(
        description="The proposal it is about; null when the viewer may not know of it any more."
    )
    async def proposal(self, info: Info) -> Proposal | None:
        if self.row.root.kind != "proposal":
            return None
        facts = await facts_loader(context_of(info)).load(self.row.root.id)
        return Proposal.from_row(facts.proposal) if facts else None

    @strawberry.field(description="The comment it is about, by id.")
    def comment_id(self) -> strawberry.ID | None:
        """To be asked for by `node`."""
        kind, number = self.row.subject
        return strawberry.ID(to_global_id("Comment", number)) if kind == "comment" else None

    @strawberry.field(description="The topic it is about.")
    async def topic(self, info: Info) -> Topic | None:
        if self.row.topic_id is None:
            return None
        row: Any = await topic_loader(context_of(info)).load(self.row.topic_id)
        return Topic.from_row(row)

    @classmethod
    def from_row(cls, row: InboxRow, said: Message) -> "Notification":
        """The type for a row and what it says."""
        return cls(
            row=row,
            id=strawberry.ID(to_global_id("Notification", row.id)),
            kind=row.kind,
            cause=row.cause,
            subject=said.subject,
            text=said.text,
            reasons=list(said.reasons),
            created_at=row.created_at,
            read_at=row.read_at,
        )


@strawberry.type(description="Whether the viewer is told of one kind by one channel.")
class NotificationPreference:
    """A choice as it stands."""

    kind: EventKind = strawberry.field(description="What happens.")
    channel: Channel = strawberry.field(description="Where the viewer is told.")
    label: str = strawberry.field(description="The kind in words, in the viewer's language.")
    enabled: bool = strawberry.field(description="Whether the viewer is notified, by choice or by default.")
    is_required: bool = strawberry.field(description="Whether it cannot be turned off.")

    @strawberry.field(
        name="wanted",
        description="The same as enabled.",
        deprecation_reason="Use enabled. Goes after 2027-12-01.",
    )
    def old_enabled(self) -> bool:
        return self.enabled

    @classmethod
    def from_row(cls, row: PreferenceRow, language: str) -> "NotificationPreference":
        """The type for a row."""
        return cls(
            kind=row.kind,
            channel=row.channel,
            label=translate(language, row.label),
            enabled=row.enabled,
            is_required=row.is_required,
        )


@strawberry.type(description="Whether the viewer is notified for one cause by one channel.")
class NotificationCausePreference:
    """A choice as it stands; it holds together with that of the kind."""

    cause: Cause = strawberry.field(description="What the viewer is to the proposal.")
    channel: Channel = strawberry.field(description="Where the viewer is notified.")
    label: str = strawberry.field(description="The cause in words, in the viewer's language.")
    enabled: bool = strawberry.field(description="Whether the viewer is notified, by choice or by default.")

    @classmethod
    def from_row(cls, row: CausePreferenceRow, language: str) -> "NotificationCausePreference":
        """The type for a row."""
        return cls(
            cause=row.cause,
            channel=row.channel,
            label=translate(language, row.label),
            enabled=row.is_enabled,
        )


async def inbox(
    context: Context, first: int, after: str | None, *, unread_only: bool
) -> Connection[Notification]:
    """A page of the viewer's notifications, the newest first."""

    async def fetch(before: int | None, limit: int) -> list[tuple[InboxRow, Message]]:
        rows = await list_inbox(context.actor, before=before, limit=limit, unread_only=unread_only)
        described = await describe(replace(context.actor, language=context.language), rows)
        return [(row, described[row.id]) for row in rows]

    page: Connection[Notification] = await keyset_page(
        first,
        after,
        int,
        fetch=fetch,
        node=lambda each: Notification.from_row(*each),
        key=lambda each: each[0].id,
    )
    return page
