"""What planners work with: figures, when answers are due, and notes that only staff see."""

from tortoise import fields, migrations
from tortoise.fields.db_defaults import Now
from tortoise.migrations import operations as ops

from migrations._sql import check, identified, index, reference, run

WAITING = "state IN ('published', 'assessment')"
ANSWERED = "state IN ('answered', 'under_way', 'done')"

FIGURES = (
    identified("proposal_figures"),
    reference("proposal_figures", "topic_id", "topic"),
    # One row for each topic, and one (0) for all of them.
    index(
        "proposal_figures_topic_key",
        "ON proposal_figures (municipality_id, coalesce(topic_id, 0))",
        unique=True,
    ),
    check(
        "proposal_figures",
        "figures",
        "answered BETWEEN 0 AND proposals AND waiting BETWEEN 0 AND proposals "
        "AND overdue BETWEEN 0 AND waiting AND supports >= 0 AND median_days >= 0 AND participants >= 0",
    ),
)

# Kept by the database, so that it holds whoever publishes or imports. A day has 24 hours, as in the rest of the code.
# The topic is locked against a new deadline that would not see this proposal yet.
DUE = (
    (
        """
        CREATE OR REPLACE FUNCTION set_answer_due() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND NEW.published_at IS NOT DISTINCT FROM OLD.published_at
                AND NEW.topic_id = OLD.topic_id
            THEN
                RETURN NEW;
            END IF;
            NEW.answer_due_at := NULL;
            IF NEW.published_at IS NOT NULL THEN
                SELECT NEW.published_at + make_interval(hours => 24 * t.answer_days) INTO NEW.answer_due_at
                FROM topic t WHERE t.municipality_id = NEW.municipality_id AND t.id = NEW.topic_id FOR SHARE;
            END IF;
            RETURN NEW;
        END $$;
        """
    ),
    (
        """
        CREATE OR REPLACE FUNCTION move_answers_due() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE proposal SET answer_due_at = published_at + make_interval(hours => 24 * NEW.answer_days)
            WHERE municipality_id = NEW.municipality_id AND topic_id = NEW.id AND published_at IS NOT NULL;
            RETURN NULL;
        END $$;
        """
    ),
    (
        "DROP TRIGGER IF EXISTS proposal_answer_due ON proposal;"
        "CREATE TRIGGER proposal_answer_due BEFORE INSERT OR UPDATE OF published_at, topic_id ON proposal "
        "FOR EACH ROW EXECUTE FUNCTION set_answer_due();"
        "DROP TRIGGER IF EXISTS topic_answer_days ON topic;"
        "CREATE TRIGGER topic_answer_days AFTER UPDATE OF answer_days ON topic "
        "FOR EACH ROW WHEN (OLD.answer_days <> NEW.answer_days) EXECUTE FUNCTION move_answers_due();"
    ),
    (
        "UPDATE proposal p SET answer_due_at = p.published_at + make_interval(hours => 24 * t.answer_days) "
        "FROM topic t WHERE t.municipality_id = p.municipality_id AND t.id = p.topic_id "
        "AND p.published_at IS NOT NULL AND p.answer_due_at IS NULL"
    ),
    # A list by this time goes on from it; one without it would be on no page, or end them all.
    check("proposal", "answer_due", "(published_at IS NULL) = (answer_due_at IS NULL)"),
)

# Imported answers may have no time of their own: they are taken for as old as their proposal.
ANSWERED_TIME = "(coalesce(answered_at, published_at)) DESC, id DESC"
LISTS = (
    *(
        statement
        for name, lead in (("all", "municipality_id"), ("topic", "municipality_id, topic_id"))
        for statement in (
            index(
                f"proposal_{name}_answered_at_idx",
                f"ON proposal ({lead}, {ANSWERED_TIME}) WHERE {ANSWERED}",
            ),
            index(
                f"proposal_{name}_answer_due_at_idx",
                f"ON proposal ({lead}, answer_due_at, id) WHERE {WAITING}",
            ),
        )
    ),
    index(
        "proposal_outcome_idx", f"ON proposal (municipality_id, outcome, {ANSWERED_TIME}) WHERE {ANSWERED}"
    ),
)

NOTES = (
    identified("proposal_note"),
    reference("proposal_note", "proposal_id", "proposal"),
    reference("proposal_note", "author_id", "account"),
    index("proposal_note_page_idx", "ON proposal_note (municipality_id, proposal_id, id)"),
    "DROP INDEX IF EXISTS proposal_note_proposal_id_idx",
    check("proposal_note", "body", "length(body) <= 4000"),
    (
        """
        CREATE OR REPLACE FUNCTION forbid_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'withdrawn_at' = to_jsonb(OLD) - 'withdrawn_at'
                AND OLD.withdrawn_at IS NULL
            THEN
                RETURN NEW;
            END IF;
            -- With a proposal whose words are erased goes what was noted about them.
            IF TG_OP = 'UPDATE' AND current_setting('samskap.erasing', true) = 'on'
                AND to_jsonb(NEW) - 'body' = to_jsonb(OLD) - 'body'
            THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'notes are only ever added, or withdrawn' USING ERRCODE = 'restrict_violation';
        END $$;
        """
    ),
    (
        "DROP TRIGGER IF EXISTS proposal_note_append_only ON proposal_note;"
        "CREATE TRIGGER proposal_note_append_only BEFORE UPDATE OR DELETE ON proposal_note "
        "FOR EACH ROW EXECUTE FUNCTION forbid_note_change();"
    ),
)


class Migration(migrations.Migration):
    dependencies = [("samskap", "0002_constraints")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ProposalFigures",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("municipality_id", fields.IntField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ("topic_id", fields.BigIntField(null=True)),
                ("proposals", fields.IntField()),
                ("answered", fields.IntField()),
                ("waiting", fields.IntField()),
                ("overdue", fields.IntField()),
                ("supports", fields.IntField()),
                ("median_days", fields.FloatField(null=True)),
                ("participants", fields.IntField(null=True)),
            ],
            options={
                "table": "proposal_figures",
                "app": "samskap",
                "pk_attr": "id",
                "table_description": "What has come of the proposals of one topic, or (topic_id null) of all; "
                "derived, see figures.py.",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="ProposalNote",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("municipality_id", fields.IntField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ("proposal_id", fields.BigIntField()),
                ("author_id", fields.BigIntField()),
                ("body", fields.TextField(unique=False)),
                ("withdrawn_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "proposal_note",
                "app": "samskap",
                "pk_attr": "id",
                "table_description": "What staff in charge of a proposal tell each other about it; only ever added, "
                "or withdrawn once.",
            },
            bases=["Row"],
        ),
        ops.AddField(
            model_name="Proposal",
            name="answer_due_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        run(*FIGURES),
        run(*DUE),
        run(*LISTS),
        run(*NOTES),
    ]
