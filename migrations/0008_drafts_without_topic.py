"""A draft may be without a topic; whatever has been handed in has one."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from migrations._sql import check, run

# Compared with <>, a topic that is chosen for a draft that had none would go unseen.
FOLLOWED = (
    "DROP TRIGGER IF EXISTS proposal_activity_moved ON proposal;"
    "CREATE TRIGGER proposal_activity_moved AFTER UPDATE OF topic_id, state, active_at ON proposal FOR EACH ROW "
    "WHEN ((OLD.topic_id, OLD.state, OLD.active_at) IS DISTINCT FROM (NEW.topic_id, NEW.state, NEW.active_at)) "
    "EXECUTE FUNCTION follow_proposal()"
)


class Migration(migrations.Migration):
    dependencies = [("samskap", "0007_words_by_month")]

    operations = [
        ops.AlterField(
            model_name="Proposal",
            name="topic_id",
            field=fields.BigIntField(null=True),
        ),
        ops.AlterField(
            model_name="ProposalActivity",
            name="topic_id",
            field=fields.BigIntField(null=True),
        ),
        run(FOLLOWED),
        # `submitted_at` stays once it is set, so a draft that was handed in before cannot lose its topic either.
        run(
            check(
                "proposal",
                "topic",
                "topic_id IS NOT NULL OR submitted_at IS NULL AND state IN ('draft', 'withdrawn')",
            )
        ),
    ]
