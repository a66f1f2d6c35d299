"""Tables of notifications."""

from typing import Any

from tortoise import fields

from backend.platform.rows import Row


class Event(Row):
    """Something happened that people may want to know of. `key` makes the same happening one row.

    It is about the subject, which stands on the page of the root.
    """

    kind = fields.CharField(max_length=30)
    key = fields.CharField(max_length=120)
    subject_type = fields.CharField(max_length=12, null=True)
    subject_id = fields.BigIntField(null=True)
    root_type = fields.CharField(max_length=12, null=True)
    root_id = fields.BigIntField(null=True)
    # Filled by trigger, for the version before.
    proposal_id = fields.BigIntField(null=True)
    comment_id = fields.BigIntField(null=True)
    topic_id = fields.BigIntField(null=True)
    actor_id = fields.BigIntField(null=True)
    detail: fields.JSONField[dict[str, Any]] = fields.JSONField()

    class Meta:
        table = "event"
        unique_together = (("municipality_id", "key"),)


class Delivery(Row):
    """An event for one person in one channel (in_app, email), and what came of it."""

    event_id = fields.BigIntField()
    account_id = fields.BigIntField()
    channel = fields.CharField(max_length=10)
    cause = fields.CharField(max_length=12)
    state = fields.CharField(max_length=10, db_default="waiting")
    dropped_because = fields.CharField(max_length=40, null=True)
    claimed_at = fields.DatetimeField(null=True)
    sent_at = fields.DatetimeField(null=True)
    read_at = fields.DatetimeField(null=True)

    class Meta:
        table = "delivery"
        unique_together = (("municipality_id", "event_id", "account_id", "channel"),)


class Preference(Row):
    """Whether a person wants a kind of notification in a channel; without a row the kind's default holds."""

    account_id = fields.BigIntField()
    kind = fields.CharField(max_length=30)
    channel = fields.CharField(max_length=10)
    wanted = fields.BooleanField()

    class Meta:
        table = "notification_preference"
        unique_together = (("municipality_id", "account_id", "kind", "channel"),)


class CausePreference(Row):
    """Whether a person wants notifications for a cause in a channel; without a row they do."""

    account_id = fields.BigIntField()
    cause = fields.CharField(max_length=12)
    channel = fields.CharField(max_length=10)
    wanted = fields.BooleanField()

    class Meta:
        table = "notification_cause_preference"
        unique_together = (("municipality_id", "account_id", "cause", "channel"),)


class Mute(Row):
    """A person wants no notifications of what happens to content with a page, whatever they are to it."""

    account_id = fields.BigIntField()
    subject_type = fields.CharField(max_length=12, null=True)
    subject_id = fields.BigIntField(null=True)
    # Filled by trigger, for the version before.
    proposal_id = fields.BigIntField(null=True)

    class Meta:
        table = "notification_mute"
        unique_together = (
            ("municipality_id", "proposal_id", "account_id"),
            ("municipality_id", "subject_type", "subject_id", "account_id"),
        )
