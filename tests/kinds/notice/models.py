"""Tables of notices."""

from tortoise import fields

from backend.platform.rows import Row


class Notice(Row):
    """A notice, with the words and grams that it is found by."""

    topic_id = fields.BigIntField()
    author_id = fields.BigIntField(null=True)
    state = fields.CharField(max_length=12)
    language = fields.CharField(max_length=2)
    title = fields.CharField(max_length=120)
    body = fields.TextField()
    published_at = fields.DatetimeField(null=True)

    class Meta:
        table = "notice"
