"""Tables of moderation."""

from typing import Any

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField

from backend.platform.rows import Row


class ModerationCase(Row):
    """One decision to be made on one version of one piece of content.

    `state` goes waiting → claimed → decided, or straight to decided when screening publishes.
    """

    subject_type = fields.CharField(max_length=12)
    subject_id = fields.BigIntField()
    subject_version = fields.IntField(db_default=1)
    topic_id = fields.BigIntField()
    author_id = fields.BigIntField(null=True)
    origin = fields.CharField(max_length=10)
    reasons: fields.Field[list[str]] = ArrayField("text")
    state = fields.CharField(max_length=10)
    claimed_by_id = fields.BigIntField(null=True)
    claimed_at = fields.DatetimeField(null=True)
    decision = fields.CharField(max_length=10, null=True)
    decided_by_id = fields.BigIntField(null=True)
    decided_at = fields.DatetimeField(null=True)
    reason_code = fields.CharField(max_length=40, null=True)
    reason_text = fields.TextField(null=True)

    class Meta:
        table = "moderation_case"


class ModerationSignal(Row):
    """What one screening signal said, with the version that said it. Score 0–1, null when it failed."""

    case_id = fields.BigIntField()
    name = fields.CharField(max_length=40)
    version = fields.CharField(max_length=20)
    score = fields.FloatField(null=True)
    detail: fields.JSONField[dict[str, Any]] = fields.JSONField()

    class Meta:
        table = "moderation_signal"
        unique_together = (("municipality_id", "case_id", "name"),)


class Report(Row):
    """A reader told that content breaks the rules; it joins the moderation case that is open, or opens one."""

    reporter_id = fields.BigIntField()
    subject_type = fields.CharField(max_length=12)
    subject_id = fields.BigIntField()
    reason_code = fields.CharField(max_length=40)
    text = fields.TextField()
    case_id = fields.BigIntField()

    class Meta:
        table = "report"
        unique_together = (("municipality_id", "case_id", "reporter_id"),)
