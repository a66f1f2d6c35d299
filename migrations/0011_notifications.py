"""Ways out of notifications, letters that are answered without a login, and reasons that go with the words they quote."""

from tortoise import fields, migrations
from tortoise.fields.db_defaults import Now
from tortoise.migrations import operations as ops

from migrations._sql import check, identified, index, one_of, reference, run

CHANNELS = ("in_app", "email")
CAUSES = ("supporter", "discussion", "proposal")

WAYS_OUT = (
    identified("notification_cause_preference"),
    reference("notification_cause_preference", "account_id", "account"),
    one_of("notification_cause_preference", "channel", CHANNELS),
    one_of("notification_cause_preference", "cause", CAUSES),
    identified("notification_mute"),
    # The unique key begins with the proposal, so that only the account needs an index of its own.
    reference("notification_mute", "account_id", "account"),
    reference("notification_mute", "proposal_id", "proposal"),
    "DROP INDEX IF EXISTS notification_mute_proposal_id_idx",
    # A letter's secret says whose address it confirms.
    index(
        "account_email_secret_idx",
        "ON account (municipality_id, email_secret_hash) WHERE email_secret_hash IS NOT NULL",
    ),
)

ERASING = (
    # The reason has words when it is given; they are empty once the text that it may quote was erased.
    check(
        "moderation_case",
        "reasoned",
        "decision NOT IN ('reject', 'hide') OR num_nulls(reason_code, reason_text, decided_by_id) = 0",
    ),
    """
    CREATE OR REPLACE FUNCTION forbid_undeciding() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        -- A person's right to be forgotten: the words go, the decision and its ground stay.
        IF TG_OP = 'UPDATE' AND current_setting('samskap.erasing', true) = 'on' AND NEW.reason_text = ''
            AND to_jsonb(NEW) - 'reason_text' = to_jsonb(OLD) - 'reason_text'
        THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'a decision stays as it was made' USING ERRCODE = 'restrict_violation';
    END $$;
    """,
    "SELECT set_config('samskap.erasing', 'on', true)",
    # What was erased before reasons went with it: erased content has these very words (erasure.py).
    """
    UPDATE moderation_case c SET reason_text = '' WHERE reason_text <> '' AND state = 'decided' AND (
        (c.subject_type = 'proposal' AND EXISTS (SELECT FROM proposal p
            WHERE p.municipality_id = c.municipality_id AND p.id = c.subject_id
              AND p.title = 'Slettet forslag' AND p.body = ''))
        OR (c.subject_type = 'comment' AND EXISTS (SELECT FROM comment k
            WHERE k.municipality_id = c.municipality_id AND k.id = c.subject_id AND k.body = 'Slettet kommentar')))
    """,
    """
    UPDATE report r SET text = '' WHERE text <> '' AND (
        (r.subject_type = 'proposal' AND EXISTS (SELECT FROM proposal p
            WHERE p.municipality_id = r.municipality_id AND p.id = r.subject_id
              AND p.title = 'Slettet forslag' AND p.body = ''))
        OR (r.subject_type = 'comment' AND EXISTS (SELECT FROM comment k
            WHERE k.municipality_id = r.municipality_id AND k.id = r.subject_id AND k.body = 'Slettet kommentar')))
    """,
    "SELECT set_config('samskap.erasing', 'off', true)",
)


class Migration(migrations.Migration):
    dependencies = [("samskap", "0010_pending_versions")]

    operations = [
        ops.CreateModel(
            name="CausePreference",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("municipality_id", fields.IntField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ("account_id", fields.BigIntField()),
                ("cause", fields.CharField(max_length=12)),
                ("channel", fields.CharField(max_length=10)),
                ("wanted", fields.BooleanField()),
            ],
            options={
                "table": "notification_cause_preference",
                "app": "samskap",
                "unique_together": (("municipality_id", "account_id", "cause", "channel"),),
                "pk_attr": "id",
                "table_description": "Whether a person wants notifications for a cause in a channel; without a row they do.",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Mute",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("municipality_id", fields.IntField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ("account_id", fields.BigIntField()),
                ("proposal_id", fields.BigIntField()),
            ],
            options={
                "table": "notification_mute",
                "app": "samskap",
                "unique_together": (("municipality_id", "proposal_id", "account_id"),),
                "pk_attr": "id",
                "table_description": "A person wants no notifications of what happens to a proposal, whatever they are to it.",
            },
            bases=["Row"],
        ),
        run(*WAYS_OUT),
        run(*ERASING),
    ]
