"""Tables of follows."""

from tortoise import fields

from backend.platform.rows import Row


class Follow(Row):
    """A person follows one topic or one proposal."""

    account_id = fields.BigIntField()
    topic_id = fields.BigIntField(null=True)
    proposal_id = fields.BigIntField(null=True)

    class Meta:
        table = "follow"
        unique_together = (
            ("municipality_id", "account_id", "topic_id"),
            ("municipality_id", "account_id", "proposal_id"),
        )
