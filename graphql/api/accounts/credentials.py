"""Ending sessions, making and ending keys, and asking for one's data."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.accounts.own import DataRequest
from api.context import Context, Info, context_of
from api.errors import ConflictProblem, InvalidProblem, LoginProblem, NotAllowedProblem, NotFoundProblem
from api.fields import NO_SCOPE, IdempotencyKey, mutation, payload
from api.node_ids import number_of, to_global_id
from backend.accounts import my_data, sessions, tokens


@strawberry.type(description="The sessions have ended.")
class SessionsRevoked:
    count: int = strawberry.field(description="How many.")


@strawberry.type(description="A key just made.")
class AccessTokenCreated:
    id: strawberry.ID = strawberry.field(description="What revokeAccessToken takes.")
    secret: str = strawberry.field(
        description="What a script sends as bearer token. Shown now and never again."
    )
    expires_at: datetime = strawberry.field(description="When it ends.")


@strawberry.type(description="The key has ended.")
class AccessTokenRevoked:
    id: strawberry.ID = strawberry.field(description="The id that was sent.")


@strawberry.type(description="The request, which a worker now sees to.")
class DataRequested:
    request: DataRequest = strawberry.field(description="How it stands.")


RevokeSessionPayload = payload(
    SessionsRevoked,
    "RevokeSessionPayload",
    "Ended, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
)
CreateAccessTokenPayload = payload(
    AccessTokenCreated,
    "CreateAccessTokenPayload",
    "The key, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    ConflictProblem,
)
RevokeAccessTokenPayload = payload(
    AccessTokenRevoked,
    "RevokeAccessTokenPayload",
    "Ended, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
)
DataRequestPayload = payload(
    DataRequested,
    "DataRequestPayload",
    "The request, or why not.",
    LoginProblem,
    NotAllowedProblem,
    ConflictProblem,
)


@strawberry.type
class CredentialMutations:
    """What a person does with their sessions, keys and data."""

    @mutation(RevokeSessionPayload, scope="write", description="End one of one's sessions.")
    async def revoke_session(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The session's id.")],  # noqa: A002
    ) -> SessionsRevoked:
        context = context_of(info)
        await sessions.revoke_session(context.actor, number_of(id, "Session"))
        return SessionsRevoked(count=1)

    @mutation(
        RevokeSessionPayload, scope="write", description="End all of one's sessions but the one that asks."
    )
    async def revoke_other_sessions(self, info: Info) -> SessionsRevoked:
        context = context_of(info)
        return SessionsRevoked(count=await sessions.revoke_other_sessions(context.actor))

    @mutation(
        CreateAccessTokenPayload,
        scope=NO_SCOPE,
        description="Make a key for scripts; for those who work here, in a browser. A secret is shown once only: sent "
        "again with the same idempotency key, it is a conflict, and nothing is made.",
    )
    async def create_access_token(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="What to call it, 1 to 80 characters.")],
        scopes: Annotated[
            list[str], strawberry.argument(description="Of read, write, export, moderate and plan.")
        ],
        days: Annotated[int, strawberry.argument(description="How long it holds, 1 to 365 days.")] = 90,
        idempotency_key: IdempotencyKey = None,
    ) -> AccessTokenCreated:
        made = await tokens.create_token(context_of(info).actor, name, scopes, days, key=idempotency_key)
        return AccessTokenCreated(
            id=strawberry.ID(to_global_id("AccessToken", made.id)),
            secret=made.secret,
            expires_at=made.expires_at,
        )

    @mutation(RevokeAccessTokenPayload, scope=NO_SCOPE, description="End one of one's keys.")
    async def revoke_access_token(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The key's id.")],  # noqa: A002
    ) -> AccessTokenRevoked:
        await tokens.revoke_token(context_of(info).actor, number_of(id, "AccessToken"))
        return AccessTokenRevoked(id=id)

    @mutation(
        DataRequestPayload,
        scope=NO_SCOPE,
        description="Ask for everything about oneself; a request under way is not made twice.",
    )
    async def request_my_data(self, info: Info) -> DataRequested:
        context = context_of(info)
        return await _requested(context, await my_data.request_export(context.actor))

    @mutation(
        DataRequestPayload,
        scope=NO_SCOPE,
        description="Ask to be deleted; a request under way is not made twice.",
    )
    async def request_deletion(
        self,
        info: Info,
        keep_content: Annotated[
            bool, strawberry.argument(description="Whether what was public stays, without a name.")
        ],
    ) -> DataRequested:
        context = context_of(info)
        number = await my_data.request_deletion(context.actor, keep_content=keep_content)
        return await _requested(context, number)


async def _requested(context: Context, number: int) -> DataRequested:
    row = await my_data.data_request(context.actor, number)
    return DataRequested(request=DataRequest.from_row(row, context.settings.base_url))
