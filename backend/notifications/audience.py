"""Who is concerned by an event, a thousand people at a time, in the order of their accounts.

`people_sql`, `recipients_sql` and `channels` are the parts of its statement that expected.py counts with before
anything happened, and `cause_now` looks one person up with right before a mail leaves.
"""

from dataclasses import dataclass

from backend.notifications.events import EventKind
from backend.notifications.kinds import EVERYBODY, KINDS, Cause, Channel, Kind, Relation
from backend.platform.database import fetch, fetch_row

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
    # Read off the ledger's unique key, a person at a time in the order of accounts: never sorted.
    Relation.SUPPORTERS: """
        SELECT account_id FROM support_event
        WHERE municipality_id = $1 AND proposal_id = (SELECT proposal_id FROM happened)
        GROUP BY account_id HAVING max(ordinal) % 2 = 1""",
    Relation.COMMENTERS: """
        SELECT DISTINCT author_id AS account_id FROM comment
        WHERE municipality_id = $1 AND proposal_id = (SELECT proposal_id FROM happened) AND state = 'published'""",
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
    Relation.SUPPORTERS: Cause.SUPPORTER,
    Relation.COMMENTERS: Cause.DISCUSSION,
    Relation.PROPOSAL_FOLLOWERS: Cause.PROPOSAL,
    Relation.TOPIC_FOLLOWERS: Cause.TOPIC,
}
_STRENGTH = {cause: number for number, cause in enumerate(Cause)}
_BY_STRENGTH = f"(ARRAY[{', '.join(repr(cause.value) for cause in Cause)}])"


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

    Those who have left, machines, whoever muted the proposal and whoever did it themselves are passed over.
    With a reason in `dropped_because` the rows say so and nobody is told. Rows that are there already stay as
    they are. `in_app` holds accounts, `emails` holds deliveries.
    """
    kind = KINDS[event.kind]
    (row,) = await fetch(
        _statement(kind, has_comment=event.has_comment),
        event.municipality_id,
        event.id,
        after,
        BATCH,
        *channels(kind),
        dropped_because,
    )
    return Batch(row["last"], row["people"] == BATCH, row["in_app"], row["emails"])


async def cause_now(
    municipality_id: int, event_id: int, kind: Kind, account_id: int, channel: Channel, *, has_comment: bool
) -> Cause | None:
    """Why this person is to be notified of the event as things stand now; None: they are not, any more."""
    rows = await fetch(
        f"""WITH {_HAPPENED}, people AS MATERIALIZED ({people_sql(kind, has_comment=has_comment)}
            ) SELECT strength {recipients_sql(kind)} AND c.account_id = $8 AND way.channel = $9
            ORDER BY strength LIMIT 1""",
        municipality_id,
        event_id,
        account_id - 1,
        1,
        *channels(kind),
        account_id,
        channel.value,
    )
    return list(Cause)[rows[0]["strength"]] if rows else None


def channels(kind: Kind) -> tuple[list[str], list[bool], list[bool]]:
    """The channels, whether people are told by each unless they chose, and whatever they chose."""
    return (
        [channel.value for channel in Channel],
        [kind.wanted_by_default(channel) for channel in Channel],
        [kind.is_required(channel) for channel in Channel],
    )


_HAPPENED = """happened AS MATERIALIZED (
            SELECT proposal_id, comment_id, topic_id, actor_id, kind FROM event
            WHERE municipality_id = $1 AND id = $2
        )"""


def _statement(kind: Kind, *, has_comment: bool) -> str:
    return f"""
        WITH {_HAPPENED}, people AS MATERIALIZED ({people_sql(kind, has_comment=has_comment)}
        ), inserted AS (
            INSERT INTO delivery (municipality_id, event_id, account_id, channel, cause, state,
                                  dropped_because, sent_at)
            SELECT $1, $2, c.account_id, way.channel, {_BY_STRENGTH}[min(c.strength) + 1],
                   CASE WHEN $8::text IS NOT NULL THEN 'dropped'
                        WHEN way.channel = 'in_app' THEN 'sent' ELSE 'waiting' END,
                   $8, CASE WHEN $8::text IS NULL AND way.channel = 'in_app' THEN now() END
            {recipients_sql(kind)}
            GROUP BY c.account_id, way.channel
            ON CONFLICT (municipality_id, event_id, account_id, channel) DO NOTHING
            RETURNING id, account_id, channel, state
        )
        SELECT (SELECT max(account_id) FROM people) AS last,
               (SELECT count(DISTINCT account_id) FROM people) AS people,
               ARRAY(SELECT account_id FROM inserted WHERE channel = 'in_app' AND state = 'sent') AS in_app,
               ARRAY(SELECT id FROM inserted WHERE state = 'waiting' ORDER BY id) AS emails
    """


def people_sql(kind: Kind, *, has_comment: bool) -> str:
    """Whom the event concerns, one row for each cause: the next $4 people (null: all) after account $3."""
    arms = " UNION ALL ".join(_arm(relation, has_comment=has_comment) for relation in kind.told)
    return f"""
            SELECT account_id, strength FROM (
                SELECT account_id, strength, dense_rank() OVER (ORDER BY account_id) AS place FROM ({arms}) arms
            ) ranked WHERE $4::int IS NULL OR place <= $4"""


def recipients_sql(kind: Kind) -> str:
    """FROM and WHERE of the people `c` who are told by a `way`, a row for each cause that they want it for.

    The channels are $5, $6 and $7.
    """
    conditions = [
        "a.kind = 'person'",
        "a.deleted_at IS NULL",
        "(way.channel <> 'email' OR a.email IS NOT NULL)",
        "(way.required OR (coalesce(f.wanted, way.by_default) AND coalesce(q.wanted, true)))",
        *(f"c.account_id NOT IN ({_PEOPLE[relation]})" for relation in kind.spared),
    ]
    if not kind.tells_actor:
        conditions.append("c.account_id IS DISTINCT FROM (SELECT actor_id FROM happened)")
    if kind.may_be_muted:
        conditions.append(
            """NOT EXISTS (SELECT FROM notification_mute m WHERE m.municipality_id = $1
                   AND m.account_id = c.account_id AND m.proposal_id = (SELECT proposal_id FROM happened))"""
        )
    return f"""FROM people c
            JOIN account a ON a.municipality_id = $1 AND a.id = c.account_id
            CROSS JOIN unnest($5::text[], $6::bool[], $7::bool[]) AS way (channel, by_default, required)
            LEFT JOIN notification_preference f ON f.municipality_id = $1 AND f.account_id = c.account_id
                AND f.kind = (SELECT kind FROM happened) AND f.channel = way.channel
            LEFT JOIN notification_cause_preference q ON q.municipality_id = $1 AND q.account_id = c.account_id
                AND q.cause = {_BY_STRENGTH}[c.strength + 1] AND q.channel = way.channel
            WHERE {" AND ".join(conditions)}"""


def relations_sql() -> str:
    """What account $2 is to the proposal `asked.id`: the causes of whatever happens to it, the strongest first."""
    arms = " UNION ALL ".join(
        f"""SELECT {_STRENGTH[cause]} AS strength, '{cause}' AS cause
            WHERE EXISTS (SELECT FROM ({_PEOPLE[relation]}) people WHERE account_id = $2)"""
        for relation, cause in ((each, _CAUSES[each]) for each in EVERYBODY)
    )
    return f"""WITH happened AS (SELECT asked.id AS proposal_id)
            SELECT ARRAY(SELECT cause FROM ({arms}) arms ORDER BY strength) AS causes"""


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
