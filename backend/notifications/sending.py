"""Sending mails, asking right before each leaves: still wanted, still so, still visible, not yet sent?

A delivery goes waiting → sending → sent, dropped or failed. It is claimed before and marked after the message
is handed over, under a lock that ends with its process; if we die in between it is sent again, at once, with
the same Message-ID.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import orjson

from backend.accounts.addresses import way_out_path
from backend.content.kinds import ContentRef, Summary
from backend.content.registry import kind_of, root_kind, state_of
from backend.notifications.audience import Happening, cause_now
from backend.notifications.events import EventKind
from backend.notifications.fan_out import STALE, ask_for_mails
from backend.notifications.kinds import ASIDE, DECISIONS, KINDS, Cause, Channel, still_holds
from backend.notifications.mail import BadAddressError, Letter, build_message
from backend.notifications.states import UNSENT
from backend.notifications.transport import MailRefusedError, Transport, open_transport
from backend.notifications.ways_out import Scope, WayOut, way_out_token
from backend.notifications.wording import add_decision, render_message, wording_of
from backend.platform.authz import Actor, Grant, Role
from backend.platform.database import execute, fetch, fetch_row, unit_of_work
from backend.platform.errors import Unavailable
from backend.platform.exclusive import exclusive
from backend.platform.i18n import N_
from backend.platform.settings import Settings
from backend.platform.sql import one_of

# Longer than a job that sends may live, so what is older was left by one that died.
CLAIM_LASTS = timedelta(seconds=60)
ASK_AGAIN_AFTER = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(days=2)
SWEPT_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this process is to send, and all that is known about it."""

    id: int
    municipality_id: int
    account_id: int
    kind: str
    event_id: int
    subject_type: str
    subject_id: int
    root_type: str
    root_id: int
    detail: str
    reason_text: str | None
    is_muted: bool
    has_left: bool
    email: str | None
    display_name: str
    language: str
    grants: str

    @property
    def event(self) -> Happening:
        """What it tells of."""
        return Happening(
            self.municipality_id,
            self.event_id,
            EventKind(self.kind),
            ContentRef(self.subject_type, self.subject_id),
            ContentRef(self.root_type, self.root_id),
        )

    @property
    def recipient(self) -> Actor:
        """The person, as the rules see them."""
        grants = frozenset(Grant(Role(role), topic_id) for role, topic_id in orjson.loads(self.grants))
        return Actor(self.municipality_id, self.account_id, grants, language=self.language)


_CLAIM = f"""
    WITH d AS (
        UPDATE delivery SET state = 'sending', claimed_at = now()
        WHERE municipality_id = $1 AND id = $2 AND channel = 'email' AND {one_of("state", UNSENT)}
        RETURNING *
    )
    SELECT d.id, d.municipality_id, d.account_id, e.kind, d.event_id, e.subject_type, e.subject_id,
           e.root_type, e.root_id, e.detail, k.reason_text,
           EXISTS (SELECT FROM notification_mute m WHERE m.municipality_id = d.municipality_id
                   AND m.account_id = d.account_id AND m.subject_type = e.root_type
                     AND m.subject_id = e.root_id) AS is_muted,
           a.deleted_at IS NOT NULL OR a.suspended_at IS NOT NULL OR a.kind <> 'person' AS has_left,
           a.email, a.display_name, a.language,
           coalesce((SELECT json_agg(json_build_array(g.role, g.topic_id)) FROM role_grant g
                     WHERE g.municipality_id = d.municipality_id AND g.account_id = d.account_id
                       AND g.ended_at IS NULL), '[]') AS grants
    FROM d
    JOIN event e ON e.municipality_id = d.municipality_id AND e.id = d.event_id
    JOIN account a ON a.municipality_id = d.municipality_id AND a.id = d.account_id
    LEFT JOIN moderation_case k ON k.municipality_id = d.municipality_id AND k.id = (e.detail->>'case_id')::bigint
"""


async def send_deliveries(settings: Settings, municipality_id: int, delivery_ids: list[int]) -> bool:
    """Send those of these mails that wait, or whose sender died; each one's row says what came of it.

    False when another process is sending some of them: ask again later. Raises Unavailable when the mail server
    does not answer: what is left waits for the next try.
    """
    async with exclusive("delivery", delivery_ids) as mine, open_transport(settings) as transport:
        for delivery_id in sorted(mine):
            row = await fetch_row(_CLAIM, municipality_id, delivery_id)
            if row is not None:
                await _send(settings, transport, Claimed(**row))
    return len(mine) == len(set(delivery_ids))


async def _send(settings: Settings, transport: Transport, claimed: Claimed) -> None:
    event = claimed.event
    known = await root_kind(event.root.kind).summaries(claimed.recipient, [event.root.id])
    summary = known.get(event.root.id)
    # Who took their support back, muted the page or changed a choice since is not written to; who lost one
    # cause and has another is written to for that.
    cause = await cause_now(event, claimed.account_id, Channel.EMAIL)
    reason = await _why_not(claimed, cause, summary)
    if reason is not None or summary is None or cause is None:
        await _mark_finished(claimed, "dropped", reason)
        return
    try:
        await transport.send(build_message(settings, _letter(settings, claimed, cause, summary)))
    except BadAddressError:
        await _mark_finished(claimed, "failed", "bad_address")
    except MailRefusedError:
        await _mark_finished(claimed, "failed", "refused")
    except Unavailable:
        await _mark_finished(claimed, "waiting", None)
        raise
    else:
        await _mark_finished(claimed, "sent", None)


async def _why_not(claimed: Claimed, cause: Cause | None, summary: Summary | None) -> str | None:
    """Why the mail must not leave any more; None when it may."""
    event = claimed.event
    if claimed.has_left:
        return "account_gone"
    if claimed.email is None:
        return "no_address"
    if cause is None:
        return "muted" if claimed.is_muted and KINDS[event.kind].may_be_muted else "unwanted"
    if summary is None:
        return "not_visible"
    subject_state = (
        summary.state if event.subject == event.root else await state_of(event.municipality_id, event.subject)
    )
    holds = still_holds(event.kind, event.subject.kind, subject_state, event.root.kind, summary.state)
    return None if holds else STALE


def _letter(settings: Settings, claimed: Claimed, cause: Cause, summary: Summary) -> Letter:
    detail: dict[str, Any] = orjson.loads(claimed.detail)
    event, root = claimed.event, root_kind(claimed.root_type)
    wording = wording_of(event.subject, event.root, event.kind, cause)
    message = render_message(claimed.language, wording, summary, detail)
    if event.kind in DECISIONS:
        message = add_decision(claimed.language, message, claimed.reason_text, settings.contact)
    way_out = WayOut(claimed.municipality_id, claimed.account_id, event.kind, cause, event.root)
    return Letter(
        key=f"varsel.{claimed.municipality_id}.{claimed.id}",
        to=claimed.email or "",
        name=claimed.display_name,
        language=claimed.language,
        said=message,
        path=_path(claimed),
        action=kind_of(event.subject.kind).action,
        why=root.why[cause],
        way_out=way_out_path(way_out_token(settings, way_out)),
        way_out_action=root.mute_action if way_out.scopes[0] is Scope.PROPOSAL else _END_SUCH_MAILS,
    )


_END_SUCH_MAILS = N_("Slå av slike e-poster")


def _path(claimed: Claimed) -> str:
    """Where the mail leads: the very comment where it is about one; by the login where only its author sees it."""
    event = claimed.event
    path = kind_of(event.subject.kind).path(event.subject.id)
    if event.kind in ASIDE:
        return f"/logg-inn?{urlencode({'til': f'/{claimed.language}{path}'})}"
    return path


async def _mark_finished(claimed: Claimed, state: str, reason: str | None) -> None:
    await execute(
        """UPDATE delivery SET state = $3::text, dropped_because = $4,
                  sent_at = CASE WHEN $3::text = 'sent' THEN now() END
           WHERE municipality_id = $1 AND id = $2 AND state = 'sending'""",
        claimed.municipality_id,
        claimed.id,
        state,
        reason,
    )


async def sweep(municipality_id: int) -> None:
    """Take back what a dead process was sending, ask again for what waits too long; give up in the end."""
    async with unit_of_work():
        await execute(
            """UPDATE delivery SET state = 'failed', dropped_because = 'given_up'
               WHERE municipality_id = $1 AND state = 'waiting' AND created_at < now() - $2::interval""",
            municipality_id,
            GIVE_UP_AFTER,
        )
        rows = await fetch(
            f"""UPDATE delivery SET state = 'waiting', claimed_at = now()
               WHERE municipality_id = $1 AND id IN (
                   SELECT id FROM delivery
                   WHERE municipality_id = $1 AND {one_of("state", UNSENT)}
                     AND coalesce(claimed_at, created_at)
                         < now() - CASE state WHEN 'sending' THEN $2::interval ELSE $3::interval END
                   ORDER BY id LIMIT $4 FOR UPDATE SKIP LOCKED)
               RETURNING id""",
            municipality_id,
            CLAIM_LASTS,
            ASK_AGAIN_AFTER,
            SWEPT_AT_ONCE,
        )
        await ask_for_mails(municipality_id, sorted(row["id"] for row in rows))
