"""What the crowd does, in SQL. `kin` holds the ids of people and things by part and number."""

_PROPOSAL = """
    INSERT INTO proposal (municipality_id, topic_id, place_id, author_id, state, step, outcome, language, title, body,
                          submitted_at, published_at, answered_at, longitude, latitude, search, grams)
    SELECT 3201, t.id, p.id, {author}, 'answered', 4, 'accepted', 'nb', '{title} ' || t.n,
           'Det trengs en trygg sykkelvei langs elva, slik at barn kan sykle til skolen.', now(),
           now() - t.n * interval '1 minute', now(), 10.5, 59.9, to_tsvector('simple', 'sykelvei'), $grams
    FROM kin t JOIN kin p ON p.part = 'place' AND p.n = t.n JOIN kin a ON a.part = 'author' AND a.n = t.n
    WHERE t.part = 'topic' ORDER BY t.n RETURNING id, split_part(title, ' ', 2)::int"""


def _kin(part: str, made: str) -> str:
    return f"WITH made (id, n) AS ({made}) INSERT INTO kin SELECT '{part}', n, id FROM made"


def _of(*parts: str) -> str:
    """Things and people of the same number, by the names of their parts."""
    first, *others = parts
    joins = "".join(f" JOIN kin {part} ON {part}.part = '{part}' AND {part}.n = {first}.n" for part in others)
    return f"FROM kin {first}{joins} WHERE {first}.part = '{first}'"


_TOPICS = (
    _kin(
        "place",
        """INSERT INTO place (municipality_id, slug, name, kind, geometry, west, south, east, north)
           SELECT 3201, 'aa-' || n, 'Sted ' || n, 'town', '{"type": "Point", "coordinates": [10.5, 59.9]}', 0, 0, 0, 0
           FROM generate_series(1, $size) n RETURNING id, substr(slug, 4)::int""",
    ),
    _kin(
        "topic",
        f"""INSERT INTO topic (municipality_id, slug, goals, responsible_id, opens_at, answer_days, moderation_mode)
            SELECT 3201, 'aa-' || responsible.n, '{{1,2}}', responsible.id, now(), 30, 'hold_risky'
            {_of("responsible")} RETURNING id, substr(slug, 4)::int""",
    ),
    f"""INSERT INTO topic_text (municipality_id, topic_id, language, title, summary, body)
        SELECT 3201, topic.id, 'nb', 'Tema', 'To setninger.', 'Hele teksten.' {_of("topic")}""",
    f"""INSERT INTO topic_place (municipality_id, topic_id, place_id)
        SELECT 3201, topic.id, place.id {_of("topic", "place")}""",
    f"""INSERT INTO topic_requirement (municipality_id, topic_id, action, residents_only)
        SELECT 3201, topic.id, 'support', true {_of("topic")}""",
)
# The first proposal and the first of one's own have as many of everything as there are proposals.
_PROPOSALS = (
    _kin("proposal", _PROPOSAL.format(author="a.id", title="Sykkelvei")),
    _kin("own", _PROPOSAL.format(author="$me", title="Egen")),
    """INSERT INTO proposal_transition
           (municipality_id, proposal_id, ordinal, from_state, to_state, actor_role, actor_id)
       SELECT 3201, p.id, s.ordinal, s.source, s.target, s.part, CASE s.ordinal WHEN 4 THEN k.id ELSE a.id END
       FROM proposal p JOIN kin t ON t.part IN ('proposal', 'own') AND t.id = p.id
       JOIN kin k ON k.part = 'planner' AND k.n = t.n JOIN kin a ON a.part = 'author' AND a.n = t.n
       CROSS JOIN (VALUES (1, 'none', 'draft', 'author'), (2, 'draft', 'submitted', 'author'),
                          (3, 'submitted', 'published', 'screening'), (4, 'published', 'answered', 'planner'))
           s (ordinal, source, target, part)""",
    """INSERT INTO proposal_answer (municipality_id, proposal_id, outcome, reason, language, planner_id)
       SELECT 3201, t.id, 'accepted', 'Det gjør vi.', 'nb', k.id
       FROM kin t JOIN kin k ON k.part = 'planner' AND k.n = t.n WHERE t.part IN ('proposal', 'own')""",
    """INSERT INTO proposal_version (municipality_id, proposal_id, number, title, body, editor_id, created_at)
       SELECT 3201, t.id, v.n, 'Sykkelvei', 'Slik stod det da.', e.id,
              CASE v.n WHEN 1 THEN '2020-01-01' ELSE now() + interval '1 hour' END
       FROM kin t JOIN generate_series(1, $size) v (n) ON v.n <= 2 OR t.n = 1
       JOIN kin e ON e.part = 'editor' AND e.n = v.n WHERE t.part IN ('proposal', 'own')""",
    """INSERT INTO proposal_note (municipality_id, proposal_id, author_id, body)
       SELECT 3201, t.id, e.id, 'Et notat.'
       FROM kin t JOIN generate_series(1, $size) v (n) ON v.n <= 2 OR t.n = 1
       JOIN kin e ON e.part = 'editor' AND e.n = v.n WHERE t.part IN ('proposal', 'own')""",
    """INSERT INTO proposal_link (municipality_id, proposal_id, kind, target, detail)
       SELECT 3201, t.id, 'plan', 'Plan ' || l.n, '{"a": 1}'
       FROM kin t JOIN generate_series(1, $size) l (n) ON l.n <= 2 OR t.n = 1 WHERE t.part IN ('proposal', 'own')""",
    """INSERT INTO proposal_invitation
           (municipality_id, proposal_id, secret_hash, invited_by_id, expires_at, accepted_by_id, accepted_at)
       SELECT 3201, t.id, sha256((t.id || ':' || c.n)::bytea), a.id, now() + interval '1 day', c.id, now()
       FROM kin t JOIN kin a ON a.part = 'author' AND a.n = t.n
       JOIN kin c ON c.part = 'co_author' AND (c.n = t.n OR (t.n = 1 AND c.n <= 20))
       WHERE t.part IN ('proposal', 'own')""",
)
_COMMENT = """
    INSERT INTO comment (municipality_id, proposal_id, parent_id, author_id, stance, language, body, state,
                         published_at)
    SELECT 3201, {proposal}, {parent}, {author}, 'for', 'nb', {number}::text, '{state}', {at}
    {source} RETURNING id, body::int"""
_COMMENTS = (
    # As many on the first proposal, and one on each.
    _kin(
        "comment",
        _COMMENT.format(
            proposal="(SELECT id FROM kin WHERE part = 'proposal' AND n = 1)",
            parent="NULL",
            author="commenter.id",
            number="commenter.n",
            state="published",
            at="now()",
            source=_of("commenter"),
        ),
    ),
    _kin(
        "other_comment",
        _COMMENT.format(
            proposal="proposal.id",
            parent="NULL",
            author="commenter.id",
            number="commenter.n",
            state="published",
            at="now()",
            source=_of("commenter", "proposal"),
        ),
    ),
    # A reply to each comment on the first proposal, and as many to the first comment.
    """INSERT INTO comment (municipality_id, proposal_id, parent_id, author_id, stance, language, body, state,
                            published_at)
       SELECT 3201, p.id, c.id, r.id, 'for', 'nb', 'Et svar', 'published', now()
       FROM kin c JOIN kin r ON r.part = 'replier' AND (r.n = c.n OR c.n = 1)
       JOIN kin p ON p.part = 'proposal' AND p.n = 1 WHERE c.part = 'comment'""",
    _kin(
        "own_comment",
        _COMMENT.format(
            proposal="proposal.id",
            parent="NULL",
            author="$me",
            number="proposal.n",
            state="rejected",
            at="NULL",
            source=_of("proposal"),
        ),
    ),
)
_CASES = (
    # Two earlier ones about everything, and one that somebody is at work on, in turn about proposals and comments.
    *(
        """INSERT INTO moderation_case (municipality_id, subject_type, subject_id, topic_id, author_id, origin, reasons,
               state, decision, decided_by_id, decided_at, reason_code, reason_text)
           SELECT 3201, CASE s.part WHEN 'proposal' THEN 'proposal' ELSE 'comment' END, s.id, t.id, a.id, 'screening',
                  '{links}', 'decided', 'reject', d.id, now(), 'other', 'Les reglene.'
           FROM kin s JOIN kin t ON t.part = 'topic' AND t.n = s.n JOIN kin a ON a.part = 'author' AND a.n = s.n
           JOIN kin d ON d.part = 'decider' AND d.n = s.n
           WHERE s.part IN ('proposal', 'other_comment', 'own', 'own_comment')""",
    )
    * 2,
    _kin(
        "case",
        """INSERT INTO moderation_case (municipality_id, subject_type, subject_id, topic_id, author_id, origin, reasons,
               state, claimed_by_id, claimed_at, created_at)
           SELECT 3201, CASE s.part WHEN 'proposal' THEN 'proposal' ELSE 'comment' END, s.id, t.id, a.id, 'report',
                  '{links}', 'claimed', c.id, now(), now() + s.n * interval '1 second'
           FROM kin s JOIN kin t ON t.part = 'topic' AND t.n = s.n JOIN kin a ON a.part = 'author' AND a.n = s.n
           JOIN kin c ON c.part = 'claimer' AND c.n = s.n WHERE s.part IN ('proposal', 'other_comment')
           ORDER BY s.n RETURNING id, extract(epoch FROM created_at - now())::int""",
    ),
    """INSERT INTO report (municipality_id, reporter_id, subject_type, subject_id, reason_code, text, case_id)
       SELECT 3201, r.id, 'proposal', 1, 'other', 'Se på dette.', c.id
       FROM kin c JOIN kin r ON r.part = 'reporter' AND (r.n = c.n OR c.n = 1) WHERE c.part = 'case'""",
    """INSERT INTO moderation_signal (municipality_id, case_id, name, version, score, detail)
       SELECT 3201, c.id, 'links', '1', 0.5, '{"a": 1}' FROM kin c WHERE c.part = 'case'""",
    """INSERT INTO account_display_name (municipality_id, account_id, display_name, name_kind)
       SELECT 3201, a.id, 'Navn ' || v.n, 'first'
       FROM kin a JOIN generate_series(1, $size) v (n) ON v.n <= 2 OR a.n = 1 WHERE a.part = 'author'""",
)
_OWN = (
    f"""INSERT INTO support_event (municipality_id, proposal_id, account_id, ordinal)
        SELECT 3201, proposal.id, $me, 1 {_of("proposal")}""",
    """INSERT INTO follow (municipality_id, account_id, topic_id, proposal_id)
       SELECT 3201, $me, CASE part WHEN 'topic' THEN id END, CASE part WHEN 'proposal' THEN id END
       FROM kin WHERE part IN ('topic', 'proposal') ORDER BY n""",
    """INSERT INTO account_session (municipality_id, account_id, token_hash, provider, expires_at)
       SELECT 3201, $me, sha256(('session' || n)::bytea), 'idporten', now() + interval '1 day'
       FROM generate_series(1, $size) n""",
    """INSERT INTO access_token (municipality_id, account_id, name, token_hash, scopes, expires_at)
       SELECT 3201, $me, 'Script', sha256(('token' || n)::bytea), '{read}', now() + interval '1 day'
       FROM generate_series(1, least($size, 20)) n""",
    """INSERT INTO data_request (municipality_id, account_id, kind, state)
       SELECT 3201, $me, 'export', 'done' FROM generate_series(1, least($size, 20)) n""",
    _kin(
        "event",
        f"""INSERT INTO event (municipality_id, kind, key, proposal_id, comment_id, topic_id, detail)
            SELECT 3201, 'new_on_proposal', 'key:' || proposal.n, proposal.id, other_comment.id, topic.id, '{{}}'
            {_of("proposal", "other_comment", "topic")} RETURNING id, split_part(key, ':', 2)::int""",
    ),
    f"""INSERT INTO delivery (municipality_id, event_id, account_id, channel, cause, state)
        SELECT 3201, event.id, $me, 'in_app', 'proposal', 'sent' {_of("event")}""",
    # Roles that have ended of many, and of one; and one's own that hold.
    f"""INSERT INTO role_grant (municipality_id, account_id, role, topic_id, granted_by_id, ended_by_id, ended_at)
        SELECT 3201, holder.id, 'planner', topic.id, granter.id, ender.id, now()
        {_of("holder", "topic", "granter", "ender")}""",
    f"""INSERT INTO role_grant (municipality_id, account_id, role, topic_id, granted_by_id, ended_by_id, ended_at)
        SELECT 3201, (SELECT id FROM kin WHERE part = 'author' AND n = 1), 'planner', topic.id, granter.id, ender.id,
               now() {_of("topic", "granter", "ender")}""",
    f"""INSERT INTO role_grant (municipality_id, account_id, role, topic_id, granted_by_id)
        SELECT 3201, $me, 'planner', topic.id, granter.id {_of("topic", "granter")}""",
)
_IMPORTS = (
    _kin(
        "run",
        f"""INSERT INTO import_run (municipality_id, source, file_name, file_digest, report, started_by_id, mapping,
                                    topic_id, rows_read, state)
            SELECT 3201, 'plain', 'liste.csv', '', '{{}}', $me, '{{}}', topic.id, topic.n, 'done' {_of("topic")}
            RETURNING id, rows_read""",
    ),
    """INSERT INTO import_row_error (municipality_id, run_id, ordinal, line, column_name, value, code, detail)
       SELECT 3201, r.id, e.n, e.n, 'title', '', 'required', ''
       FROM kin r JOIN generate_series(1, $size) e (n) ON e.n <= 2 OR r.n = 1 WHERE r.part = 'run'""",
)
FILL = (*_TOPICS, *_PROPOSALS, *_COMMENTS, *_CASES, *_OWN, *_IMPORTS)
