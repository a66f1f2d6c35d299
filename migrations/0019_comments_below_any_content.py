"""Comments stand below content of whatever kind, and keep a ledger of the states that they have been in."""

from tortoise import fields, migrations
from tortoise.fields.db_defaults import Now
from tortoise.migrations import operations as ops

from migrations._sql import check, constraint, identified, index, one_of, reference, run

TRANSITIONS = (
    ("none", "submitted"),
    ("submitted", "published"),
    ("submitted", "rejected"),
    ("submitted", "withdrawn"),
    ("published", "hidden"),
    ("published", "withdrawn"),
    ("rejected", "withdrawn"),
    ("hidden", "published"),
)
STATES = ("submitted", "published", "rejected", "hidden", "withdrawn")
# Unknown: by the version before, which knows no ledger, or before there was one.
ROLES = ("author", "screening", "moderator", "erasure", "unknown")

LEDGER = (
    "INSERT INTO comment_state_rule (from_state, to_state) VALUES {} ON CONFLICT DO NOTHING".format(
        ", ".join(str(pair) for pair in TRANSITIONS)
    ),
    identified("comment_transition"),
    reference("comment_transition", "actor_id", "account"),
    # Its first row comes before the comment, where the version before writes one: looked at when all is there.
    constraint(
        "comment_transition",
        "comment_transition_comment_id_fkey",
        "FOREIGN KEY (municipality_id, comment_id) REFERENCES comment (municipality_id, id) "
        "DEFERRABLE INITIALLY DEFERRED",
    ),
    one_of("comment_transition", "to_state", STATES),
    one_of("comment_transition", "actor_role", ROLES),
    constraint(
        "comment_transition",
        "comment_transition_step_fkey",
        "FOREIGN KEY (from_state, to_state) REFERENCES comment_state_rule (from_state, to_state)",
    ),
    check("comment_transition", "first", "(ordinal = 1) = (from_state = 'none') AND ordinal > 0"),
    index(
        "comment_transition_state_key",
        "ON comment_transition (municipality_id, comment_id, ordinal, to_state)",
        unique=True,
    ),
    # No step without the one before it, from where that led.
    (
        "ALTER TABLE comment_transition ADD COLUMN IF NOT EXISTS previous integer "
        "GENERATED ALWAYS AS (nullif(ordinal - 1, 0)) STORED"
    ),
    constraint(
        "comment_transition",
        "comment_transition_previous_fkey",
        "FOREIGN KEY (municipality_id, comment_id, previous, from_state) "
        "REFERENCES comment_transition (municipality_id, comment_id, ordinal, to_state)",
    ),
    index("comment_transition_step_idx", "ON comment_transition (from_state, to_state)"),
    index(
        "comment_transition_previous_idx",
        "ON comment_transition (municipality_id, comment_id, previous, from_state)",
    ),
)
# What is known of the past of comments that were there before: when they were written, and first published.
FILLED = (
    """
    INSERT INTO comment_transition (municipality_id, comment_id, ordinal, from_state, to_state, actor_role, actor_id,
                                    created_at)
    SELECT municipality_id, id, 1, 'none', 'submitted', 'author', author_id, created_at FROM comment
    ON CONFLICT DO NOTHING""",
    """
    INSERT INTO comment_transition (municipality_id, comment_id, ordinal, from_state, to_state, actor_role, created_at)
    SELECT municipality_id, id, 2, 'submitted', 'published', 'unknown', published_at FROM comment
    WHERE published_at IS NOT NULL ON CONFLICT DO NOTHING""",
    """
    INSERT INTO comment_transition (municipality_id, comment_id, ordinal, from_state, to_state, actor_role)
    SELECT municipality_id, id, CASE WHEN published_at IS NULL THEN 2 ELSE 3 END,
           CASE WHEN published_at IS NULL THEN 'submitted' ELSE 'published' END, state, 'unknown' FROM comment
    WHERE state IN ('rejected', 'withdrawn', 'hidden') ON CONFLICT DO NOTHING""",
    """
    UPDATE comment SET step = CASE WHEN state = 'submitted' THEN 1
                                   WHEN state = 'published' OR published_at IS NULL THEN 2 ELSE 3 END
    WHERE step = 0""",
)
HELD = (
    # What was just written is looked at now: a table with checks outstanding cannot be altered.
    "SET CONSTRAINTS ALL IMMEDIATE",
    check("comment", "step", "step > 0"),
    constraint(
        "comment",
        "comment_step_fkey",
        "FOREIGN KEY (municipality_id, id, step, state) "
        "REFERENCES comment_transition (municipality_id, comment_id, ordinal, to_state) DEFERRABLE INITIALLY DEFERRED",
    ),
    index("comment_state_idx", "ON comment (municipality_id, id, step, state)"),
    (
        "DROP TRIGGER IF EXISTS comment_transition_append_only ON comment_transition;"
        "CREATE TRIGGER comment_transition_append_only BEFORE UPDATE OR DELETE ON comment_transition "
        "FOR EACH ROW EXECUTE FUNCTION forbid_change()"
    ),
    # The version before changes the state alone, and writes a comment without a step.
    """
    CREATE OR REPLACE FUNCTION step_of_comment() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        path text[] := ARRAY['none', 'submitted'];
    BEGIN
        IF TG_OP = 'INSERT' AND NEW.step = 0 THEN
            IF NEW.published_at IS NOT NULL OR NEW.state IN ('published', 'hidden') THEN
                path := path || 'published'::text;
            END IF;
            IF NEW.state NOT IN ('submitted', 'published') THEN
                path := path || NEW.state::text;
            END IF;
            NEW.step := cardinality(path) - 1;
            INSERT INTO comment_transition (municipality_id, comment_id, ordinal, from_state, to_state, actor_role)
            SELECT NEW.municipality_id, NEW.id, n, path[n], path[n + 1], 'unknown'
            FROM generate_series(1, NEW.step) n;
        ELSIF TG_OP = 'UPDATE' AND NEW.state <> OLD.state AND NEW.step = OLD.step THEN
            NEW.step := OLD.step + 1;
            INSERT INTO comment_transition (municipality_id, comment_id, ordinal, from_state, to_state, actor_role)
            VALUES (NEW.municipality_id, NEW.id, NEW.step, OLD.state, NEW.state, 'unknown');
        END IF;
        RETURN NEW;
    END $$""",
    "DROP TRIGGER IF EXISTS comment_step ON comment",
    "CREATE TRIGGER comment_step BEFORE INSERT OR UPDATE OF state ON comment FOR EACH ROW "
    "EXECUTE FUNCTION step_of_comment()",
)
SUBJECTS = (
    "DROP TRIGGER IF EXISTS comment_reference ON comment",
    "CREATE TRIGGER comment_reference BEFORE INSERT ON comment FOR EACH ROW EXECUTE FUNCTION refer_to_content()",
    "UPDATE comment SET subject_type = 'proposal', subject_id = proposal_id WHERE subject_type IS NULL",
    check("comment", "subject", "num_nulls(subject_type, subject_id) = 0"),
    constraint(
        "comment",
        "comment_subject_fkey",
        "FOREIGN KEY (municipality_id, subject_type, subject_id) REFERENCES content (municipality_id, kind, kind_id)",
    ),
    # What was public once keeps its place in the thread while it has replies. The first level is below 0: rows
    # that are null in a column do not count as ordered by the next.
    index(
        "comment_discussion_idx",
        "ON comment (municipality_id, subject_type, subject_id, coalesce(parent_id, 0), published_at, id) "
        "WHERE state IN ('published', 'hidden', 'withdrawn')",
    ),
    "DROP INDEX IF EXISTS comment_thread_idx",
    # A reply is below a comment of the first level on the same content; there is no third level.
    'ALTER TABLE "comment" DROP CONSTRAINT IF EXISTS "comment_parent_level_fkey"',
    "DROP INDEX IF EXISTS comment_level_key",
    'DROP INDEX IF EXISTS "comment_parent_idx"',
    index(
        "comment_subject_level_key",
        "ON comment (municipality_id, id, subject_type, subject_id, level)",
        unique=True,
    ),
    constraint(
        "comment",
        "comment_parent_level_fkey",
        "FOREIGN KEY (municipality_id, parent_id, subject_type, subject_id, parent_level) "
        "REFERENCES comment (municipality_id, id, subject_type, subject_id, level)",
    ),
    index(
        "comment_parent_idx",
        "ON comment (municipality_id, parent_id, subject_type, subject_id, parent_level)",
    ),
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
            SELECT NEW.municipality_id, 'comment', NEW.id, r.kind, r.kind_id, r.topic_id, NEW.author_id, NEW.created_at
            FROM content r WHERE r.municipality_id = NEW.municipality_id AND r.kind = NEW.subject_type
              AND r.kind_id = NEW.subject_id
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
)


class Migration(migrations.Migration):
    dependencies = [("samskap", "0018_references")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Comment", name="subject_type", field=fields.CharField(max_length=12, null=True)
        ),
        ops.AddField(model_name="Comment", name="subject_id", field=fields.BigIntField(null=True)),
        ops.AddField(model_name="Comment", name="step", field=fields.IntField(db_default=0)),
        ops.AlterField(model_name="Comment", name="proposal_id", field=fields.BigIntField(null=True)),
        ops.AlterModelOptions(
            name="Comment",
            options={
                "table": "comment",
                "app": "samskap",
                "pk_attr": "id",
                "table_description": "A comment on content with a page of its own, or a reply to one (`parent_id`); two "
                "levels, no more.",
            },
        ),
        ops.CreateModel(
            name="CommentStateRule",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("from_state", fields.CharField(max_length=12)),
                ("to_state", fields.CharField(max_length=12)),
            ],
            options={
                "table": "comment_state_rule",
                "app": "samskap",
                "unique_together": (("from_state", "to_state"),),
                "pk_attr": "id",
                "table_description": "A permitted step, copied from backend/comments/states.py so that the database can "
                "hold it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CommentTransition",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("municipality_id", fields.IntField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ("comment_id", fields.BigIntField()),
                ("ordinal", fields.IntField()),
                ("from_state", fields.CharField(max_length=12)),
                ("to_state", fields.CharField(max_length=12)),
                ("actor_id", fields.BigIntField(null=True)),
                ("actor_role", fields.CharField(max_length=10)),
            ],
            options={
                "table": "comment_transition",
                "app": "samskap",
                "unique_together": (("municipality_id", "comment_id", "ordinal"),),
                "pk_attr": "id",
                "table_description": "One step of a comment: from, to, who, in which capacity and when.",
            },
            bases=["Row"],
        ),
        run(*LEDGER, *FILLED),
        run(*HELD),
        run(*SUBJECTS),
    ]
