"""Reading notifications, and choosing which to get."""

from typing import Annotated, TypeVar

import strawberry

from api.context import Context, Info, context_of
from api.errors import InvalidProblem, LimitProblem, LoginProblem, NotAllowedProblem, NotFoundProblem
from api.fields import mutation, payload
from api.node_ids import number_of
from api.notifications.enums import Cause, Channel, EventKind
from api.notifications.types import NotificationCausePreference, NotificationPreference
from backend.notifications.inbox import mark_all_read, mark_read, unread_count
from backend.notifications.preferences import (
    cause_preferences_of,
    preferences_of,
    set_preference,
    set_preferences,
)
from backend.platform.errors import Invalid, LimitExceeded

T = TypeVar("T")
MAX_AT_ONCE = 100


@strawberry.type(description="The notifications are read.")
class NotificationsRead:
    changed: int = strawberry.field(description="How many were unread until now.")
    unread_count: int = strawberry.field(description="How many are unread still, counted up to 100.")


@strawberry.type(description="All choices after the change.")
class NotificationPreferencesChanged:
    preferences: list[NotificationPreference] = strawberry.field(description="Every kind in every channel.")
    causes: list[NotificationCausePreference] = strawberry.field(
        description="Every cause that can be turned off, in every channel."
    )


MarkNotificationsReadPayload = payload(
    NotificationsRead,
    "MarkNotificationsReadPayload",
    "How many were read, or why none.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    LimitProblem,
)
SetNotificationPreferencePayload = payload(
    NotificationPreferencesChanged,
    "SetNotificationPreferencePayload",
    "The choices, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
)
SetNotificationPreferencesPayload = payload(
    NotificationPreferencesChanged,
    "SetNotificationPreferencesPayload",
    "The choices, or why none of them.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    LimitProblem,
)


_USE_ENABLED = "Use enabled. Goes after 2027-12-01."


@strawberry.input(description="Whether to be notified of a kind by a channel.")
class NotificationPreferenceInput:
    kind: EventKind = strawberry.field(description="What happens.")
    channel: Channel = strawberry.field(description="Where to be notified.")
    enabled: bool | None = strawberry.field(default=None, description="Whether to be notified; needed.")
    old_enabled: bool | None = strawberry.field(
        name="wanted", default=None, description="The same as enabled.", deprecation_reason=_USE_ENABLED
    )


@strawberry.input(description="Whether to be notified for a cause by a channel.")
class NotificationCauseInput:
    cause: Cause = strawberry.field(description="SUPPORTER, DISCUSSION or PROPOSAL.")
    channel: Channel = strawberry.field(description="Where to be notified.")
    enabled: bool = strawberry.field(description="Whether to be notified.")


@strawberry.type
class NotificationMutations:
    """What a person does with notifications."""

    @mutation(
        MarkNotificationsReadPayload,
        scope="write",
        description="Mark notifications as read: those named, or all up to one. Give one of the two.",
    )
    async def mark_notifications_read(
        self,
        info: Info,
        ids: Annotated[
            list[strawberry.ID] | None, strawberry.argument(description="These, at most 100.")
        ] = None,
        up_to: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="This one and all before it, so that what came meanwhile stays unread."
            ),
        ] = None,
    ) -> NotificationsRead:
        context = context_of(info)
        if (ids is None) == (up_to is None):
            raise Invalid("ids_or_up_to", "Velg enten enkelte varsler eller alle fram til ett.", field="ids")
        if up_to is not None:
            changed = await mark_all_read(context.actor, up_to=number_of(up_to, "Notification", field="upTo"))
        else:
            numbers = [number_of(one, "Notification", field="ids") for one in _bounded(ids or [])]
            changed = await mark_read(context.actor, numbers)
        return NotificationsRead(changed=changed, unread_count=await unread_count(context.actor))

    @mutation(
        SetNotificationPreferencePayload,
        scope="write",
        description="Choose whether to be notified of a kind by a channel.",
    )
    async def set_notification_preference(
        self,
        info: Info,
        kind: Annotated[EventKind, strawberry.argument(description="What happens.")],
        channel: Annotated[Channel, strawberry.argument(description="Where to be notified.")],
        enabled: Annotated[
            bool | None, strawberry.argument(description="Whether to be notified; needed.")
        ] = None,
        old_enabled: Annotated[
            bool | None,
            strawberry.argument(
                name="wanted", description="The same as enabled.", deprecation_reason=_USE_ENABLED
            ),
        ] = None,
    ) -> NotificationPreferencesChanged:
        context = context_of(info)
        await set_preference(context.actor, kind.value, channel.value, enabled=_enabled(enabled, old_enabled))
        return await _preferences_changed(context)

    @mutation(
        SetNotificationPreferencesPayload,
        scope="write",
        description="Choose of several kinds and causes, each by channel, at once: all of it, or nothing.",
    )
    async def set_notification_preferences(
        self,
        info: Info,
        choices: Annotated[
            list[NotificationPreferenceInput],
            strawberry.argument(description="At most 100; of two about the same, the last one counts."),
        ],
        causes: Annotated[
            list[NotificationCauseInput] | None,
            strawberry.argument(description="At most 100 in the same way; a notification needs both."),
        ] = None,
    ) -> NotificationPreferencesChanged:
        context = context_of(info)
        await set_preferences(
            context.actor,
            [
                (one.kind.value, one.channel.value, _enabled(one.enabled, one.old_enabled))
                for one in _bounded(choices)
            ],
            [(one.cause.value, one.channel.value, one.enabled) for one in _bounded(causes or [])],
        )
        return await _preferences_changed(context)


async def _preferences_changed(context: Context) -> NotificationPreferencesChanged:
    rows = await preferences_of(context.actor)
    causes = await cause_preferences_of(context.actor)
    return NotificationPreferencesChanged(
        preferences=[NotificationPreference.from_row(row, context.language) for row in rows],
        causes=[NotificationCausePreference.from_row(row, context.language) for row in causes],
    )


def _enabled(enabled: bool | None, old_enabled: bool | None) -> bool:
    """The choice, by either name. Raises Invalid for none, and for two that differ."""
    named = {choice for choice in (enabled, old_enabled) if choice is not None}
    if len(named) != 1:
        raise Invalid("enabled_needed", "Velg om du vil ha varselet eller ikke.", field="enabled")
    return named.pop()


def _bounded(ids: list[T]) -> list[T]:
    if len(ids) > MAX_AT_ONCE:
        raise LimitExceeded(
            "too_many_at_once",
            "Du kan velge høyst {limit} varsler om gangen, og valgte {figure}.",
            limit=MAX_AT_ONCE,
            figure=len(ids),
        )
    return ids
