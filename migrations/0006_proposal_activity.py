"""Counts move from the proposal's wide row into a narrow one."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from migrations._sql import check, constraint, index, reference, run

PUBLIC = "state IN ('published', 'assessment', 'answered', 'under_way', 'done')"

TABLE = (
    constraint("proposal_activity", "proposal_activity_pkey", "PRIMARY KEY (municipality_id, proposal_id)"),
    constraint(
        "proposal_activity",
        "proposal_activity_municipality_id_fkey",
        "FOREIGN KEY (municipality_id) REFERENCES municipality (id)",
    ),
    reference("proposal_activity", "proposal_id", "proposal"),
    # The primary key serves the reference, and an index less is an index less to write for each count.
    "DROP INDEX IF EXISTS proposal_activity_proposal_id_idx",
    check("proposal_activity", "counts", "supports >= 0 AND comments >= 0"),
    # Each count leaves a dead row, also at the head of the lists that are read most.
    "ALTER TABLE proposal_activity SET (autovacuum_vacuum_scale_factor = 0.05)",
)

# No proposal may change between the copying and the triggers that keep both in step.
FILL = (
    "LOCK TABLE proposal IN SHARE ROW EXCLUSIVE MODE",
    (
        "INSERT INTO proposal_activity "
        "(municipality_id, proposal_id, topic_id, is_public, supports, comments, active_at) "
        f"SELECT municipality_id, id, topic_id, {PUBLIC}, supports, comments, active_at FROM proposal "
        "ON CONFLICT DO NOTHING"
    ),
)

IN_STEP = (
    (
        f"""
        CREATE OR REPLACE FUNCTION follow_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                INSERT INTO proposal_activity (municipality_id, proposal_id, topic_id, is_public, active_at)
                VALUES (NEW.municipality_id, NEW.id, NEW.topic_id, NEW.{PUBLIC}, NEW.active_at);
            ELSE
                UPDATE proposal_activity SET topic_id = NEW.topic_id, is_public = NEW.{PUBLIC},
                    active_at = greatest(active_at, NEW.active_at)
                WHERE municipality_id = NEW.municipality_id AND proposal_id = NEW.id;
            END IF;
            RETURN NULL;
        END $$;
        """
    ),
    (
        "DROP TRIGGER IF EXISTS proposal_activity_made ON proposal;"
        "CREATE TRIGGER proposal_activity_made AFTER INSERT ON proposal "
        "FOR EACH ROW EXECUTE FUNCTION follow_proposal();"
        "DROP TRIGGER IF EXISTS proposal_activity_moved ON proposal;"
        "CREATE TRIGGER proposal_activity_moved AFTER UPDATE OF topic_id, state, active_at ON proposal "
        "FOR EACH ROW WHEN ((OLD.topic_id, OLD.state, OLD.active_at) <> (NEW.topic_id, NEW.state, NEW.active_at)) "
        "EXECUTE FUNCTION follow_proposal();"
    ),
)

# The version before adds supports to the wide row and sets comments there, until its last process is replaced.
# What it adds is added here, since both may count in turn; what it sets is set.
VERSION_BEFORE = (
    (
        """
        CREATE OR REPLACE FUNCTION follow_old_counts() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_ARGV[0] = 'supports' THEN
                UPDATE proposal_activity SET supports = supports + NEW.supports - OLD.supports
                WHERE municipality_id = NEW.municipality_id AND proposal_id = NEW.id;
            ELSE
                UPDATE proposal_activity SET comments = NEW.comments
                WHERE municipality_id = NEW.municipality_id AND proposal_id = NEW.id;
            END IF;
            RETURN NULL;
        END $$;
        """
    ),
    *(
        f"DROP TRIGGER IF EXISTS proposal_old_{column} ON proposal;"
        f"CREATE TRIGGER proposal_old_{column} AFTER UPDATE OF {column} ON proposal "
        f"FOR EACH ROW EXECUTE FUNCTION follow_old_counts('{column}');"
        for column in ("supports", "comments")
    ),
)

# The lists by support and by activity come from the narrow row; every index less on the wide one makes its changes
# cheaper.
LISTS = tuple(
    statement
    for name, lead in (("all", "municipality_id"), ("topic", "municipality_id, topic_id"))
    for column in ("supports", "active_at")
    for statement in (
        index(
            f"proposal_activity_{name}_{column}_idx",
            f"ON proposal_activity ({lead}, {column} DESC, proposal_id DESC) WHERE is_public",
        ),
        f"DROP INDEX IF EXISTS proposal_{name}_{column}_idx",
    )
)


class Migration(migrations.Migration):
    dependencies = [("samskap", "0005_readiness")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ProposalActivity",
            fields=[
                (
                    "proposal_id",
                    fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True),
                ),
                ("municipality_id", fields.IntField()),
                ("topic_id", fields.BigIntField()),
                ("is_public", fields.BooleanField()),
                ("supports", fields.IntField(db_default=0)),
                ("comments", fields.IntField(db_default=0)),
                ("active_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "proposal_activity",
                "app": "samskap",
                "pk_attr": "proposal_id",
                "table_description": "What comes of a proposal without a change to its own row, and what lists need "
                "that are sorted by it.",
            },
            bases=["Model"],
        ),
        run(*TABLE),
        run(*FILL),
        run(*IN_STEP),
        run(*VERSION_BEFORE),
        run(*LISTS),
    ]
