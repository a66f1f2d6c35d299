"""Tables of imports."""

from typing import Any

from tortoise import fields

from backend.rows import Row


class ImportRun(Row):
    """One file taken in: how far it has come, and what came of it."""

    source = fields.CharField(max_length=40)
    file_name = fields.CharField(max_length=255)
    file_digest = fields.BinaryField()
    state = fields.CharField(max_length=10, db_default="running")
    rows_read = fields.IntField(db_default=0)
    total = fields.IntField(db_default=0)
    done = fields.IntField(db_default=0)
    created = fields.IntField(db_default=0)
    updated = fields.IntField(db_default=0)
    unchanged = fields.IntField(db_default=0)
    report: fields.JSONField[dict[str, Any]] = fields.JSONField()
    started_by_id = fields.BigIntField(null=True)
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "import_run"
