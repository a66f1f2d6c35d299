"""The ledger of what staff did to topics and places; other acts have ledgers of their own."""

from tortoise import fields

from backend.platform.rows import Row


class StaffAct(Row):
    """Somebody made or changed a topic or a place; never changed, never deleted."""

    kind = fields.CharField(max_length=20)
    actor_id = fields.BigIntField(null=True)
    topic_id = fields.BigIntField(null=True)
    place_id = fields.BigIntField(null=True)

    class Meta:
        table = "staff_act"
