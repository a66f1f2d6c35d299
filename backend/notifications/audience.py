"""Who is concerned by an event, a thousand people at a time, in the order of their accounts.

`people_sql`, `recipients_sql` and `channels` are the parts of its statement that audience_preview.py counts with before
anything happened, and `cause_now` looks one person up with right before a mail leaves.
"""

from dataclasses import dataclass
from functools import cache

from backend.content.kinds import ContentRef
from backend.content.registry import kind_of, state_of
from backend.notifications.events import EventKind
from backend.notifications.kinds import (
    EVERYBODY,
    KINDS,
    Audience,
    Cause,
    Channel,
    EventSpec,
    Relation,
    still_holds,
)
from backend.platform.database import fetch, fetch_row
from backend.platform.slices import contributions

BATCH = 1_000
_STRENGTH = {cause: number for number, cause in enumerate(Cause)}
_BY_STRENGTH = f"(ARRAY[{', '.join(repr(cause.value) for cause in Cause)}])"


@dataclass(frozen=True, slots=True)
class Happening:
    """An event; `is_still_so` says whether what happened still holds."""

    municipality_id: int
    id: int
    kind: EventKind
    subject: ContentRef
    root: ContentRef
    is_still_so: bool = True


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
        """SELECT kind, subject_type, subject_id, root_type, root_id FROM event
           WHERE municipality_id = $1 AND id = $2""",
        municipality_id,
        event_id,
    )
    if row is None:
        return None
    name, *references = row.values()
    kind, subject, root = EventKind(name), ContentRef(*references[:2]), ContentRef(*references[2:])
    root_state = await state_of(municipality_id, root)
    subject_state = root_state if subject == root else await state_of(municipality_id, subject)
    holds = still_holds(kind, subject.kind, subject_state, root.kind, root_state)
    return Happening(municipality_id, event_id, kind, subject, root, is_still_so=holds)


async def insert_batch(event: Happening, *, after: int, dropped_because: str | None) -> Batch:
    """Write the deliveries of the next people after account `after`, in one statement.

    Those who have left, machines, whoever muted the page and whoever did it themselves are passed over.
    With a reason in `dropped_because` the rows say so and nobody is told. Rows that are there already stay as
    they are. `in_app` holds accounts, `emails` holds deliveries.
    """
    kind = KINDS[event.kind]
    (row,) = await fetch(
        _statement(kind, event.subject.kind, event.root.kind),
        event.municipality_id,
        event.id,
        after,
        BATCH,
        *channels(kind),
        dropped_because,
    )
    return Batch(row["last"], row["people"] == BATCH, row["in_app"], row["emails"])


async def cause_now(event: Happening, account_id: int, channel: Channel) -> Cause | None:
    """Why this person is to be notified of the event as things stand now; None: they are not, any more."""
    spec = KINDS[event.kind]
    rows = await fetch(
        f"""WITH {_HAPPENED}, people AS MATERIALIZED ({people_sql(spec, event.subject.kind, event.root.kind)}
            ) SELECT strength {recipients_sql(spec, event.subject.kind, event.root.kind)}
                AND c.account_id = $8 AND way.channel = $9
            ORDER BY strength LIMIT 1""",
        event.municipality_id,
        event.id,
        account_id - 1,
        1,
        *channels(spec),
        account_id,
        channel.value,
    )
    return list(Cause)[rows[0]["strength"]] if rows else None


def channels(kind: EventSpec) -> tuple[list[str], list[bool], list[bool]]:
    """The channels, whether people are told by each unless they chose, and whatever they chose."""
    return (
        [channel.value for channel in Channel],
        [kind.enabled_by_default(channel) for channel in Channel],
        [kind.is_required(channel) for channel in Channel],
    )


_HAPPENED = """happened AS MATERIALIZED (
            SELECT subject_type, subject_id, root_type, root_id, topic_id, actor_id, kind FROM event
            WHERE municipality_id = $1 AND id = $2
        )"""


@cache
def _statement(kind: EventSpec, subject: str, root: str) -> str:
    return f"""
        WITH {_HAPPENED}, people AS MATERIALIZED ({people_sql(kind, subject, root)}
        ), inserted AS (
            INSERT INTO delivery (municipality_id, event_id, account_id, channel, cause, state,
                                  dropped_because, sent_at)
            SELECT $1, $2, c.account_id, way.channel, {_BY_STRENGTH}[min(c.strength) + 1],
                   CASE WHEN $8::text IS NOT NULL THEN 'dropped'
                        WHEN way.channel = 'in_app' THEN 'sent' ELSE 'waiting' END,
                   $8, CASE WHEN $8::text IS NULL AND way.channel = 'in_app' THEN now() END
            {recipients_sql(kind, subject, root)}
            GROUP BY c.account_id, way.channel
            ON CONFLICT (municipality_id, event_id, account_id, channel) DO NOTHING
            RETURNING id, account_id, channel, state
        )
        SELECT (SELECT max(account_id) FROM people) AS last,
               (SELECT count(DISTINCT account_id) FROM people) AS people,
               ARRAY(SELECT account_id FROM inserted WHERE channel = 'in_app' AND state = 'sent') AS in_app,
               ARRAY(SELECT id FROM inserted WHERE state = 'waiting' ORDER BY id) AS emails
    """


@cache
def people_sql(kind: EventSpec, subject: str, root: str) -> str:
    """Whom an event of this kind concerns, one row for each cause: the next $4 people (null: all) after account $3.

    `subject` and `root` are kinds of content.
    """
    arms = " UNION ALL ".join(_arm(audience) for audience in _audiences(kind.recipients, subject, root))
    return f"""
            SELECT account_id, strength FROM (
                SELECT account_id, strength, dense_rank() OVER (ORDER BY account_id) AS place FROM ({arms}) arms
            ) ranked WHERE $4::int IS NULL OR place <= $4"""


@cache
def recipients_sql(kind: EventSpec, subject: str, root: str) -> str:
    """FROM and WHERE of the people `c` who are told by a `way`, a row for each cause that they want it for.

    The channels are $5, $6 and $7.
    """
    conditions = [
        "a.kind = 'person'",
        "a.deleted_at IS NULL",
        "(way.channel <> 'email' OR a.email IS NOT NULL)",
        "(way.required OR (coalesce(f.wanted, way.by_default) AND coalesce(q.wanted, true)))",
        *(f"c.account_id NOT IN ({each.sql})" for each in _audiences(kind.spared, subject, root)),
    ]
    if not kind.tells_actor:
        conditions.append("c.account_id IS DISTINCT FROM (SELECT actor_id FROM happened)")
    if kind.may_be_muted:
        conditions.append(
            """NOT EXISTS (SELECT FROM notification_mute m WHERE m.municipality_id = $1
                   AND m.account_id = c.account_id AND m.subject_type = (SELECT root_type FROM happened)
                   AND m.subject_id = (SELECT root_id FROM happened))"""
        )
    return f"""FROM people c
            JOIN account a ON a.municipality_id = $1 AND a.id = c.account_id
            CROSS JOIN unnest($5::text[], $6::bool[], $7::bool[]) AS way (channel, by_default, required)
            LEFT JOIN notification_preference f ON f.municipality_id = $1 AND f.account_id = c.account_id
                AND f.kind = (SELECT kind FROM happened) AND f.channel = way.channel
            LEFT JOIN notification_cause_preference q ON q.municipality_id = $1 AND q.account_id = c.account_id
                AND q.cause = {_BY_STRENGTH}[c.strength + 1] AND q.channel = way.channel
            WHERE {" AND ".join(conditions)}"""


@cache
def relations_sql(root: str) -> str:
    """What account $2 is to the content `asked.id` of a kind: the causes of what happens to it, the strongest first."""
    arms = " UNION ALL ".join(
        f"""SELECT {_STRENGTH[each.cause]} AS strength, '{each.cause}' AS cause
            WHERE EXISTS (SELECT FROM ({each.sql}) people WHERE account_id = $2)"""
        for each in _audiences(EVERYBODY, root, root)
    )
    return f"""WITH happened AS (SELECT {event_columns(root)})
            SELECT ARRAY(SELECT cause FROM ({arms}) arms ORDER BY strength) AS causes"""


def event_columns(root: str) -> str:
    """What an event about the content `asked.id` of this kind would refer to, as the columns of `happened`."""
    return f"'{root}' AS subject_type, asked.id AS subject_id, '{root}' AS root_type, asked.id AS root_id"


def _arm(audience: Audience) -> str:
    """The next people of one relation. The smallest of all are among the smallest of each."""
    return f"""(SELECT account_id, {_STRENGTH[audience.cause]} AS strength FROM ({audience.sql}) people
               WHERE account_id > $3 ORDER BY account_id LIMIT $4)"""


def _audiences(relations: tuple[Relation, ...], subject: str, root: str) -> list[Audience]:
    """Those who stand in one of these relations to an event about such content, where there can be any."""
    return [found for relation in relations if (found := audience_of(relation, subject, root)) is not None]


def audience_of(relation: Relation, subject: str, root: str) -> Audience | None:
    """Who stands in this relation to an event about a subject and a root of these kinds; None: there can be nobody."""
    if relation is Relation.CONTENT_AUTHORS:
        kind = kind_of(subject)
        return Audience(
            relation, Cause(kind.author_cause), kind.authors_sql("(SELECT subject_id FROM happened)")
        )
    if relation is Relation.ROOT_AUTHORS:
        return Audience(relation, Cause.AUTHOR, kind_of(root).authors_sql("(SELECT root_id FROM happened)"))
    brought: dict[Relation, Audience] = {each.relation: each for each in contributions("audiences")}
    found = brought[relation]
    return found if found.roots is None or root in found.roots else None
