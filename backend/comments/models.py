"""Tables of comments."""

from tortoise import Model, fields

from backend.platform.rows import Row


class Comment(Row):
    """A comment on content with a page of its own, or a reply to one (`parent_id`); two levels, no more."""

    subject_type = fields.CharField(max_length=12, null=True)
    subject_id = fields.BigIntField(null=True)
    # Filled by trigger, for the version before.
    proposal_id = fields.BigIntField(null=True)
    parent_id = fields.BigIntField(null=True)
    author_id = fields.BigIntField()
    stance = fields.CharField(max_length=10)
    language = fields.CharField(max_length=2)
    body = fields.TextField()
    state = fields.CharField(max_length=12)
    step = fields.IntField(db_default=0)
    is_staff = fields.BooleanField(db_default=False)
    published_at = fields.DatetimeField(null=True)
    is_demo = fields.BooleanField(db_default=False)

    class Meta:
        table = "comment"


class CommentStateRule(Model):
    """A permitted step, copied from backend/comments/states.py so that the database can hold it."""

    id = fields.IntField(primary_key=True)
    from_state = fields.CharField(max_length=12)
    to_state = fields.CharField(max_length=12)

    class Meta:
        table = "comment_state_rule"
        unique_together = (("from_state", "to_state"),)


class CommentTransition(Row):
    """One step of a comment: from, to, who, in which capacity and when."""

    comment_id = fields.BigIntField()
    ordinal = fields.IntField()
    from_state = fields.CharField(max_length=12)
    to_state = fields.CharField(max_length=12)
    actor_id = fields.BigIntField(null=True)
    actor_role = fields.CharField(max_length=10)

    class Meta:
        table = "comment_transition"
        unique_together = (("municipality_id", "comment_id", "ordinal"),)
