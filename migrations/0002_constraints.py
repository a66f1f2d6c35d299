"""What the database itself holds: references within one municipality, words that columns may hold, ledgers."""

from tortoise import migrations

from migrations._sql import check, constraint, identified, index, one_of, reference, run

TABLES = [
    "access_token",
    "account",
    "account_display_name",
    "account_identity",
    "account_session",
    "comment",
    "data_request",
    "delivery",
    "event",
    "follow",
    "idempotency_key",
    "import_run",
    "login_attempt",
    "machine_client",
    "moderation_case",
    "moderation_signal",
    "notification_preference",
    "place",
    "proposal",
    "proposal_answer",
    "proposal_invitation",
    "proposal_link",
    "proposal_transition",
    "proposal_version",
    "recount_alarm",
    "report",
    "role_grant",
    "support_event",
    "topic",
    "topic_place",
    "topic_requirement",
    "topic_text",
]

REFERENCES = (
    ("access_token", "account_id", "account"),
    ("account", "home_place_id", "place"),
    ("account_display_name", "account_id", "account"),
    ("account_identity", "account_id", "account"),
    ("account_session", "account_id", "account"),
    ("comment", "proposal_id", "proposal"),
    ("comment", "parent_id", "comment"),
    ("comment", "author_id", "account"),
    ("data_request", "account_id", "account"),
    ("delivery", "event_id", "event"),
    ("delivery", "account_id", "account"),
    ("event", "proposal_id", "proposal"),
    ("event", "comment_id", "comment"),
    ("event", "topic_id", "topic"),
    ("event", "actor_id", "account"),
    ("follow", "account_id", "account"),
    ("follow", "topic_id", "topic"),
    ("follow", "proposal_id", "proposal"),
    ("idempotency_key", "account_id", "account"),
    ("import_run", "started_by_id", "account"),
    ("machine_client", "account_id", "account"),
    ("moderation_case", "topic_id", "topic"),
    ("moderation_case", "author_id", "account"),
    ("moderation_case", "claimed_by_id", "account"),
    ("moderation_case", "decided_by_id", "account"),
    ("moderation_signal", "case_id", "moderation_case"),
    ("notification_preference", "account_id", "account"),
    ("proposal", "topic_id", "topic"),
    ("proposal", "author_id", "account"),
    ("proposal", "place_id", "place"),
    ("proposal_answer", "proposal_id", "proposal"),
    ("proposal_answer", "planner_id", "account"),
    ("proposal_invitation", "proposal_id", "proposal"),
    ("proposal_invitation", "invited_by_id", "account"),
    ("proposal_invitation", "accepted_by_id", "account"),
    ("proposal_link", "proposal_id", "proposal"),
    ("proposal_transition", "proposal_id", "proposal"),
    ("proposal_transition", "actor_id", "account"),
    ("proposal_version", "proposal_id", "proposal"),
    ("proposal_version", "editor_id", "account"),
    ("report", "reporter_id", "account"),
    ("report", "case_id", "moderation_case"),
    ("role_grant", "account_id", "account"),
    ("role_grant", "topic_id", "topic"),
    ("role_grant", "granted_by_id", "account"),
    ("role_grant", "ended_by_id", "account"),
    ("support_event", "proposal_id", "proposal"),
    ("support_event", "account_id", "account"),
    ("topic", "responsible_id", "account"),
    ("topic_place", "topic_id", "topic"),
    ("topic_place", "place_id", "place"),
    ("topic_requirement", "topic_id", "topic"),
    ("topic_text", "topic_id", "topic"),
)

LANGUAGES = ("nb", "nn", "en", "se", "da", "sv", "fi")
OUTCOMES = ("accepted", "partly", "declined")
REASON_CODES = (
    "spam",
    "personal_attack",
    "hate",
    "personal_data",
    "off_topic",
    "duplicate",
    "illegal",
    "other",
)
WORDS = (
    ("account", "kind", ("person", "service")),
    ("account", "name_kind", ("real", "first", "pseudonym")),
    ("account_display_name", "name_kind", ("real", "first", "pseudonym")),
    ("account", "language", ("nb", "nn", "en")),
    ("comment", "stance", ("for", "against", "neutral")),
    ("comment", "state", ("submitted", "published", "rejected", "hidden", "withdrawn")),
    ("comment", "language", LANGUAGES),
    ("data_request", "kind", ("export", "delete")),
    ("data_request", "state", ("waiting", "running", "done", "failed")),
    ("delivery", "channel", ("in_app", "email")),
    ("delivery", "state", ("waiting", "sending", "sent", "dropped", "failed")),
    ("import_run", "state", ("running", "done", "failed")),
    ("moderation_case", "subject_type", ("proposal", "comment")),
    ("moderation_case", "origin", ("screening", "report", "moderator")),
    ("moderation_case", "state", ("waiting", "claimed", "decided")),
    ("moderation_case", "decision", ("publish", "approve", "reject", "hide", "dismiss", "restore", "lapse")),
    ("moderation_case", "reason_code", REASON_CODES),
    ("outbox", "queue", ("fast", "slow")),
    ("proposal", "language", LANGUAGES),
    ("proposal", "outcome", OUTCOMES),
    ("proposal_answer", "outcome", OUTCOMES),
    ("report", "subject_type", ("proposal", "comment")),
    ("report", "reason_code", REASON_CODES),
    ("role_grant", "role", ("planner", "moderator", "admin", "service")),
    ("role_grant", "source", ("person", "provider")),
    ("topic", "moderation_mode", ("publish_at_once", "hold_risky", "approve_first")),
    ("topic_requirement", "action", ("propose", "support", "comment")),
    ("topic_text", "language", ("nb", "nn", "en")),
)

STEPS = [
    "none>draft",
    "none>published",
    "none>assessment",
    "none>answered",
    "none>under_way",
    "none>done",
    "none>withdrawn",
    "draft>submitted",
    "draft>withdrawn",
    "submitted>published",
    "submitted>rejected",
    "submitted>withdrawn",
    "rejected>draft",
    "rejected>withdrawn",
    "published>assessment",
    "published>answered",
    "published>withdrawn",
    "published>hidden",
    "assessment>published",
    "assessment>answered",
    "assessment>hidden",
    "answered>assessment",
    "answered>under_way",
    "answered>hidden",
    "under_way>done",
    "under_way>hidden",
    "done>hidden",
    "hidden>published",
    "hidden>assessment",
    "hidden>answered",
    "hidden>under_way",
    "hidden>done",
    "withdrawn>hidden",
    "hidden>withdrawn",
]

STATE_RULES = (
    "INSERT INTO proposal_state_rule (from_state, to_state) VALUES {} ON CONFLICT DO NOTHING".format(
        ", ".join("('{}', '{}')".format(*step.split(">")) for step in STEPS)
    )
)

PUBLIC = "state IN ('published', 'assessment', 'answered', 'under_way', 'done')"

STATE_MACHINE = (
    STATE_RULES,
    constraint(
        "proposal_transition",
        "proposal_transition_step_fkey",
        "FOREIGN KEY (from_state, to_state) REFERENCES proposal_state_rule (from_state, to_state)",
    ),
    index("proposal_transition_step_idx", "ON proposal_transition (from_state, to_state)"),
    index(
        "proposal_transition_state_key",
        "ON proposal_transition (municipality_id, proposal_id, ordinal, to_state)",
        unique=True,
    ),
    # A step starts where the step before it ended, and the first one starts nowhere.
    (
        "ALTER TABLE proposal_transition ADD COLUMN IF NOT EXISTS previous integer "
        "GENERATED ALWAYS AS (nullif(ordinal - 1, 0)) STORED"
    ),
    constraint(
        "proposal_transition",
        "proposal_transition_previous_fkey",
        "FOREIGN KEY (municipality_id, proposal_id, previous, from_state) "
        "REFERENCES proposal_transition (municipality_id, proposal_id, ordinal, to_state)",
    ),
    index(
        "proposal_transition_previous_idx",
        "ON proposal_transition (municipality_id, proposal_id, previous, from_state)",
    ),
    check("proposal_transition", "first", "(ordinal = 1) = (from_state = 'none') AND ordinal > 0"),
    # A proposal is in the state that its latest step led to; checked at commit, since each needs the other.
    constraint(
        "proposal",
        "proposal_state_fkey",
        "FOREIGN KEY (municipality_id, id, step, state) "
        "REFERENCES proposal_transition (municipality_id, proposal_id, ordinal, to_state) "
        "DEFERRABLE INITIALLY DEFERRED",
    ),
    index("proposal_state_idx", "ON proposal (municipality_id, id, step, state)"),
    check(
        "proposal",
        "answered",
        "(state IN ('answered', 'under_way', 'done') AND outcome IS NOT NULL) "
        "OR state NOT IN ('answered', 'under_way', 'done')",
    ),
)

PROPOSALS = (
    check("proposal", "title", "length(title) BETWEEN 1 AND 200"),
    check("proposal", "body", "length(body) <= 20000"),
    check("proposal", "counts", "supports >= 0 AND comments >= 0"),
    check(
        "proposal",
        "position",
        "(longitude IS NULL) = (latitude IS NULL) "
        "AND longitude BETWEEN -180 AND 180 AND latitude BETWEEN -90 AND 90",
    ),
    # Degrees of longitude are half as long as degrees of latitude at 60° north; halving them makes planar
    # distances true enough to order by.
    (
        "ALTER TABLE proposal ADD COLUMN IF NOT EXISTS position point "
        "GENERATED ALWAYS AS (point(longitude * 0.5, latitude)) STORED"
    ),
    index("proposal_position_idx", f"ON proposal USING gist (position) WHERE {PUBLIC}"),
    index("proposal_search_idx", "ON proposal USING gin (search)"),
    index("proposal_grams_idx", f"ON proposal USING gin (grams) WITH (fastupdate = off) WHERE {PUBLIC}"),
    # The search for similar proposals reads from the statistics how common each gram is.
    "ALTER TABLE proposal ALTER COLUMN grams SET STATISTICS 1000",
    *(
        index(f"proposal_{name}_{column}_idx", f"ON proposal ({lead}, {column} DESC, id DESC) WHERE {PUBLIC}")
        for name, lead in (("all", "municipality_id"), ("topic", "municipality_id, topic_id"))
        for column in ("published_at", "supports", "active_at")
    ),
    index(
        "proposal_external_key",
        "ON proposal (municipality_id, source, external_key) WHERE external_key IS NOT NULL",
        unique=True,
    ),
    index("proposal_invitation_secret_key", "ON proposal_invitation (secret_hash)", unique=True),
    # Nobody is co-author of one proposal twice.
    index(
        "proposal_invitation_accepted_key",
        "ON proposal_invitation (municipality_id, proposal_id, accepted_by_id) "
        "WHERE accepted_by_id IS NOT NULL AND ended_at IS NULL",
        unique=True,
    ),
    # Lists go on from this time; one without it would be on no page, or end them all.
    check("proposal", "published", f"published_at IS NOT NULL OR NOT ({PUBLIC})"),
    check("proposal", "external", "(source IS NULL) = (external_key IS NULL)"),
)

SUPPORTS = (
    check("support_event", "ordinal", "ordinal > 0"),
    # No withdrawal without a support before it, and no second support without a withdrawal.
    (
        "ALTER TABLE support_event ADD COLUMN IF NOT EXISTS previous integer "
        "GENERATED ALWAYS AS (nullif(ordinal - 1, 0)) STORED"
    ),
    constraint(
        "support_event",
        "support_event_previous_fkey",
        "FOREIGN KEY (municipality_id, proposal_id, account_id, previous) "
        "REFERENCES support_event (municipality_id, proposal_id, account_id, ordinal)",
    ),
    index(
        "support_event_previous_idx",
        "ON support_event (municipality_id, proposal_id, account_id, previous) WHERE previous IS NOT NULL",
    ),
    # Counting reads whole transactions at a time; a proposal's page reads what is not counted yet.
    index(
        "support_event_window_idx", "ON support_event (municipality_id, txid) INCLUDE (proposal_id, ordinal)"
    ),
    index(
        "support_event_uncounted_idx",
        "ON support_event (municipality_id, proposal_id, txid) INCLUDE (ordinal, account_id)",
    ),
    "DROP INDEX IF EXISTS support_event_proposal_id_idx",
    constraint(
        "support_window",
        "support_window_municipality_id_fkey",
        "FOREIGN KEY (municipality_id) REFERENCES municipality (id)",
    ),
)

ACCOUNTS = (
    index(
        "account_identity_number_key",
        "ON account_identity (municipality_id, provider, number_hash) WHERE number_hash IS NOT NULL",
        unique=True,
    ),
    # A person is looked for under the hash of every pepper there is, whatever the provider.
    index(
        "account_identity_hash_idx",
        "ON account_identity (municipality_id, number_hash) WHERE number_hash IS NOT NULL",
    ),
    # A provider's logout names its own session and is answered within seconds.
    index(
        "account_session_provider_idx",
        "ON account_session (municipality_id, provider, provider_session) WHERE ended_at IS NULL",
    ),
    check("account_identity", "pepper", "(number_hash IS NULL) = (pepper_version IS NULL)"),
    index("account_session_token_key", "ON account_session (token_hash)", unique=True),
    index("access_token_hash_key", "ON access_token (token_hash)", unique=True),
    index("login_attempt_state_key", "ON login_attempt (state_hash)", unique=True),
    index(
        "role_grant_active_key",
        "ON role_grant (municipality_id, account_id, role, coalesce(topic_id, 0)) WHERE ended_at IS NULL",
        unique=True,
    ),
    index(
        "data_request_active_key",
        "ON data_request (municipality_id, account_id, kind) WHERE state IN ('waiting', 'running')",
        unique=True,
    ),
    check("data_request", "progress", "progress BETWEEN 0 AND 100"),
    check("account", "display_name", "length(display_name) >= 1"),
    check(
        "account",
        "pending_email",
        "num_nulls(pending_email, email_expires_at) IN (0, 2) "
        "AND (email_secret_hash IS NULL OR pending_email IS NOT NULL)",
    ),
)

DISCUSSION = (
    check("comment", "body", "length(body) BETWEEN 1 AND 5000"),
    # What was public once keeps its place in the thread while it has replies. The first level is below 0: rows
    # that are null in a column do not count as ordered by the next.
    index(
        "comment_thread_idx",
        "ON comment (municipality_id, proposal_id, coalesce(parent_id, 0), published_at, id) "
        "WHERE state IN ('published', 'hidden', 'withdrawn')",
    ),
    # A reply is below a comment of the first level on the same proposal; there is no third level.
    (
        "ALTER TABLE comment ADD COLUMN IF NOT EXISTS level smallint "
        "GENERATED ALWAYS AS (CASE WHEN parent_id IS NULL THEN 1 ELSE 2 END) STORED"
    ),
    (
        "ALTER TABLE comment ADD COLUMN IF NOT EXISTS parent_level smallint "
        "GENERATED ALWAYS AS (CASE WHEN parent_id IS NOT NULL THEN 1 END) STORED"
    ),
    index("comment_level_key", "ON comment (municipality_id, id, proposal_id, level)", unique=True),
    constraint(
        "comment",
        "comment_parent_level_fkey",
        "FOREIGN KEY (municipality_id, parent_id, proposal_id, parent_level) "
        "REFERENCES comment (municipality_id, id, proposal_id, level)",
    ),
    index("comment_parent_idx", "ON comment (municipality_id, parent_id, proposal_id, parent_level)"),
    "DROP INDEX IF EXISTS comment_parent_id_idx",
    check("follow", "target", "num_nonnulls(topic_id, proposal_id) = 1"),
    # Followers are read in the order of their accounts, a thousand at a time.
    index("follow_topic_account_idx", "ON follow (municipality_id, topic_id, account_id)"),
    index("follow_proposal_account_idx", "ON follow (municipality_id, proposal_id, account_id)"),
    index(
        "moderation_case_open_key",
        "ON moderation_case (municipality_id, subject_type, subject_id) WHERE state <> 'decided'",
        unique=True,
    ),
    index(
        "moderation_case_queue_idx",
        "ON moderation_case (municipality_id, created_at, id) WHERE state <> 'decided'",
    ),
    index(
        "moderation_case_subject_idx", "ON moderation_case (municipality_id, subject_type, subject_id, id)"
    ),
    check(
        "moderation_case",
        "decided",
        "(state = 'decided') = (decision IS NOT NULL AND decided_at IS NOT NULL)",
    ),
    check("moderation_case", "claimed", "state <> 'claimed' OR num_nulls(claimed_by_id, claimed_at) = 0"),
    check(
        "moderation_case",
        "reasoned",
        "decision NOT IN ('reject', 'hide') "
        "OR (reason_code IS NOT NULL AND length(reason_text) > 0 AND decided_by_id IS NOT NULL)",
    ),
    (
        """
        CREATE OR REPLACE FUNCTION forbid_undeciding() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'a decision stays as it was made' USING ERRCODE = 'restrict_violation';
        END $$;
        """
    ),
    (
        "DROP TRIGGER IF EXISTS moderation_case_decided ON moderation_case;"
        "CREATE TRIGGER moderation_case_decided BEFORE UPDATE OR DELETE ON moderation_case "
        "FOR EACH ROW WHEN (OLD.state = 'decided') EXECUTE FUNCTION forbid_undeciding();"
    ),
    check("moderation_signal", "score", "score BETWEEN 0 AND 1"),
    index(
        "delivery_inbox_idx",
        "ON delivery (municipality_id, account_id, id DESC) WHERE channel = 'in_app' AND state = 'sent'",
    ),
    index("delivery_waiting_idx", "ON delivery (id) WHERE state IN ('waiting', 'sending')"),
)

TOPICS = (
    check("topic", "goals", "goals <@ ARRAY[1, 2, 3, 4]::smallint[] AND cardinality(goals) > 0"),
    check("topic", "period", "closes_at IS NULL OR closes_at > opens_at"),
    check("topic", "answer_days", "answer_days BETWEEN 1 AND 365"),
    check("topic_requirement", "min_age", "min_age BETWEEN 0 AND 120"),
    check("place", "box", "west <= east AND south <= north"),
)

OUTBOX = (
    index("outbox_open_idx", "ON outbox (due_at, id) WHERE done_at IS NULL AND failed_at IS NULL"),
    index("outbox_asked_idx", "ON outbox (job, key) WHERE done_at IS NULL AND failed_at IS NULL"),
    index("outbox_done_idx", "ON outbox (done_at) WHERE done_at IS NOT NULL"),
)

LEDGERS = ("support_event", "proposal_transition", "proposal_version", "proposal_answer", "event")
APPEND_ONLY = (
    (
        """
        CREATE OR REPLACE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            -- A person's right to be forgotten: the words go, the fact that there were words stays.
            -- What is computed from other columns (previous) is not there yet when this trigger runs.
            IF TG_OP = 'UPDATE' AND TG_TABLE_NAME IN ('proposal_version', 'proposal_transition')
                AND current_setting('samskap.erasing', true) = 'on'
                AND to_jsonb(NEW) - '{title,body,reason,previous}'::text[]
                    = to_jsonb(OLD) - '{title,body,reason,previous}'::text[]
            THEN
                RETURN NEW;
            END IF;
            -- A restored cluster numbers its transactions anew, and the ledger is counted by their numbers.
            IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'support_event'
                AND current_setting('samskap.restoring', true) = 'on'
                AND to_jsonb(NEW) - '{txid,previous}'::text[] = to_jsonb(OLD) - '{txid,previous}'::text[]
            THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$;
        """
    ),
    *(
        (
            f"DROP TRIGGER IF EXISTS {table}_append_only ON {table};"
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION forbid_change();"
        )
        for table in LEDGERS
    ),
)


class Migration(migrations.Migration):
    dependencies = [("samskap", "0001_initial")]

    operations = [
        run(*(identified(table) for table in TABLES)),
        run(*(reference(*parts) for parts in REFERENCES)),
        run(*(one_of(*parts) for parts in WORDS)),
        *(
            run(*part)
            for part in (
                STATE_MACHINE,
                PROPOSALS,
                SUPPORTS,
                ACCOUNTS,
                DISCUSSION,
                TOPICS,
                OUTBOX,
                APPEND_ONLY,
            )
        ),
    ]
