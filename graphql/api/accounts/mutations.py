"""What people do with their own account, and administrators with roles."""

from dataclasses import replace
from typing import Annotated

import strawberry

from api.accounts.enums import NameKind, Role
from api.accounts.grants import RoleGrant
from api.accounts.types import account_of_author
from api.accounts.viewer import Viewer, viewer_of
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
from api.fields import mutation, payload
from api.node_ids import number_of
from backend.accounts import roles
from backend.accounts.emails import confirm_email
from backend.accounts.profile import UNCHANGED, ProfileChange, Unchanged, update_profile
from backend.platform.authz import logged_in, require
from backend.platform.database import unit_of_work
from backend.platform.validation import Checks, all_checked


@strawberry.input(description="The name to be seen by.")
class NameInput:
    """A name and its kind."""

    kind: NameKind = strawberry.field(description="What kind of name it is.")
    display_name: str = strawberry.field(description="2 to 60 characters.")


@strawberry.input(description="What to change; what is left out stays as it is.")
class ProfileInput:
    """All parts are optional."""

    name: NameInput | None = strawberry.field(default=None, description="The name to be seen by.")
    language: str | None = strawberry.field(default=None, description="nb, nn or en.")
    home_place: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The place one belongs to; null: none."
    )
    email: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Where mails go once it is confirmed: a letter with a secret for `confirmEmail` goes there, at "
        "most 5 within an hour; null: no mails.",
    )
    lives_here: bool | None = strawberry.field(
        default=None,
        description="Whether one lives in the municipality, by one's own word; not where a login or the population "
        "register has told.",
    )


@strawberry.type(description="The viewer after the change.")
class ProfileChanged:
    viewer: Viewer = strawberry.field(description="As they stand now.")


@strawberry.type(description="Mails go to the address from now on.")
class EmailConfirmed:
    """Success, for whoever has the letter."""

    email: str = strawberry.field(description="The address that the letter went to.")


@strawberry.type(description="The role, given or ended.")
class RoleChanged:
    grant: RoleGrant = strawberry.field(description="As it stands now.")


UpdateProfilePayload = payload(
    ProfileChanged,
    "UpdateProfilePayload",
    "The viewer, or why not.",
    InvalidProblem,
    PersonalDataProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    ConflictProblem,
    LimitProblem,
)
ConfirmEmailAddressPayload = payload(
    EmailConfirmed,
    "ConfirmEmailAddressPayload",
    "The address, or why not.",
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
)
ConfirmEmailPayload = payload(
    ProfileChanged,
    "ConfirmEmailPayload",
    "The viewer, or why not.",
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
)
RolePayload = payload(
    RoleChanged,
    "RolePayload",
    "The role, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    ConflictProblem,
)


Secret = Annotated[
    str, strawberry.argument(description="What the link in the letter to that address ends with.")
]


@strawberry.type
class AccountMutations:
    """One's own profile, and roles."""

    @mutation(
        UpdateProfilePayload,
        scope="write",
        description="Change one's own name, language, place or address: all that is given, or nothing.",
    )
    async def update_profile(
        self,
        info: Info,
        input: Annotated[ProfileInput, strawberry.argument(description="What to change.")],  # noqa: A002
    ) -> ProfileChanged:
        context = context_of(info)
        async with unit_of_work():
            with all_checked() as check:
                change = _change(input, check)
                if check.has_refused:
                    # What else is wrong; nothing of it is stored.
                    await check.wait(update_profile(context.actor, replace(change, home_place_id=UNCHANGED)))
            await update_profile(context.actor, change)
        context.reset()
        return ProfileChanged(viewer=await viewer_of(context))

    @mutation(
        ConfirmEmailPayload,
        scope="write",
        description="Have mails go to the address that is under way. A secret works once, for its own account.",
        deprecation_reason="Use confirmEmailAddress, which needs no login. Goes after 2027-12-01.",
    )
    async def confirm_email(self, info: Info, secret: Secret) -> ProfileChanged:
        context = context_of(info)
        require(logged_in(context.actor, None))
        await confirm_email(context.settings, secret, account_id=context.actor.account_id)
        context.reset()
        return ProfileChanged(viewer=await viewer_of(context))

    @mutation(
        ConfirmEmailAddressPayload,
        scope="write",
        description="Have mails go to the address that a letter went to. A secret works once, and whoever has the "
        "letter needs no login.",
    )
    async def confirm_email_address(self, info: Info, secret: Secret) -> EmailConfirmed:
        context = context_of(info)
        confirmed = await confirm_email(context.settings, secret)
        context.reset()
        return EmailConfirmed(email=confirmed.address)

    @mutation(RolePayload, scope="admin", description="Give somebody a role. For administrators.")
    async def grant_role(
        self,
        info: Info,
        account: Annotated[strawberry.ID, strawberry.argument(description="An Author's id.")],
        role: Annotated[Role, strawberry.argument(description="PLANNER, MODERATOR or ADMIN.")],
        topic: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="For this topic only; null: for all. ADMIN is always for all."),
        ] = None,
    ) -> RoleChanged:
        """Given; again, it is the same grant."""
        context = context_of(info)
        with all_checked() as check:
            number = await check.wait(account_of_author(context, account, field="account"))
            topic_id = None if topic is None else check(number_of, topic, "Topic", field="topic")
        grant_id = await roles.grant_role(context.actor, number, role, topic_id)
        return await _role_changed(context, grant_id)

    @mutation(
        RolePayload,
        scope="admin",
        description="Take a role back; the last administrator stays one. For administrators.",
    )
    async def end_role(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The RoleGrant's id.")],  # noqa: A002
    ) -> RoleChanged:
        context = context_of(info)
        grant_id = number_of(id, "RoleGrant")
        await roles.end_grant(context.actor, grant_id)
        return await _role_changed(context, grant_id)


def _change(given: ProfileInput, check: Checks) -> ProfileChange:
    home_place: int | Unchanged | None = UNCHANGED
    if given.home_place is None:
        home_place = None
    elif given.home_place is not strawberry.UNSET:
        home_place = check(number_of, given.home_place, "Place", field="homePlace")
    return ProfileChange(
        name=UNCHANGED if given.name is None else (given.name.kind.value, given.name.display_name),
        language=UNCHANGED if given.language is None else given.language,
        home_place_id=home_place,
        email=UNCHANGED if given.email is strawberry.UNSET else given.email,
        lives_here=UNCHANGED if given.lives_here is None else given.lives_here,
    )


async def _role_changed(context: Context, grant_id: int) -> RoleChanged:
    return RoleChanged(grant=RoleGrant.from_row(await roles.grant_by_id(context.actor, grant_id)))
