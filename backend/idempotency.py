"""A creating mutation that is sent twice with one key is done once, and answered alike."""

from tortoise import fields

from backend.rows import Row


class IdempotencyKey(Row):
    """A key that an account used for an operation, what was sent, and which thing came of it."""

    account_id = fields.BigIntField()
    operation = fields.CharField(max_length=60)
    key = fields.CharField(max_length=80)
    request_hash = fields.BinaryField()
    subject_id = fields.BigIntField(null=True)

    class Meta:
        table = "idempotency_key"
        unique_together = (("municipality_id", "account_id", "operation", "key"),)
