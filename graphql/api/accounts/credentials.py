"""Ending sessions, making and ending keys, and asking for one's data."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.accounts.own import DataRequest
from api.context import Context, Info, context_of
from api.errors import ConflictProblem, InvalidProblem, LoginProblem, NotAllowedProblem, NotFoundProblem
from api.node_ids import number_of, to_global_id
from api.refusals import with_problems
from backend.accounts import my_data, sessions, tokens
from backend.authz import require, with_scope


@strawberry.type(description="The sessions have ended.")
class SessionsRevoked:
    """Success."""

    count: int = strawberry.field(description="How many.")


@strawberry.type(description="A key just made.")
class AccessTokenCreated:
    """Success."""

    id: strawberry.ID = strawberry.field(description="What revokeAccessToken takes.")
    secret: str = strawberry.field(
        description="What a script sends as bearer token. Shown now and never again."
    )
    expires_at: datetime = strawberry.field(description="When it ends.")


@strawberry.type(description="The key has ended.")
class AccessTokenRevoked:
    """Success."""

    id: strawberry.ID = strawberry.field(description="The id that was sent.")


@strawberry.type(description="The request, which a worker now sees to.")
class DataRequested:
    """Success."""

    request: DataRequest = strawberry.field(description="How it stands.")


RevokeSessionPayload = Annotated[
    SessionsRevoked | InvalidProblem | LoginProblem | NotAllowedProblem | NotFoundProblem,
    strawberry.union("RevokeSessionPayload", description="Ended, or why not."),
]
CreateAccessTokenPayload = Annotated[
    AccessTokenCreated | InvalidProblem | LoginProblem | NotAllowedProblem | ConflictProblem,
    strawberry.union("CreateAccessTokenPayload", description="The key, or why not."),
]
RevokeAccessTokenPayload = Annotated[
    AccessTokenRevoked | InvalidProblem | LoginProblem | NotAllowedProblem | NotFoundProblem,
    strawberry.union("RevokeAccessTokenPayload", description="Ended, or why not."),
]
DataRequestPayload = Annotated[
    DataRequested | LoginProblem | NotAllowedProblem | ConflictProblem,
    strawberry.union("DataRequestPayload", description="The request, or why not."),
]


@strawberry.type
class CredentialMutations:
    """What a person does with their sessions, keys and data."""

    @strawberry.mutation(description="End one of one's sessions.")
    @with_problems
    async def revoke_session(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The session's id.")],  # noqa: A002
    ) -> RevokeSessionPayload:
        """Ended."""
        context = context_of(info)
        require(with_scope("write")(context.actor, None))
        await sessions.revoke_session(context.actor, number_of(id, "Session"))
        return SessionsRevoked(count=1)

    @strawberry.mutation(description="End all of one's sessions but the one that asks.")
    @with_problems
    async def revoke_other_sessions(self, info: Info) -> RevokeSessionPayload:
        """Ended."""
        context = context_of(info)
        require(with_scope("write")(context.actor, None))
        return SessionsRevoked(count=await sessions.revoke_other_sessions(context.actor))

    @strawberry.mutation(
        description="Make a key for scripts; for those who work here, in a browser. A secret is shown once only: sent "
        "again with the same idempotency key, it is a conflict, and nothing is made."
    )
    @with_problems
    async def create_access_token(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="What to call it, 1 to 80 characters.")],
        scopes: Annotated[
            list[str], strawberry.argument(description="Of read, write, export, moderate and plan.")
        ],
        days: Annotated[int, strawberry.argument(description="How long it holds, 1 to 365 days.")] = 90,
        idempotency_key: Annotated[
            str | None, strawberry.argument(description="Sent again with the same key, it is made once.")
        ] = None,
    ) -> CreateAccessTokenPayload:
        """Made."""
        made = await tokens.create_token(context_of(info).actor, name, scopes, days, key=idempotency_key)
        return AccessTokenCreated(
            id=strawberry.ID(to_global_id("AccessToken", made.id)),
            secret=made.secret,
            expires_at=made.expires_at,
        )

    @strawberry.mutation(description="End one of one's keys.")
    @with_problems
    async def revoke_access_token(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The key's id.")],  # noqa: A002
    ) -> RevokeAccessTokenPayload:
        """Ended."""
        await tokens.revoke_token(context_of(info).actor, number_of(id, "AccessToken"))
        return AccessTokenRevoked(id=id)

    @strawberry.mutation(
        description="Ask for everything about oneself; a request under way is not made twice."
    )
    @with_problems
    async def request_my_data(self, info: Info) -> DataRequestPayload:
        """Asked for."""
        context = context_of(info)
        return await _requested(context, await my_data.request_export(context.actor))

    @strawberry.mutation(description="Ask to be deleted; a request under way is not made twice.")
    @with_problems
    async def request_deletion(
        self,
        info: Info,
        keep_content: Annotated[
            bool, strawberry.argument(description="Whether what was public stays, without a name.")
        ],
    ) -> DataRequestPayload:
        """Asked for."""
        context = context_of(info)
        number = await my_data.request_deletion(context.actor, keep_content=keep_content)
        return await _requested(context, number)


async def _requested(context: Context, number: int) -> DataRequested:
    row = await my_data.data_request(context.actor, number)
    return DataRequested(request=DataRequest.from_row(row, context.settings.base_url))
