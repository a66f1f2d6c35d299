"""Files that planners send in and take in over the API; what administrators look after, and what staff did."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.fields.db_defaults import Now
from tortoise.migrations import operations as ops

from migrations._sql import check, constraint, identified, index, one_of, reference, run

PLACE_KINDS = ("municipality", "town", "district", "neighbourhood")
ACTS = ("topic_created", "topic_changed", "place_created", "place_changed")


def _goes_with(table: str, column: str, target: str, what: str) -> str:
    """As `reference`, where the row, or the reference alone, goes with what it refers to."""
    return (
        reference(table, column, target)
        + ";"
        + constraint(
            table,
            f"{table}_{column}_fkey",
            f'FOREIGN KEY (municipality_id, {column}) REFERENCES "{target}" (municipality_id, id) ON DELETE {what}',
        )
    )


IMPORTS = (
    identified("import_upload"),
    identified("import_upload_chunk"),
    identified("import_row_error"),
    reference("import_upload", "account_id", "account"),
    # A file is deleted by one statement, also while somebody still sends it.
    _goes_with("import_upload_chunk", "upload_id", "import_upload", "CASCADE"),
    _goes_with("import_row_error", "run_id", "import_run", "CASCADE"),
    _goes_with("import_run", "upload_id", "import_upload", "SET NULL (upload_id)"),
    reference("import_run", "topic_id", "topic"),
    check("import_upload", "whole", "(size IS NULL) = (digest IS NULL) AND size BETWEEN 1 AND 20000000"),
    check("import_upload_chunk", "size", "ordinal >= 0 AND octet_length(content) BETWEEN 1 AND 300000"),
    check("import_row_error", "place", "ordinal > 0 AND line >= 0"),
    check("import_run", "progress", "progress BETWEEN 0 AND 100 AND rows_bad >= 0"),
    # One file is taken in by one run at a time, however often it is asked for.
    index(
        "import_run_upload_key",
        "ON import_run (municipality_id, upload_id) WHERE state = 'running'",
        unique=True,
    ),
)

PLACES = (
    one_of("place", "kind", PLACE_KINDS),
    check("place", "names", "length(name) > 0 AND length(name_nn) > 0 AND length(name_en) > 0"),
)

# What an administrator looks people up by, and the log's parts each in the order of the whole.
ADMINISTRATION = (
    identified("staff_act"),
    reference("staff_act", "actor_id", "account"),
    reference("staff_act", "topic_id", "topic"),
    reference("staff_act", "place_id", "place"),
    one_of("staff_act", "kind", ACTS),
    check(
        "staff_act",
        "subject",
        "num_nonnulls(topic_id, place_id) = 1 AND (kind LIKE 'topic%') = (topic_id IS NOT NULL)",
    ),
    (
        "DROP TRIGGER IF EXISTS staff_act_append_only ON staff_act;"
        "CREATE TRIGGER staff_act_append_only BEFORE UPDATE OR DELETE ON staff_act "
        "FOR EACH ROW EXECUTE FUNCTION forbid_change();"
    ),
    index("account_name_idx", "ON account USING gin (to_tsvector('simple', display_name))"),
    index("account_email_idx", "ON account (municipality_id, lower(email)) WHERE email IS NOT NULL"),
    index("staff_act_log_idx", "ON staff_act (municipality_id, created_at DESC, id DESC)"),
    index("role_grant_log_idx", "ON role_grant (municipality_id, created_at DESC, id DESC)"),
    index(
        "role_grant_ended_log_idx",
        "ON role_grant (municipality_id, ended_at DESC, id DESC) WHERE ended_at IS NOT NULL",
    ),
    index(
        "moderation_case_log_idx",
        "ON moderation_case (municipality_id, decided_at DESC, id DESC) WHERE decided_by_id IS NOT NULL",
    ),
    index("proposal_answer_log_idx", "ON proposal_answer (municipality_id, created_at DESC, id DESC)"),
    index(
        "proposal_transition_log_idx",
        "ON proposal_transition (municipality_id, created_at DESC, id DESC) WHERE actor_role = 'planner'",
    ),
    index("import_run_log_idx", "ON import_run (municipality_id, created_at DESC, id DESC)"),
    index("outbox_proved_idx", "ON outbox (done_at) WHERE job = 'prove_counts' AND done_at IS NOT NULL"),
)


class Migration(migrations.Migration):
    dependencies = [("samskap", "0003_planners")]

    operations = [
        ops.CreateModel(
            name="ImportRowError",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("municipality_id", fields.IntField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ("run_id", fields.BigIntField()),
                ("ordinal", fields.IntField()),
                ("line", fields.IntField()),
                ("column_name", fields.TextField(unique=False)),
                ("value", fields.TextField(unique=False)),
                ("code", fields.CharField(max_length=40)),
                ("detail", fields.TextField(unique=False)),
            ],
            options={
                "table": "import_row_error",
                "app": "samskap",
                "unique_together": (("municipality_id", "run_id", "ordinal"),),
                "pk_attr": "id",
                "table_description": "One thing wrong in a row of a run's file; `ordinal` counts from 1 in the order of the file.",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="ImportUpload",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("municipality_id", fields.IntField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ("account_id", fields.BigIntField()),
                ("file_name", fields.CharField(max_length=255)),
                ("size", fields.IntField(null=True)),
                ("digest", fields.BinaryField(null=True)),
            ],
            options={
                "table": "import_upload",
                "app": "samskap",
                "pk_attr": "id",
                "table_description": "A file that a planner sent in, until it is taken in or a day has passed. `size` is null until it is whole.",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="ImportUploadChunk",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("municipality_id", fields.IntField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ("upload_id", fields.BigIntField()),
                ("ordinal", fields.IntField()),
                ("content", fields.BinaryField()),
            ],
            options={
                "table": "import_upload_chunk",
                "app": "samskap",
                "unique_together": (("municipality_id", "upload_id", "ordinal"),),
                "pk_attr": "id",
                "table_description": "A part of a file that was sent in; parts are numbered from 0.",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="StaffAct",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("municipality_id", fields.IntField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ("kind", fields.CharField(max_length=20)),
                ("actor_id", fields.BigIntField(null=True)),
                ("topic_id", fields.BigIntField(null=True)),
                ("place_id", fields.BigIntField(null=True)),
            ],
            options={
                "table": "staff_act",
                "app": "samskap",
                "pk_attr": "id",
                "table_description": "Somebody made or changed a topic or a place; never changed, never deleted.",
            },
            bases=["Row"],
        ),
        ops.AddField(
            model_name="ImportRun",
            name="dry_run",
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name="ImportRun",
            name="mapping",
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name="ImportRun",
            name="problem",
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name="ImportRun",
            name="progress",
            field=fields.SmallIntField(db_default=0),
        ),
        ops.AddField(
            model_name="ImportRun",
            name="rows_bad",
            field=fields.IntField(db_default=0),
        ),
        ops.AddField(
            model_name="ImportRun",
            name="skip_bad",
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name="ImportRun",
            name="started_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="ImportRun",
            name="topic_id",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="ImportRun",
            name="upload_id",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Place",
            name="name_en",
            field=fields.CharField(null=True, max_length=80),
        ),
        ops.AddField(
            model_name="Place",
            name="name_nn",
            field=fields.CharField(null=True, max_length=80),
        ),
        ops.AddField(
            model_name="Place",
            name="version",
            field=fields.IntField(db_default=1),
        ),
        *(run(*part) for part in (IMPORTS, PLACES, ADMINISTRATION)),
    ]
