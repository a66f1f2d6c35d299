"""Tables of imports."""

from typing import Any

from tortoise import fields

from backend.platform.rows import Row


class ImportUpload(Row):
    """A file that a planner sent in, until it is taken in or a day has passed. `size` is null until it is whole."""

    account_id = fields.BigIntField()
    file_name = fields.CharField(max_length=255)
    size = fields.IntField(null=True)
    digest = fields.BinaryField(null=True)

    class Meta:
        table = "import_upload"


class ImportUploadChunk(Row):
    """A part of a file that was sent in; parts are numbered from 0."""

    upload_id = fields.BigIntField()
    ordinal = fields.IntField()
    content = fields.BinaryField()

    class Meta:
        table = "import_upload_chunk"
        unique_together = (("municipality_id", "upload_id", "ordinal"),)


class ImportRun(Row):
    """One file taken in: how far it has come, and what came of it.

    `mapping` is what a planner chose over the API; it is null for a run of the command line. Such a planner's
    run is `running` from when it was asked for, and has `started_at` once a worker is at it.
    """

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
    upload_id = fields.BigIntField(null=True)
    mapping: fields.JSONField[dict[str, Any] | None] = fields.JSONField(null=True)
    topic_id = fields.BigIntField(null=True)
    dry_run = fields.BooleanField(db_default=False)
    skip_bad = fields.BooleanField(db_default=False)
    progress = fields.SmallIntField(db_default=0)
    rows_bad = fields.IntField(db_default=0)
    started_at = fields.DatetimeField(null=True)
    problem: fields.JSONField[dict[str, Any] | None] = fields.JSONField(null=True)

    class Meta:
        table = "import_run"


class ImportRowError(Row):
    """One thing wrong in a row of a run's file; `ordinal` counts from 1 in the order of the file.

    No personal data is in `value`, `column_name` and `detail`: it is masked before it is stored.
    """

    run_id = fields.BigIntField()
    ordinal = fields.IntField()
    line = fields.IntField()
    column_name = fields.TextField()
    value = fields.TextField()
    code = fields.CharField(max_length=40)
    detail = fields.TextField()

    class Meta:
        table = "import_row_error"
        unique_together = (("municipality_id", "run_id", "ordinal"),)
