"""What a person wants to be told, and where."""

from dataclasses import dataclass

from backend.authz import Actor, Refusal, logged_in, require
from backend.database import execute, fetch
from backend.errors import Invalid
from backend.notifications.events import EventKind
from backend.notifications.kinds import KINDS, Channel

_REQUIRED = Refusal(
    "notification_required", "Dette varselet kan ikke slås av: det gjelder rettighetene dine."
)


@dataclass(frozen=True, slots=True)
class PreferenceRow:
    """One choice as it stands; `is_required` ones cannot be turned off. `label` is source text in bokmål."""

    kind: EventKind
    channel: Channel
    label: str
    wanted: bool
    is_required: bool


async def preferences_of(actor: Actor) -> list[PreferenceRow]:
    """Every kind in every channel, as chosen or by default. Raises Unauthenticated."""
    require(logged_in(actor, None))
    rows = await fetch(
        """SELECT kind, channel, wanted FROM notification_preference
           WHERE municipality_id = $1 AND account_id = $2""",
        actor.municipality_id,
        actor.account_id,
    )
    chosen = {(row["kind"], row["channel"]): row["wanted"] for row in rows}
    return [
        PreferenceRow(
            kind=name,
            channel=channel,
            label=kind.label,
            wanted=kind.is_required(channel) or chosen.get((name, channel), kind.wanted_by_default(channel)),
            is_required=kind.is_required(channel),
        )
        for name, kind in KINDS.items()
        for channel in Channel
    ]


async def set_preference(actor: Actor, kind: str, channel: str, *, wanted: bool) -> None:
    """Choose whether to be told of a kind by a channel; it holds for what has not been sent yet too.

    Raises Unauthenticated, Invalid (unknown kind or channel), Forbidden (must be told).
    """
    require(logged_in(actor, None))
    try:
        name, way = EventKind(kind), Channel(channel)
    except ValueError:
        raise Invalid("notification_unknown", "Et slikt varsel finnes ikke.", field="kind") from None
    if not wanted and KINDS[name].is_required(way):
        require(_REQUIRED)
    await execute(
        """INSERT INTO notification_preference (municipality_id, account_id, kind, channel, wanted)
           VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (municipality_id, account_id, kind, channel) DO UPDATE SET wanted = excluded.wanted""",
        actor.municipality_id,
        actor.account_id,
        name.value,
        way.value,
        wanted,
    )
