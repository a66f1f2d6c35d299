"""What a person wants to be told, and where."""

from collections.abc import Sequence
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
    await set_preferences(actor, [(kind, channel, wanted)])


async def set_preferences(actor: Actor, choices: Sequence[tuple[str, str, bool]]) -> None:
    """Choose of several kinds and channels, all or nothing; the last word about one of them counts.

    Raises Unauthenticated, Invalid (unknown kind or channel), Forbidden (must be told).
    """
    require(logged_in(actor, None))
    chosen = {_known(kind, channel): wanted for kind, channel, wanted in choices}
    for (kind, channel), wanted in chosen.items():
        if not wanted and KINDS[kind].is_required(channel):
            require(_REQUIRED)
    await execute(
        """INSERT INTO notification_preference (municipality_id, account_id, kind, channel, wanted)
           SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::boolean[])
           ON CONFLICT (municipality_id, account_id, kind, channel) DO UPDATE SET wanted = excluded.wanted""",
        actor.municipality_id,
        actor.account_id,
        [kind.value for kind, _ in chosen],
        [channel.value for _, channel in chosen],
        list(chosen.values()),
    )


def _known(kind: str, channel: str) -> tuple[EventKind, Channel]:
    try:
        return EventKind(kind), Channel(channel)
    except ValueError:
        raise Invalid("notification_unknown", "Et slikt varsel finnes ikke.", field="kind") from None
