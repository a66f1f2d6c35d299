"""Ending notifications by the link in a mail, without a login.

The link's token names its receiver and what the mail was about, signed with the pepper for this purpose alone:
it opens no session and shows nothing that is not public. It does not expire, since an old mail is where people
look for the way out.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from backend.content.kinds import ContentRef
from backend.content.registry import root_kind
from backend.notifications.events import EventKind
from backend.notifications.kinds import CHOSEN_CAUSES, KINDS, Cause, Channel
from backend.notifications.mutes import delete_mute, insert_mute
from backend.notifications.preferences import store_causes, store_kinds
from backend.platform.database import fetch_row, fetch_value
from backend.platform.errors import NotFound
from backend.platform.settings import Settings

_PURPOSE = "way out of notifications"
_SIGNATURE_BYTES = 18
_MAX_TOKEN = 200


class Scope(StrEnum):
    """What a way out ends."""

    PROPOSAL = "proposal"
    """All notifications of what happens on the page that it was about, whatever kind it is of."""
    CAUSE = "cause"
    """Mails for the same cause, about whichever page."""
    KIND = "kind"
    """Mails of the same kind."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """What a mail was about, for the account that got it."""

    municipality_id: int
    account_id: int
    kind: EventKind
    cause: Cause
    root: ContentRef | None

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """What can be ended, the nearest first; the first is what one click in a mail program ends."""
        muting = (Scope.PROPOSAL,) if self.root is not None and KINDS[self.kind].may_be_muted else ()
        causing = (Scope.CAUSE,) if self.cause in CHOSEN_CAUSES else ()
        return (*muting, *causing, Scope.KIND)


def way_out_token(settings: Settings, way_out: WayOut) -> str:
    """The token for a mail, URL-safe; the same for the same mail."""
    version = max(settings.peppers)
    text = f"{version}.{way_out.account_id}.{_root_text(way_out.root)}.{way_out.kind}.{way_out.cause}"
    return f"{text}.{_signature(settings, version, text)}"


# A bare number is a proposal's: tokens in mails that were sent before there were other kinds hold for ever.
_BARE: Final = "proposal"


def _root_text(root: ContentRef | None) -> str:
    if root is None:
        return "0"
    return str(root.id) if root.kind == _BARE else f"{root.kind}-{root.id}"


def _read_root(text: str) -> ContentRef | None:
    kind, _, number = text.rpartition("-")
    return ContentRef(root_kind(kind or _BARE).name, int(number)) if int(number) else None


def _signature(settings: Settings, version: int, text: str) -> str:
    message = f"{_PURPOSE}\0{settings.municipality}\0{text}"
    digest = hmac.digest(settings.peppers[version], message.encode(), "sha256")
    return urlsafe_b64encode(digest[:_SIGNATURE_BYTES]).decode()


def read_way_out(settings: Settings, token: str) -> WayOut:
    """What the token stands for. Raises NotFound for one that we did not make, or whose pepper is gone."""
    text, _, signature = token[:_MAX_TOKEN].rpartition(".")
    try:
        version, account, root, kind, cause = text.split(".")
        expected = _signature(settings, int(version), text)
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise ValueError
        return WayOut(settings.municipality, int(account), EventKind(kind), Cause(cause), _read_root(root))
    except (ValueError, LookupError):
        raise _unknown() from None


def _unknown() -> NotFound:
    return NotFound(
        "way_out_unknown",
        "Lenken er ikke gyldig lenger. Logg inn og velg hva du vil ha varsler om under «Min side».",
    )


@dataclass(frozen=True, slots=True)
class WayOutState:
    """Which of the scopes still bring notifications."""

    way_out: WayOut
    enabled: frozenset[Scope]


async def way_out_state(settings: Settings, token: str) -> WayOutState:
    """How it stands now. Raises NotFound (no such token, or the account is gone)."""
    return await _state(read_way_out(settings, token))


async def _state(way_out: WayOut) -> WayOutState:
    row = await fetch_row(
        """SELECT NOT EXISTS (SELECT FROM notification_mute m WHERE m.municipality_id = $1
                      AND m.account_id = $2 AND m.subject_type = $3 AND m.subject_id = $8) AS proposal,
                  coalesce((SELECT wanted FROM notification_cause_preference q WHERE q.municipality_id = $1
                      AND q.account_id = $2 AND q.cause = $4 AND q.channel = $6), true) AS cause,
                  coalesce((SELECT wanted FROM notification_preference f WHERE f.municipality_id = $1
                      AND f.account_id = $2 AND f.kind = $5 AND f.channel = $6), $7) AS kind
           FROM account WHERE municipality_id = $1 AND id = $2 AND deleted_at IS NULL""",
        way_out.municipality_id,
        way_out.account_id,
        way_out.root and way_out.root.kind,
        way_out.cause.value,
        way_out.kind.value,
        Channel.EMAIL.value,
        KINDS[way_out.kind].enabled_by_default(Channel.EMAIL),
        way_out.root and way_out.root.id,
    )
    if row is None:
        raise _unknown()
    return WayOutState(way_out, frozenset(scope for scope in way_out.scopes if row[scope.value]))


async def take_way_out(
    settings: Settings, token: str, scope: Scope | None, *, enabled: bool = False
) -> WayOutState:
    """End what `scope` names (None: the nearest), or with `enabled` have it again; twice is once.

    Raises NotFound (no such token, the account is gone, or the mail had no such scope).
    """
    way_out = read_way_out(settings, token)
    scope = scope or way_out.scopes[0]
    if scope not in way_out.scopes or not await _exists(way_out):
        raise _unknown()
    municipality_id, account_id = way_out.municipality_id, way_out.account_id
    match scope:
        case Scope.PROPOSAL:
            assert way_out.root is not None
            change = delete_mute if enabled else insert_mute
            await change(municipality_id, account_id, way_out.root)
        case Scope.CAUSE:
            await store_causes(municipality_id, account_id, {(way_out.cause, Channel.EMAIL): enabled})
        case Scope.KIND:
            await store_kinds(municipality_id, account_id, {(way_out.kind, Channel.EMAIL): enabled})
    return await _state(way_out)


async def _exists(way_out: WayOut) -> bool:
    found: bool = await fetch_value(
        "SELECT EXISTS (SELECT FROM account WHERE municipality_id = $1 AND id = $2 AND deleted_at IS NULL)",
        way_out.municipality_id,
        way_out.account_id,
    )
    return found
