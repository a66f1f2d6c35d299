"""Personal access tokens for scripts of those who work here: shown once, kept as a hash, limited by scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from backend.accounts.sessions import new_secret, secret_hash
from backend.platform.authz import ALLOWED, Actor, Decision, Refusal, logged_in, require
from backend.platform.database import execute, fetch, fetch_value, unit_of_work
from backend.platform.errors import Conflict, Invalid, NotFound
from backend.platform.idempotency import once_shown
from backend.platform.tags import changed
from backend.platform.validation import all_checked
from backend.text.clean import clean_text

PREFIX = "smsk_"
"""Lets a secret that was published by mistake be found by those who look for secrets."""

SCOPES = ("read", "write", "export", "moderate", "plan")
MAX_DAYS = 365
MAX_TOKENS = 20
_NAME = (1, 80)
_BROWSER_NEEDED = Refusal("browser_needed", "Dette gjør du når du er logget inn i nettleseren.")
_SHOWN_ALREADY = Refusal(
    "token_made_already",
    "Nøkkelen vises bare én gang. Avslutt den og lag en ny.",
    error=Conflict,
)
_STAFF_ONLY = Refusal("staff_only", "Nøkler til skript er for ansatte.")


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as its owner sees it; the secret itself is never shown again."""

    id: int
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made; `secret` is shown now and never again."""

    id: int
    secret: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"NewToken(id={self.id})"


def in_browser(actor: Actor) -> Decision:
    """Whether a person acts in a browser: a token that could make tokens would outlive its own end."""
    return logged_in(actor, None) and (ALLOWED if actor.scopes is None else _BROWSER_NEEDED)


def may_create_token(actor: Actor) -> Decision:
    """Whether the actor may have tokens, or why not."""
    return in_browser(actor) and (ALLOWED if actor.is_staff else _STAFF_ONLY)


async def create_token(
    actor: Actor, name: str, scopes: Iterable[str], days: int, *, key: str | None = None
) -> NewToken:
    """Make a token that holds for `days` (1 to 365) and covers `scopes` of what its owner may do at the time.

    Raises Unauthenticated, Forbidden (residents, tokens), Invalid, Conflict (too many; made with this key already).
    """
    require(may_create_token(actor))
    with all_checked() as check:
        name, chosen = check(_checked_name, name), check(_checked_scopes, scopes)
        check(_check_days, days)
    secret = PREFIX + new_secret()
    expires_at = datetime.now(UTC) + timedelta(days=days)

    async def create() -> int:
        await _require_room(actor)
        number: int = await fetch_value(
            """INSERT INTO access_token (municipality_id, account_id, name, token_hash, scopes, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6) RETURNING id""",
            actor.municipality_id,
            actor.account_id,
            name,
            secret_hash(secret),
            chosen,
            expires_at,
        )
        return number

    made = await once_shown(actor, "create_token", key, [name, chosen, days], create, _SHOWN_ALREADY)
    return NewToken(made, secret, expires_at)


def _check_days(days: int) -> None:
    if not 1 <= days <= MAX_DAYS:
        raise Invalid("token_days", "En nøkkel kan vare i 1 til {most} dager.", field="days", most=MAX_DAYS)


def _checked_name(name: str) -> str:
    cleaned = clean_text(name, multiline=False)
    least, most = _NAME
    if not least <= len(cleaned) <= most:
        raise Invalid(
            "token_name", "Navnet må ha mellom {least} og {most} tegn.", field="name", least=least, most=most
        )
    return cleaned


def _checked_scopes(scopes: Iterable[str]) -> list[str]:
    chosen = sorted(set(scopes))
    if not chosen or not set(chosen) <= set(SCOPES):
        raise Invalid("token_scopes", "Velg minst én adgang, og bare av dem som finnes.", field="scopes")
    return chosen


async def _require_room(actor: Actor) -> None:
    # The account's row is the lock: two requests at once cannot both be the last one to fit.
    await execute(
        "SELECT FROM account WHERE municipality_id = $1 AND id = $2 FOR UPDATE",
        actor.municipality_id,
        actor.account_id,
    )
    held = await fetch_value(
        """SELECT count(*) FROM access_token
           WHERE municipality_id = $1 AND account_id = $2 AND ended_at IS NULL AND expires_at > now()""",
        actor.municipality_id,
        actor.account_id,
    )
    if held >= MAX_TOKENS:
        raise Conflict("too_many_tokens", "Du har {most} nøkler. Avslutt en av dem først.", most=MAX_TOKENS)


async def list_tokens(actor: Actor) -> list[TokenRow]:
    """The person's tokens that still hold, newest first. Raises Unauthenticated, Forbidden (tokens)."""
    require(in_browser(actor))
    rows = await fetch(
        """SELECT id, name, scopes, created_at, expires_at, last_used_at FROM access_token
           WHERE municipality_id = $1 AND account_id = $2 AND ended_at IS NULL AND expires_at > now()
           ORDER BY id DESC LIMIT $3""",
        actor.municipality_id,
        actor.account_id,
        MAX_TOKENS,
    )
    return [TokenRow(**{**dict(row), "scopes": tuple(row["scopes"])}) for row in rows]


async def revoke_token(actor: Actor, token_id: int) -> None:
    """End one of the person's own tokens. Raises Unauthenticated, Forbidden (tokens), NotFound."""
    require(in_browser(actor))
    async with unit_of_work():
        ended = await fetch_value(
            """UPDATE access_token SET ended_at = now()
               WHERE municipality_id = $1 AND account_id = $2 AND id = $3 AND ended_at IS NULL
               RETURNING id""",
            actor.municipality_id,
            actor.account_id,
            token_id,
        )
        if ended is None:
            raise NotFound("token_not_found", "Nøkkelen finnes ikke, eller er avsluttet.")
        await changed([f"token:{token_id}"])
