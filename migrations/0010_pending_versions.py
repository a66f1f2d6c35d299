"""Edits of what is public, until they come into force."""

from tortoise import fields, migrations
from tortoise.fields.db_defaults import Now
from tortoise.migrations import operations as ops

from migrations._sql import check, identified, one_of, reference, run

LANGUAGES = ("nb", "nn", "en", "se", "da", "sv", "fi")

PENDING = (
    identified("proposal_pending_version"),
    reference("proposal_pending_version", "proposal_id", "proposal"),
    # The unique key over the same columns serves its look-ups.
    "DROP INDEX IF EXISTS proposal_pending_version_proposal_id_idx",
    reference("proposal_pending_version", "editor_id", "account"),
    reference("proposal_pending_version", "place_id", "place"),
    one_of("proposal_pending_version", "state", ("submitted", "rejected", "lapsed", "withdrawn")),
    one_of("proposal_pending_version", "language", LANGUAGES),
    # Of what was withdrawn no words are left; everything else has some.
    check(
        "proposal_pending_version",
        "words",
        "(state = 'withdrawn') = (title = '' AND body = '') AND length(body) <= 20000",
    ),
    check(
        "proposal_pending_version",
        "position",
        "num_nulls(longitude, latitude) IN (0, 2) AND longitude BETWEEN -180 AND 180 "
        "AND latitude BETWEEN -90 AND 90",
    ),
    one_of("moderation_case", "subject_type", ("proposal", "edit", "comment")),
)


class Migration(migrations.Migration):
    dependencies = [("samskap", "0009_imported_news")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ProposalPendingVersion",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("municipality_id", fields.IntField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ("proposal_id", fields.BigIntField()),
                ("number", fields.IntField()),
                ("state", fields.CharField(max_length=10)),
                ("title", fields.CharField(max_length=200)),
                ("body", fields.TextField(unique=False)),
                ("language", fields.CharField(max_length=2)),
                ("place_id", fields.BigIntField(null=True)),
                ("longitude", fields.FloatField(null=True)),
                ("latitude", fields.FloatField(null=True)),
                ("editor_id", fields.BigIntField(null=True)),
            ],
            options={
                "table": "proposal_pending_version",
                "app": "samskap",
                "unique_together": (("municipality_id", "proposal_id"),),
                "pk_attr": "id",
                "table_description": "The words and place of an edit of what is public, until they come into force; "
                "one for a proposal at the most.",
            },
            bases=["Row"],
        ),
        run(*PENDING),
    ]
