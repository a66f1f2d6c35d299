"""What is content, whatever its kind: one row each, which moderation's cases and reports refer to."""

from tortoise import fields, migrations
from tortoise.fields.db_defaults import Now
from tortoise.migrations import operations as ops

from migrations._sql import constraint, identified, index, reference, run

TABLE = (
    identified("content"),
    reference("content", "topic_id", "topic"),
    reference("content", "author_id", "account"),
)
# By trigger, so that no writer can forget it; nor can the version before. As the owner: what the processes may do with
# the table is read it.
TRIGGERS = (
    """
    CREATE OR REPLACE FUNCTION write_content() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
    BEGIN
        IF TG_TABLE_NAME = 'proposal' THEN
            INSERT INTO content (municipality_id, kind, kind_id, topic_id, author_id, created_at)
            VALUES (NEW.municipality_id, 'proposal', NEW.id, NEW.topic_id, NEW.author_id, NEW.created_at)
            ON CONFLICT (municipality_id, kind, kind_id)
            DO UPDATE SET topic_id = excluded.topic_id, author_id = excluded.author_id;
        ELSIF TG_TABLE_NAME = 'comment' THEN
            INSERT INTO content (municipality_id, kind, kind_id, topic_id, author_id, created_at)
            SELECT NEW.municipality_id, 'comment', NEW.id, p.topic_id, NEW.author_id, NEW.created_at
            FROM proposal p WHERE p.municipality_id = NEW.municipality_id AND p.id = NEW.proposal_id
            ON CONFLICT (municipality_id, kind, kind_id)
            DO UPDATE SET topic_id = excluded.topic_id, author_id = excluded.author_id;
        ELSE
            INSERT INTO content (municipality_id, kind, kind_id, topic_id, author_id, created_at)
            SELECT NEW.municipality_id, 'edit', NEW.proposal_id, p.topic_id, NEW.editor_id, NEW.created_at
            FROM proposal p WHERE p.municipality_id = NEW.municipality_id AND p.id = NEW.proposal_id
            ON CONFLICT (municipality_id, kind, kind_id)
            DO UPDATE SET topic_id = excluded.topic_id, author_id = excluded.author_id;
        END IF;
        RETURN NULL;
    END $$""",
    # A proposal may come to another topic before anybody else sees it, so nothing below it has to follow.
    "DROP TRIGGER IF EXISTS proposal_content ON proposal",
    "CREATE TRIGGER proposal_content AFTER INSERT OR UPDATE OF topic_id, author_id ON proposal FOR EACH ROW "
    "EXECUTE FUNCTION write_content()",
    "DROP TRIGGER IF EXISTS comment_content ON comment",
    "CREATE TRIGGER comment_content AFTER INSERT OR UPDATE OF author_id ON comment FOR EACH ROW "
    "EXECUTE FUNCTION write_content()",
    "DROP TRIGGER IF EXISTS proposal_pending_version_content ON proposal_pending_version",
    "CREATE TRIGGER proposal_pending_version_content AFTER INSERT OR UPDATE OF editor_id ON proposal_pending_version "
    "FOR EACH ROW EXECUTE FUNCTION write_content()",
)
# An edit's row goes when it comes into force, and its case stays: the case knows topic and author.
FILLED = (
    """INSERT INTO content (municipality_id, kind, kind_id, topic_id, author_id, created_at)
        SELECT municipality_id, 'proposal', id, topic_id, author_id, created_at FROM proposal ORDER BY id
        ON CONFLICT DO NOTHING""",
    """INSERT INTO content (municipality_id, kind, kind_id, topic_id, author_id, created_at)
        SELECT c.municipality_id, 'comment', c.id, p.topic_id, c.author_id, c.created_at
        FROM comment c JOIN proposal p ON p.municipality_id = c.municipality_id AND p.id = c.proposal_id ORDER BY c.id
        ON CONFLICT DO NOTHING""",
    """INSERT INTO content (municipality_id, kind, kind_id, topic_id, author_id, created_at)
        SELECT v.municipality_id, 'edit', v.proposal_id, p.topic_id, v.editor_id, v.created_at
        FROM proposal_pending_version v
        JOIN proposal p ON p.municipality_id = v.municipality_id AND p.id = v.proposal_id ORDER BY v.id
        ON CONFLICT DO NOTHING""",
    """INSERT INTO content (municipality_id, kind, kind_id, topic_id, author_id, created_at)
        SELECT DISTINCT ON (municipality_id, subject_type, subject_id)
               municipality_id, subject_type, subject_id, topic_id, author_id, created_at
        FROM moderation_case ORDER BY municipality_id, subject_type, subject_id, id
        ON CONFLICT DO NOTHING""",
)
REFERENCES = tuple(
    constraint(
        table,
        f"{table}_content_fkey",
        "FOREIGN KEY (municipality_id, subject_type, subject_id) REFERENCES content (municipality_id, kind, kind_id)",
    )
    for table in ("moderation_case", "report")
)


class Migration(migrations.Migration):
    dependencies = [("samskap", "0016_public_ids")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Content",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("municipality_id", fields.IntField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ("kind", fields.CharField(max_length=12)),
                ("kind_id", fields.BigIntField()),
                ("topic_id", fields.BigIntField(null=True)),
                ("author_id", fields.BigIntField(null=True)),
            ],
            options={
                "table": "content",
                "app": "samskap",
                "unique_together": (("municipality_id", "kind", "kind_id"),),
                "pk_attr": "id",
                "table_description": "What people write and others see, one row whatever kind it is of; `kin"
                "d_id` is its id among its kind.",
            },
            bases=["Row"],
        ),
        run(*TABLE, *TRIGGERS),
        run(
            *FILLED,
            *REFERENCES,
            index("report_content_idx", "ON report (municipality_id, subject_type, subject_id)"),
        ),
    ]
