"""What a person wants to be told, and where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.notifications.events import EventKind
from backend.notifications.kinds import CHOSEN_CAUSES, KINDS, Cause, Channel
from backend.platform.authz import Actor, Refusal, logged_in, require
from backend.platform.database import execute, fetch, unit_of_work
from backend.platform.errors import Invalid

_REQUIRED = Refusal(
    "notification_required", "Dette varselet kan ikke slås av: det gjelder rettighetene dine."
)


@dataclass(frozen=True, slots=True)
class PreferenceRow:
    """One choice as it stands; `is_required` ones cannot be turned off. `label` is source text in bokmål."""

    kind: EventKind
    channel: Channel
    label: str
    enabled: bool
    is_required: bool


@dataclass(frozen=True, slots=True)
class CausePreferenceRow:
    """Whether a person is notified for this cause in this channel. `label` is source text in bokmål."""

    cause: Cause
    channel: Channel
    label: str
    is_enabled: bool


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
            enabled=kind.is_required(channel)
            or chosen.get((name, channel), kind.enabled_by_default(channel)),
            is_required=kind.is_required(channel),
        )
        for name, kind in KINDS.items()
        for channel in Channel
    ]


async def cause_preferences_of(actor: Actor) -> list[CausePreferenceRow]:
    """Every cause that can be turned off in every channel, as chosen or by default. Raises Unauthenticated."""
    require(logged_in(actor, None))
    rows = await fetch(
        """SELECT cause, channel, wanted FROM notification_cause_preference
           WHERE municipality_id = $1 AND account_id = $2""",
        actor.municipality_id,
        actor.account_id,
    )
    chosen = {(row["cause"], row["channel"]): row["wanted"] for row in rows}
    return [
        CausePreferenceRow(cause, channel, label, chosen.get((cause, channel), True))
        for cause, label in CHOSEN_CAUSES.items()
        for channel in Channel
    ]


async def set_preference(actor: Actor, kind: str, channel: str, *, enabled: bool) -> None:
    """Choose whether to be told of a kind by a channel; it holds for what has not been sent yet too.

    Raises Unauthenticated, Invalid (unknown kind or channel), Forbidden (must be told).
    """
    await set_preferences(actor, [(kind, channel, enabled)])


async def set_preferences(
    actor: Actor,
    choices: Sequence[tuple[str, str, bool]],
    causes: Sequence[tuple[str, str, bool]] = (),
) -> None:
    """Choose of several kinds and causes, each with a channel, all or nothing; the last word about one of them counts.

    Raises Unauthenticated, Invalid (unknown kind, cause or channel), Forbidden (must be told).
    """
    require(logged_in(actor, None))
    assert actor.account_id is not None
    kinds = {_known(kind, channel): enabled for kind, channel, enabled in choices}
    for (kind, channel), enabled in kinds.items():
        if not enabled and KINDS[kind].is_required(channel):
            require(_REQUIRED)
    chosen_causes = {_known_cause(cause, channel): enabled for cause, channel, enabled in causes}
    async with unit_of_work():
        await store_kinds(actor.municipality_id, actor.account_id, kinds)
        await store_causes(actor.municipality_id, actor.account_id, chosen_causes)


async def store_kinds(
    municipality_id: int, account_id: int, choices: Mapping[tuple[EventKind, Channel], bool]
) -> None:
    """Write choices of kinds for an account, whoever asks for it."""
    await _store("notification_preference", "kind", municipality_id, account_id, choices)


async def store_causes(
    municipality_id: int, account_id: int, choices: Mapping[tuple[Cause, Channel], bool]
) -> None:
    """Write choices of causes for an account, whoever asks for it."""
    await _store("notification_cause_preference", "cause", municipality_id, account_id, choices)


async def _store(
    table: str,
    column: str,
    municipality_id: int,
    account_id: int,
    choices: Mapping[tuple[EventKind, Channel], bool] | Mapping[tuple[Cause, Channel], bool],
) -> None:
    await execute(
        f"""INSERT INTO {table} (municipality_id, account_id, {column}, channel, wanted)
            SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::boolean[])
            ON CONFLICT (municipality_id, account_id, {column}, channel) DO UPDATE SET wanted = excluded.wanted""",
        municipality_id,
        account_id,
        [chosen.value for chosen, _ in choices],
        [channel.value for _, channel in choices],
        list(choices.values()),
    )


_UNKNOWN = "notification_unknown", "Et slikt varsel finnes ikke."


def _known(kind: str, channel: str) -> tuple[EventKind, Channel]:
    try:
        return EventKind(kind), Channel(channel)
    except ValueError:
        raise Invalid(*_UNKNOWN, field="kind") from None


def _known_cause(cause: str, channel: str) -> tuple[Cause, Channel]:
    try:
        found = Cause(cause), Channel(channel)
    except ValueError:
        found = None
    if found is None or found[0] not in CHOSEN_CAUSES:
        raise Invalid(*_UNKNOWN, field="cause")
    return found
