"""What belongs to one's own account: where one is logged in, keys for scripts, requests about one's data."""

from datetime import datetime

import strawberry

from api.accounts.enums import DataRequestKind, DataRequestState
from api.errors import InvalidProblem, NotAllowedProblem
from api.fields import payload
from api.node_ids import to_global_id
from api.pagination import Connection
from backend.accounts.addresses import my_data_path
from backend.accounts.my_data import DataRequestRow
from backend.accounts.sessions import SessionRow
from backend.accounts.tokens import TokenRow


@strawberry.type(description="A browser where the viewer is logged in.")
class Session:
    id: strawberry.ID = strawberry.field(description="What revokeSession takes.")
    provider: str = strawberry.field(description="By which provider the viewer logged in.")
    device: str | None = strawberry.field(description="Which browser and system it looked like then.")
    created_at: datetime = strawberry.field(description="When the viewer logged in.")
    last_seen_at: datetime = strawberry.field(description="When it was last used, to the minute.")
    expires_at: datetime = strawberry.field(description="When it ends at the latest.")
    is_current: bool = strawberry.field(description="Whether it is the one that asks.")

    @classmethod
    def from_row(cls, row: SessionRow) -> "Session":
        """The type for a row."""
        return cls(
            id=strawberry.ID(to_global_id("Session", row.id)),
            provider=row.provider,
            device=row.device,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            expires_at=row.expires_at,
            is_current=row.is_current,
        )


@strawberry.type(description="A key for the viewer's scripts. Its secret is not kept.")
class AccessToken:
    id: strawberry.ID = strawberry.field(description="What revokeAccessToken takes.")
    name: str = strawberry.field(description="What the viewer called it.")
    scopes: list[str] = strawberry.field(description="What it may be used for.")
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime = strawberry.field(description="When it ends.")
    last_used_at: datetime | None = strawberry.field(description="When it was last used, to the minute.")

    @classmethod
    def from_row(cls, row: TokenRow) -> "AccessToken":
        """The type for a row."""
        return cls(
            id=strawberry.ID(to_global_id("AccessToken", row.id)),
            name=row.name,
            scopes=list(row.scopes),
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
        )


@strawberry.type(description="The viewer asked for their data, or to be deleted.")
class DataRequest:
    """A request, and how far it has come."""

    id: strawberry.ID = strawberry.field(description="The request's id.")
    kind: DataRequestKind = strawberry.field(description="What was asked for.")
    keep_content: bool | None = strawberry.field(
        description="For a deletion: whether public content stays, without a name."
    )
    state: DataRequestState = strawberry.field(description="How it stands.")
    progress: int = strawberry.field(description="How far it has come, 0 to 100.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    finished_at: datetime | None = strawberry.field(description="When it was done.")
    expires_at: datetime | None = strawberry.field(description="Until when the export can be fetched.")
    can_fetch: bool = strawberry.field(description="Whether the export is there to be fetched.")
    download_url: str | None = strawberry.field(
        description="Where the viewer's browser fetches the export, a ZIP file; null before it is done and once it "
        "has expired."
    )

    @classmethod
    def from_row(cls, row: DataRequestRow, base_url: str) -> "DataRequest":
        """The type for a row; `base_url` is the site's own address."""
        global_id = to_global_id("DataRequest", row.id)
        return cls(
            id=strawberry.ID(global_id),
            kind=DataRequestKind(row.kind),
            keep_content=row.keep_content,
            state=DataRequestState(row.state),
            progress=row.progress,
            created_at=row.created_at,
            finished_at=row.finished_at,
            expires_at=row.expires_at,
            can_fetch=row.can_fetch,
            download_url=f"{base_url}{my_data_path(global_id)}" if row.can_fetch else None,
        )


AccessTokensResult = payload(
    Connection[AccessToken],
    "AccessTokensResult",
    "The keys, or why they are not told: not to a script.",
    InvalidProblem,
    NotAllowedProblem,
)
DataRequestsResult = payload(
    Connection[DataRequest],
    "DataRequestsResult",
    "The requests, or why they are not told: not to a script.",
    InvalidProblem,
    NotAllowedProblem,
)
