"""The table that all kinds of content have a row in."""

from tortoise import fields

from backend.platform.rows import Row


class Content(Row):
    """What people write and others see, one row whatever kind it is of; `kind_id` is its id among its kind.

    The root is the content whose page it stands on: itself where it has one.
    """

    kind = fields.CharField(max_length=12)
    kind_id = fields.BigIntField()
    root_kind = fields.CharField(max_length=12, null=True)
    root_id = fields.BigIntField(null=True)
    topic_id = fields.BigIntField(null=True)
    author_id = fields.BigIntField(null=True)

    class Meta:
        table = "content"
        unique_together = (("municipality_id", "kind", "kind_id"),)
