"""Tables of follows."""

from tortoise import fields

from backend.platform.rows import Row


class Follow(Row):
    """A person follows one topic, or one piece of content with a page of its own."""

    account_id = fields.BigIntField()
    topic_id = fields.BigIntField(null=True)
    subject_type = fields.CharField(max_length=12, null=True)
    subject_id = fields.BigIntField(null=True)
    # Filled by trigger, for the version before.
    proposal_id = fields.BigIntField(null=True)

    class Meta:
        table = "follow"
        unique_together = (
            ("municipality_id", "account_id", "topic_id"),
            ("municipality_id", "account_id", "proposal_id"),
            ("municipality_id", "account_id", "subject_type", "subject_id"),
        )
