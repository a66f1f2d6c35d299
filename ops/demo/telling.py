"""Telling the people of the demo content what happened in it: in the app, at the time, and never by mail."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.content.kinds import ContentRef
from backend.notifications.audience import Happening, insert_batch
from backend.platform.database import execute
from ops.demo.rows import Rows, reserve
from ops.demo.stage import Happened, json

_READ_DAYS = 5
_UNREAD = 3
"""What is newer than so many days is unread, and each person's latest few are in any case."""


async def tell(rows: Rows, happened: Sequence[Happened], now: datetime) -> None:
    """Store the events in the order of their times and deliver each, as the job that does so would have then."""
    ordered = sorted(happened, key=lambda one: one.at)
    ids = list(await reserve("event", len(ordered)))
    for event_id, one in zip(ids, ordered, strict=True):
        _add(rows, event_id, one)
    await rows.write()
    for event_id, one in zip(ids, ordered, strict=True):
        about = Happening(rows.municipality_id, event_id, one.kind, *_references(one))
        await insert_batch(about, after=0, dropped_because=None)
    await _date_back(rows.municipality_id, ids, now)


def _references(one: Happened) -> tuple[ContentRef, ContentRef]:
    """What the event is about, and the proposal on whose page that stands."""
    root = ContentRef("proposal", one.proposal_id)
    return (root if one.comment_id is None else ContentRef("comment", one.comment_id)), root


def _add(rows: Rows, event_id: int, one: Happened) -> None:
    subject, root = _references(one)
    rows.add(
        "event",
        id=event_id,
        kind=one.kind.value,
        key=f"{one.kind.value}:{one.key}",
        subject_type=subject.kind,
        subject_id=subject.id,
        root_type=root.kind,
        root_id=root.id,
        topic_id=one.topic_id,
        actor_id=one.actor_id,
        detail=json(one.detail),
        created_at=one.at,
    )


async def _date_back(municipality_id: int, event_ids: Sequence[int], now: datetime) -> None:
    # Somebody with an address may follow one of the topics already; what was made up is not worth a mail.
    await execute(
        """WITH latest AS (
               SELECT id, row_number() OVER (PARTITION BY account_id, channel ORDER BY id DESC) AS place
               FROM delivery WHERE municipality_id = $1 AND event_id = ANY($2))
           UPDATE delivery d SET created_at = e.created_at,
               state = CASE d.channel WHEN 'email' THEN 'dropped' ELSE d.state END,
               dropped_because = CASE d.channel WHEN 'email' THEN 'demo' END,
               sent_at = CASE d.channel WHEN 'in_app' THEN e.created_at END,
               read_at = CASE WHEN d.channel = 'in_app' AND e.created_at < $3 AND latest.place > $4
                         THEN e.created_at + interval '5 hours' END
           FROM event e, latest
           WHERE latest.id = d.id AND d.municipality_id = $1 AND e.municipality_id = $1 AND e.id = d.event_id""",
        municipality_id,
        list(event_ids),
        now - timedelta(days=_READ_DAYS),
        _UNREAD,
    )
