"""What the tables have in common."""

from tortoise import fields
from tortoise.fields.db_defaults import Now, SqlDefault
from tortoise.models import Model


class Row(Model):
    """A row that grows with people: it belongs to a municipality, and the server notes when it came.

    References are plain columns; their foreign keys include the municipality and are written in the
    migrations, since Tortoise knows neither composite keys nor indexes on them.
    """

    id = fields.BigIntField(primary_key=True)
    municipality_id = fields.IntField()
    created_at = fields.DatetimeField(db_default=Now())

    class Meta:
        abstract = True


def transaction_number() -> fields.BigIntField:
    """The transaction that wrote the row: below a snapshot's xmin, every such row is settled."""
    return fields.BigIntField(db_default=SqlDefault("(pg_current_xact_id()::text::bigint)"))
