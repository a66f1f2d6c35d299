"""What was imported is no news and no figure, unless its topic says otherwise."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from migrations._sql import check, index, run

PUBLIC = "state IN ('published', 'assessment', 'answered', 'under_way', 'done')"
ANSWERED = "state IN ('answered', 'under_way', 'done')"

# News begins with the newest of ours; thousands of imported ones may be newer and would be passed over one by one.
NEWS = (
    index(
        "proposal_own_published_at_idx",
        f"ON proposal (municipality_id, published_at DESC, id DESC) WHERE {PUBLIC} AND source IS NULL",
    ),
    index(
        "proposal_own_answered_at_idx",
        "ON proposal (municipality_id, (coalesce(answered_at, published_at)) DESC, id DESC) "
        f"WHERE {ANSWERED} AND source IS NULL",
    ),
    check("proposal_figures", "imported", "imported >= 0"),
    # Nothing is published before it is written; a file that gave the first time only was given now as the other.
    "UPDATE proposal SET created_at = published_at WHERE source IS NOT NULL AND published_at < created_at",
)


class Migration(migrations.Migration):
    dependencies = [("samskap", "0008_drafts_without_topic")]
    initial = False
    operations = [
        ops.AddField(model_name="ProposalFigures", name="imported", field=fields.IntField(db_default=0)),
        ops.AddField(model_name="Topic", name="counts_imported", field=fields.BooleanField(db_default=False)),
        run(*NEWS),
    ]
