"""Tables of comments."""

from tortoise import fields

from backend.platform.rows import Row


class Comment(Row):
    """A comment on a proposal, or a reply to one (`parent_id`); two levels, no more."""

    proposal_id = fields.BigIntField()
    parent_id = fields.BigIntField(null=True)
    author_id = fields.BigIntField()
    stance = fields.CharField(max_length=10)
    language = fields.CharField(max_length=2)
    body = fields.TextField()
    state = fields.CharField(max_length=12)
    is_staff = fields.BooleanField(db_default=False)
    published_at = fields.DatetimeField(null=True)
    is_demo = fields.BooleanField(db_default=False)

    class Meta:
        table = "comment"
