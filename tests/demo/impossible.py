"""What can never have happened, as statements that count how often it did."""

IMPOSSIBLE = {
    "a step before the one it follows": """
        SELECT count(*) FROM proposal_transition a JOIN proposal_transition b
            ON b.proposal_id = a.proposal_id AND b.ordinal = a.ordinal + 1 WHERE b.created_at <= a.created_at""",
    "a step yet to come": "SELECT count(*) FROM proposal_transition WHERE created_at > now()",
    "published at another time than the step says": """
        SELECT count(*) FROM proposal p JOIN proposal_transition t ON t.proposal_id = p.id
        WHERE t.to_state = 'published' AND t.created_at <> p.published_at""",
    "a comment before the proposal was public": """
        SELECT count(*) FROM comment c JOIN proposal p ON p.id = c.proposal_id
        WHERE c.created_at <= p.published_at""",
    "a comment yet to come": "SELECT count(*) FROM comment WHERE greatest(created_at, published_at) > now()",
    "a reply before what it replies to": """
        SELECT count(*) FROM comment r JOIN comment c ON c.id = r.parent_id WHERE r.published_at <= c.published_at""",
    "a support outside the time for it": """
        SELECT count(*) FROM support_event s JOIN proposal p ON p.id = s.proposal_id
        WHERE s.created_at < p.published_at OR s.created_at > coalesce(p.answered_at, now())""",
    "a support withdrawn before it was given": """
        SELECT count(*) FROM support_event a JOIN support_event b ON b.proposal_id = a.proposal_id
            AND b.account_id = a.account_id AND b.ordinal = a.ordinal + 1 WHERE b.created_at < a.created_at""",
    "a report before the comment": """
        SELECT count(*) FROM report r JOIN comment c ON c.id = r.subject_id AND r.subject_type = 'comment'
        WHERE r.created_at <= c.published_at""",
    "a case decided before it was opened": """
        SELECT count(*) FROM moderation_case WHERE decided_at < created_at OR created_at > now()""",
    "a hidden text with no case": """
        SELECT count(*) FROM comment c WHERE c.state = 'hidden' AND NOT EXISTS (
            SELECT FROM moderation_case m WHERE m.subject_id = c.id AND m.decision = 'hide')""",
    "a proposal before its topic opened": """
        SELECT count(*) FROM proposal p JOIN topic t ON t.id = p.topic_id WHERE p.created_at < t.opens_at""",
    "a proposal after its topic closed": """
        SELECT count(*) FROM proposal p JOIN topic t ON t.id = p.topic_id WHERE p.created_at > t.closes_at""",
    "a notification before its event": """
        SELECT count(*) FROM delivery d JOIN event e ON e.id = d.event_id WHERE d.created_at <> e.created_at""",
}
