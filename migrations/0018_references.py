"""Events, follows and mutes refer to content of whatever kind, and content to that whose page it stands on."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint

from migrations._sql import check, constraint, index, run

ROOTS = (
    """
    CREATE OR REPLACE FUNCTION write_content() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
    BEGIN
        IF TG_TABLE_NAME = 'proposal' THEN
            INSERT INTO content (municipality_id, kind, kind_id, root_kind, root_id, topic_id, author_id, created_at)
            VALUES (NEW.municipality_id, 'proposal', NEW.id, 'proposal', NEW.id, NEW.topic_id, NEW.author_id,
                    NEW.created_at)
            ON CONFLICT (municipality_id, kind, kind_id)
            DO UPDATE SET topic_id = excluded.topic_id, author_id = excluded.author_id;
        ELSIF TG_TABLE_NAME = 'comment' THEN
            INSERT INTO content (municipality_id, kind, kind_id, root_kind, root_id, topic_id, author_id, created_at)
            SELECT NEW.municipality_id, 'comment', NEW.id, 'proposal', p.id, p.topic_id, NEW.author_id, NEW.created_at
            FROM proposal p WHERE p.municipality_id = NEW.municipality_id AND p.id = NEW.proposal_id
            ON CONFLICT (municipality_id, kind, kind_id)
            DO UPDATE SET topic_id = excluded.topic_id, author_id = excluded.author_id;
        ELSE
            INSERT INTO content (municipality_id, kind, kind_id, root_kind, root_id, topic_id, author_id, created_at)
            SELECT NEW.municipality_id, 'edit', NEW.proposal_id, 'proposal', p.id, p.topic_id, NEW.editor_id,
                   NEW.created_at
            FROM proposal p WHERE p.municipality_id = NEW.municipality_id AND p.id = NEW.proposal_id
            ON CONFLICT (municipality_id, kind, kind_id)
            DO UPDATE SET topic_id = excluded.topic_id, author_id = excluded.author_id;
        END IF;
        RETURN NULL;
    END $$""",
    """UPDATE content SET root_kind = 'proposal', root_id = kind_id
        WHERE kind IN ('proposal', 'edit') AND root_id IS NULL""",
    """UPDATE content k SET root_kind = 'proposal', root_id = c.proposal_id FROM comment c
        WHERE k.kind = 'comment' AND k.root_id IS NULL AND c.municipality_id = k.municipality_id
          AND c.id = k.kind_id""",
    check("content", "root", "num_nulls(root_kind, root_id) = 0"),
    constraint(
        "content",
        "content_root_fkey",
        "FOREIGN KEY (municipality_id, root_kind, root_id) REFERENCES content (municipality_id, kind, kind_id)",
    ),
    index("content_root_idx", "ON content (municipality_id, root_kind, root_id)"),
)


def content_reference(table: str, column: str) -> str:
    """`<column>_type` and `<column>_id` refer to a row of content."""
    return constraint(
        table,
        f"{table}_{column}_fkey",
        f"FOREIGN KEY (municipality_id, {column}_type, {column}_id) REFERENCES content (municipality_id, kind, kind_id)",
    )


# The version before writes and reads proposal_id and comment_id, until its last process is replaced.
REFERENCES = (
    """
    CREATE OR REPLACE FUNCTION refer_to_content() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.subject_type IS NULL AND NEW.proposal_id IS NOT NULL THEN
            NEW.subject_type := 'proposal';
            NEW.subject_id := NEW.proposal_id;
        ELSIF NEW.subject_type = 'proposal' THEN
            NEW.proposal_id := NEW.subject_id;
        END IF;
        RETURN NEW;
    END $$""",
    """
    CREATE OR REPLACE FUNCTION refer_event_to_content() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.subject_type IS NULL AND NEW.proposal_id IS NOT NULL THEN
            NEW.root_type := 'proposal';
            NEW.root_id := NEW.proposal_id;
            NEW.subject_type := CASE WHEN NEW.comment_id IS NOT NULL THEN 'comment'
                                     WHEN NEW.detail ->> 'is_edit' = 'true' THEN 'edit' ELSE 'proposal' END;
            NEW.subject_id := coalesce(NEW.comment_id, NEW.proposal_id);
        ELSIF NEW.root_type = 'proposal' THEN
            NEW.proposal_id := NEW.root_id;
            IF NEW.subject_type = 'comment' THEN
                NEW.comment_id := NEW.subject_id;
            ELSIF NEW.subject_type = 'edit' THEN
                NEW.detail := NEW.detail || '{"is_edit": true}'::jsonb;
            END IF;
        END IF;
        RETURN NEW;
    END $$""",
    *(
        f"DROP TRIGGER IF EXISTS {table}_reference ON {table};"
        f"CREATE TRIGGER {table}_reference BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
        for table, function in (
            ("event", "refer_event_to_content"),
            ("follow", "refer_to_content"),
            ("notification_mute", "refer_to_content"),
        )
    ),
)
# Events are only ever added: what they point at is written once more, by the owner, in the columns that are new.
FILLED = (
    "ALTER TABLE event DISABLE TRIGGER event_append_only",
    """UPDATE event SET root_type = 'proposal', root_id = proposal_id,
           subject_type = CASE WHEN comment_id IS NOT NULL THEN 'comment'
                               WHEN detail ->> 'is_edit' = 'true' THEN 'edit' ELSE 'proposal' END,
           subject_id = coalesce(comment_id, proposal_id)
        WHERE subject_type IS NULL AND proposal_id IS NOT NULL""",
    "ALTER TABLE event ENABLE TRIGGER event_append_only",
    *(
        f"UPDATE {table} SET subject_type = 'proposal', subject_id = proposal_id "
        "WHERE subject_type IS NULL AND proposal_id IS NOT NULL"
        for table in ("follow", "notification_mute")
    ),
    check("event", "references", "num_nulls(subject_type, subject_id, root_type, root_id) = 0"),
    check(
        "follow",
        "target",
        "num_nonnulls(topic_id, subject_id) = 1 AND num_nulls(subject_type, subject_id) <> 1",
    ),
    check("notification_mute", "subject", "num_nulls(subject_type, subject_id) = 0"),
    content_reference("event", "subject"),
    content_reference("event", "root"),
    content_reference("follow", "subject"),
    content_reference("notification_mute", "subject"),
    index("follow_subject_account_idx", "ON follow (municipality_id, subject_type, subject_id, account_id)"),
    index("event_subject_idx", "ON event (municipality_id, subject_type, subject_id)"),
    index("event_root_idx", "ON event (municipality_id, root_type, root_id)"),
    # The references say the same as those of the columns that nothing but the version before reads.
    "ALTER TABLE follow DROP CONSTRAINT IF EXISTS follow_proposal_id_fkey",
    "DROP INDEX IF EXISTS follow_proposal_account_idx",
    "DROP INDEX IF EXISTS follow_proposal_id_idx",
    *(
        f"ALTER TABLE event DROP CONSTRAINT IF EXISTS event_{column}_fkey;DROP INDEX IF EXISTS event_{column}_idx"
        for column in ("proposal_id", "comment_id")
    ),
    # What can be moderated is what there is content of.
    "ALTER TABLE moderation_case DROP CONSTRAINT IF EXISTS moderation_case_subject_type_check",
    "ALTER TABLE report DROP CONSTRAINT IF EXISTS report_subject_type_check",
)


def _reference(model: str, name: str) -> list[ops.Operation]:
    return [
        ops.AddField(model_name=model, name=f"{name}_type", field=fields.CharField(max_length=12, null=True)),
        ops.AddField(model_name=model, name=f"{name}_id", field=fields.BigIntField(null=True)),
    ]


class Migration(migrations.Migration):
    dependencies = [("samskap", "0017_content")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Content", name="root_kind", field=fields.CharField(max_length=12, null=True)
        ),
        ops.AddField(model_name="Content", name="root_id", field=fields.BigIntField(null=True)),
        run(*ROOTS),
        *_reference("Event", "subject"),
        *_reference("Event", "root"),
        *_reference("Follow", "subject"),
        *_reference("Mute", "subject"),
        ops.AlterField(model_name="Mute", name="proposal_id", field=fields.BigIntField(null=True)),
        ops.AlterModelOptions(
            name="Follow",
            options={
                "table": "follow",
                "app": "samskap",
                "unique_together": (
                    ("municipality_id", "account_id", "topic_id"),
                    ("municipality_id", "account_id", "proposal_id"),
                    ("municipality_id", "account_id", "subject_type", "subject_id"),
                ),
                "pk_attr": "id",
                "table_description": "A person follows one topic, or one piece of content with a page of its own.",
            },
        ),
        ops.AlterModelOptions(
            name="Mute",
            options={
                "table": "notification_mute",
                "app": "samskap",
                "unique_together": (
                    ("municipality_id", "proposal_id", "account_id"),
                    ("municipality_id", "subject_type", "subject_id", "account_id"),
                ),
                "pk_attr": "id",
                "table_description": "A person wants no notifications of what happens to content with a page, whatever "
                "they are to it.",
            },
        ),
        run(*REFERENCES, *FILLED),
        ops.AddConstraint(
            model_name="Follow",
            constraint=UniqueConstraint(
                fields=("municipality_id", "account_id", "subject_type", "subject_id"), name=None
            ),
        ),
        ops.AddConstraint(
            model_name="Mute",
            constraint=UniqueConstraint(
                fields=("municipality_id", "subject_type", "subject_id", "account_id"), name=None
            ),
        ),
    ]
