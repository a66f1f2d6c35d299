"""Who is concerned by an event, a thousand people at a time, in the order of their accounts.

`ways`, `candidates` and `told` are the parts of its statement that expected.py asks with before anything happened.
"""

from dataclasses import dataclass

from backend.database import fetch, fetch_row
from backend.notifications.events import EventKind
from backend.notifications.kinds import KINDS, Cause, Channel, Kind, Relation

BATCH = 1_000

# Each yields account_id; `happened` is the event. What bounds a batch stands around it, see _arm.
_PEOPLE: dict[Relation, str] = {
    Relation.PROPOSAL_AUTHORS: """
        SELECT author_id AS account_id FROM proposal
        WHERE municipality_id = $1 AND id = (SELECT proposal_id FROM happened) AND author_id IS NOT NULL
        UNION ALL
        SELECT accepted_by_id FROM proposal_invitation
        WHERE municipality_id = $1 AND proposal_id = (SELECT proposal_id FROM happened)
          AND accepted_by_id IS NOT NULL AND ended_at IS NULL""",
    Relation.ANSWERED_COMMENTER: """
        SELECT parent.author_id AS account_id FROM comment c
        JOIN comment parent ON parent.municipality_id = c.municipality_id AND parent.id = c.parent_id
        WHERE c.municipality_id = $1 AND c.id = (SELECT comment_id FROM happened)""",
    Relation.PROPOSAL_FOLLOWERS: """
        SELECT account_id FROM follow
        WHERE municipality_id = $1 AND proposal_id = (SELECT proposal_id FROM happened)""",
    Relation.TOPIC_FOLLOWERS: """
        SELECT account_id FROM follow
        WHERE municipality_id = $1 AND topic_id = (SELECT topic_id FROM happened)""",
}
_COMMENT_AUTHOR = """
        SELECT author_id AS account_id FROM comment
        WHERE municipality_id = $1 AND id = (SELECT comment_id FROM happened)"""
_CAUSES: dict[Relation, Cause] = {
    Relation.PROPOSAL_AUTHORS: Cause.AUTHOR,
    Relation.ANSWERED_COMMENTER: Cause.COMMENTER,
    Relation.PROPOSAL_FOLLOWERS: Cause.PROPOSAL,
    Relation.TOPIC_FOLLOWERS: Cause.TOPIC,
}
_STRENGTH = {cause: number for number, cause in enumerate(Cause)}


@dataclass(frozen=True, slots=True)
class Happening:
    """An event, and how its proposal and comment stand now (None: the event has none)."""

    municipality_id: int
    id: int
    kind: EventKind
    proposal_state: str | None
    has_comment: bool
    comment_state: str | None

    @property
    def is_still_so(self) -> bool:
        """Whether what happened still holds."""
        return KINDS[self.kind].is_still_so(self.proposal_state, self.comment_state)


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of one batch: the last account looked at (None: nobody was left), and whom to tell how."""

    last: int | None
    is_full: bool
    in_app: list[int]
    emails: list[int]


async def happening(municipality_id: int, event_id: int) -> Happening | None:
    """The event with this id."""
    row = await fetch_row(
        """SELECT e.municipality_id, e.id, e.kind, p.state AS proposal_state,
                  e.comment_id IS NOT NULL AS has_comment, c.state AS comment_state
           FROM event e
           LEFT JOIN proposal p ON p.municipality_id = e.municipality_id AND p.id = e.proposal_id
           LEFT JOIN comment c ON c.municipality_id = e.municipality_id AND c.id = e.comment_id
           WHERE e.municipality_id = $1 AND e.id = $2""",
        municipality_id,
        event_id,
    )
    return Happening(**{**row, "kind": EventKind(row["kind"])}) if row else None


async def insert_batch(event: Happening, *, after: int, dropped_because: str | None) -> Batch:
    """Write the deliveries of the next people after account `after`, in one statement.

    Those who have left, machines, and whoever did it themselves are passed over. With a reason in
    `dropped_because` the rows say so and nobody is told. Rows that are there already stay as they are.
    `in_app` holds accounts, `emails` holds deliveries.
    """
    kind = KINDS[event.kind]
    (row,) = await fetch(
        _statement(kind, has_comment=event.has_comment),
        event.municipality_id,
        event.id,
        after,
        BATCH,
        *ways(kind),
        dropped_because,
    )
    return Batch(row["last"], row["candidates"] == BATCH, row["in_app"], row["emails"])


def ways(kind: Kind) -> tuple[list[str], list[bool], list[bool]]:
    """The channels, whether people are told by each unless they chose, and whatever they chose."""
    return (
        [channel.value for channel in Channel],
        [kind.wanted_by_default(channel) for channel in Channel],
        [kind.is_required(channel) for channel in Channel],
    )


def _statement(kind: Kind, *, has_comment: bool) -> str:
    causes = " ".join(f"WHEN {number} THEN '{cause}'" for cause, number in _STRENGTH.items())
    return f"""
        WITH happened AS MATERIALIZED (
            SELECT proposal_id, comment_id, topic_id, actor_id, kind FROM event
            WHERE municipality_id = $1 AND id = $2
        ), candidates AS MATERIALIZED ({candidates(kind, has_comment=has_comment)}
        ), inserted AS (
            INSERT INTO delivery (municipality_id, event_id, account_id, channel, cause, state,
                                  dropped_because, sent_at)
            SELECT $1, $2, c.account_id, way.channel, CASE c.strength {causes} END,
                   CASE WHEN $8::text IS NOT NULL THEN 'dropped'
                        WHEN way.channel = 'in_app' THEN 'sent' ELSE 'waiting' END,
                   $8, CASE WHEN $8::text IS NULL AND way.channel = 'in_app' THEN now() END
            {told(kind)}
            ON CONFLICT (municipality_id, event_id, account_id, channel) DO NOTHING
            RETURNING id, account_id, channel, state
        )
        SELECT (SELECT max(account_id) FROM candidates) AS last,
               (SELECT count(*) FROM candidates) AS candidates,
               ARRAY(SELECT account_id FROM inserted WHERE channel = 'in_app' AND state = 'sent') AS in_app,
               ARRAY(SELECT id FROM inserted WHERE state = 'waiting' ORDER BY id) AS emails
    """


def candidates(kind: Kind, *, has_comment: bool) -> str:
    """Whom the event concerns, each once and for the strongest cause: the next $4 (null: all) after account $3."""
    arms = " UNION ALL ".join(_arm(relation, has_comment=has_comment) for relation in kind.told)
    return f"""
            SELECT account_id, min(strength) AS strength FROM ({arms}) arms
            GROUP BY account_id ORDER BY account_id LIMIT $4"""


def told(kind: Kind) -> str:
    """FROM and WHERE of the candidates `c` who are told by a `way`; the ways are $5, $6 and $7."""
    passed_over = [f"c.account_id NOT IN ({_PEOPLE[relation]})" for relation in kind.spared]
    if not kind.tells_actor:
        passed_over.append("c.account_id IS DISTINCT FROM (SELECT actor_id FROM happened)")
    return f"""FROM candidates c
            JOIN account a ON a.municipality_id = $1 AND a.id = c.account_id
            CROSS JOIN unnest($5::text[], $6::bool[], $7::bool[]) AS way (channel, by_default, required)
            LEFT JOIN notification_preference f ON f.municipality_id = $1 AND f.account_id = c.account_id
                AND f.kind = (SELECT kind FROM happened) AND f.channel = way.channel
            WHERE a.kind = 'person' AND a.deleted_at IS NULL
              AND (way.channel <> 'email' OR a.email IS NOT NULL)
              AND (way.required OR coalesce(f.wanted, way.by_default))
              AND {" AND ".join(passed_over) or "true"}"""


def _arm(relation: Relation, *, has_comment: bool) -> str:
    """The next people of one relation. The smallest of all are among the smallest of each."""
    people, cause = _people(relation, has_comment=has_comment)
    return f"""(SELECT account_id, {_STRENGTH[cause]} AS strength FROM ({people}) people
               WHERE account_id > $3 ORDER BY account_id LIMIT $4)"""


def _people(relation: Relation, *, has_comment: bool) -> tuple[str, Cause]:
    if relation is not Relation.CONTENT_AUTHORS:
        return _PEOPLE[relation], _CAUSES[relation]
    if has_comment:
        return _COMMENT_AUTHOR, Cause.COMMENTER
    return _PEOPLE[Relation.PROPOSAL_AUTHORS], Cause.AUTHOR
