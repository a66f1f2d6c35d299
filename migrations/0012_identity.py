"""One person with two accounts, what staff did to accounts, and who says where a person lives."""

from tortoise import fields, migrations
from tortoise.fields.db_defaults import Now
from tortoise.migrations import operations as ops

from migrations._sql import check, identified, index, one_of, reference, run

ACTS = ("sessions_ended", "tokens_ended", "suspended", "reinstated", "names_read")
REASONED = "('sessions_ended', 'tokens_ended', 'suspended', 'reinstated')"

BINDING = (
    identified("account_binding"),
    # The unique keys serve these references.
    reference("account_binding", "resident_id", "account"),
    reference("account_binding", "employee_id", "account"),
    "DROP INDEX IF EXISTS account_binding_resident_id_idx",
    "DROP INDEX IF EXISTS account_binding_employee_id_idx",
    check("account_binding", "two", "resident_id <> employee_id"),
    reference("login_attempt", "binds_account_id", "account"),
)

ACCOUNT_ACTS = (
    identified("account_act"),
    reference("account_act", "account_id", "account"),
    reference("account_act", "actor_id", "account"),
    reference("account_act", "case_id", "moderation_case"),
    one_of("account_act", "kind", ACTS),
    check("account_act", "reason", f"kind NOT IN {REASONED} OR length(reason) > 0"),
    check("account_act", "case", "(kind = 'names_read') = (case_id IS NOT NULL)"),
    index("account_act_log_idx", "ON account_act (municipality_id, created_at DESC, id DESC)"),
    (
        "DROP TRIGGER IF EXISTS account_act_append_only ON account_act;"
        "CREATE TRIGGER account_act_append_only BEFORE UPDATE OR DELETE ON account_act "
        "FOR EACH ROW EXECUTE FUNCTION forbid_change()"
    ),
)

RESIDENCE = (
    one_of("account", "residence_source", ("login", "register", "declared")),
    # Until now only a login named it. The version before goes on writing rows without a source: these are a login's.
    (
        "UPDATE account SET residence_source = 'login', residence_at = created_at "
        "WHERE home_municipality IS NOT NULL AND residence_source IS NULL"
    ),
)


class Migration(migrations.Migration):
    """Adds only; the version before never reads any of it."""

    dependencies = [("samskap", "0011_notifications")]

    initial = False

    operations = [
        ops.CreateModel(
            name="AccountAct",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("municipality_id", fields.IntField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ("kind", fields.CharField(max_length=20)),
                ("account_id", fields.BigIntField()),
                ("actor_id", fields.BigIntField()),
                ("reason", fields.CharField(null=True, max_length=500)),
                ("case_id", fields.BigIntField(null=True)),
            ],
            options={
                "table": "account_act",
                "app": "samskap",
                "pk_attr": "id",
                "table_description": "What staff did to somebody's account, or read of it; never changed, never deleted.",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="AccountBinding",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("municipality_id", fields.IntField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ("resident_id", fields.BigIntField()),
                ("employee_id", fields.BigIntField()),
            ],
            options={
                "table": "account_binding",
                "app": "samskap",
                "unique_together": (("municipality_id", "resident_id"), ("municipality_id", "employee_id")),
                "pk_attr": "id",
                "table_description": "The two accounts of one person, as a resident and as an employee. Never ended "
                "while both are there.",
            },
            bases=["Row"],
        ),
        ops.AddField(
            model_name="Account",
            name="residence_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Account",
            name="residence_source",
            field=fields.CharField(null=True, max_length=10),
        ),
        ops.AddField(
            model_name="Account",
            name="suspended_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="LoginAttempt",
            name="binds_account_id",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="LoginAttempt",
            name="reads_register",
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name="TopicRequirement",
            name="accepts_declared",
            field=fields.BooleanField(db_default=False),
        ),
        *(run(*part) for part in (BINDING, ACCOUNT_ACTS, RESIDENCE)),
    ]
