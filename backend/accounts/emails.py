"""Where a person's mails go: an address becomes theirs only when they answer the letter that was sent to it.

The secret in the letter is made from the pepper and from when the letter was asked for, so it is stored
nowhere, and a job that is run twice sends the same letter. Its hash is stored once the letter has left.
An address from a login provider counts as confirmed (identities.py).
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.accounts.sessions import secret_hash
from backend.platform.authz import LOGIN_NEEDED, Actor, logged_in, require
from backend.platform.database import execute, fetch_row, unit_of_work
from backend.platform.errors import Invalid, LimitExceeded, NotFound
from backend.platform.outbox import enqueue
from backend.platform.settings import Settings
from backend.platform.tags import changed
from backend.text.email_addresses import is_email_address

LINK_LASTS = timedelta(hours=24)
LETTERS_AN_HOUR = 5
_NOTHING_UNDER_WAY = "pending_email = NULL, email_secret_hash = NULL, email_expires_at = NULL"


@dataclass(frozen=True, slots=True)
class PendingEmail:
    """An address that is to be written to, and the secret that the letter brings."""

    account_id: int
    address: str
    language: str
    expires_at: datetime
    secret: str

    def __repr__(self) -> str:
        return f"PendingEmail(account_id={self.account_id})"


@dataclass(frozen=True, slots=True)
class ConfirmedEmail:
    """The account whose mails go to an address from now on."""

    account_id: int
    address: str


async def choose_email(actor: Actor, email: str | None) -> None:
    """Have mails go to `email` once that is confirmed, or (None) nowhere from now on.

    A letter with a link goes to the address; until the link is used, mails go where they went before. The
    address under way is replaced, and its link ends, also when it is the same one again. Raises
    Unauthenticated, Invalid, LimitExceeded (5 letters within an hour).
    """
    require(logged_in(actor, None))
    email = (email or "").strip() or None
    if email is not None and not is_email_address(email):
        raise Invalid("email", "E-postadressen ser ikke riktig ut.", field="email")
    async with unit_of_work():
        # The account's row is the lock: two requests at once cannot both be the last one to fit.
        row = await fetch_row(
            """SELECT email, ARRAY(SELECT asked FROM unnest(email_asked_at) asked
                                   WHERE asked > now() - interval '1 hour') AS asked
               FROM account WHERE municipality_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE""",
            actor.municipality_id,
            actor.account_id,
        )
        if row is None:
            raise LOGIN_NEEDED.as_error()
        if email is None or email == row["email"]:
            await _set_email(actor, email)
        else:
            await _request_confirmation(actor, email, row["asked"])
        await changed([f"account:{actor.account_id}"])


async def _set_email(actor: Actor, email: str | None) -> None:
    await execute(
        f"UPDATE account SET email = $3, {_NOTHING_UNDER_WAY} WHERE municipality_id = $1 AND id = $2",
        actor.municipality_id,
        actor.account_id,
        email,
    )


async def _request_confirmation(actor: Actor, email: str, requests: list[datetime]) -> None:
    if len(requests) >= LETTERS_AN_HOUR:
        raise LimitExceeded(
            "too_many_letters",
            "Du kan be om høyst {limit} bekreftelser i timen. Vent litt og prøv igjen.",
            limit=LETTERS_AN_HOUR,
            figure=len(requests) + 1,
        )
    await execute(
        """UPDATE account SET pending_email = $3, email_secret_hash = NULL, email_expires_at = now() + $4,
               email_asked_at = $5::timestamptz[] || now()
           WHERE municipality_id = $1 AND id = $2""",
        actor.municipality_id,
        actor.account_id,
        email,
        LINK_LASTS,
        requests,
    )
    # The job reads the address itself: what has been asked for must not lie about in the outbox.
    await enqueue(
        "confirm_email",
        f"account:{actor.account_id}",
        {"municipality_id": actor.municipality_id, "account_id": actor.account_id},
    )


async def unwritten_email(settings: Settings, municipality_id: int, account_id: int) -> PendingEmail | None:
    """The address that this account still has to be written to at; None when there is none, or it was done."""
    row = await fetch_row(
        """SELECT pending_email, language, email_expires_at, email_secret_hash FROM account
           WHERE municipality_id = $1 AND id = $2 AND deleted_at IS NULL AND email_expires_at > now()""",
        municipality_id,
        account_id,
    )
    if row is None:
        return None
    secret = _secret(settings, municipality_id, account_id, row["email_expires_at"])
    if row["email_secret_hash"] == secret_hash(secret):
        return None
    return PendingEmail(account_id, row["pending_email"], row["language"], row["email_expires_at"], secret)


def _secret(settings: Settings, municipality_id: int, account_id: int, expires_at: datetime) -> str:
    """256 bits that nobody can make without the pepper, URL-safe."""
    text = f"confirm email\0{municipality_id}\0{account_id}\0{expires_at.isoformat()}"
    digest = hmac.digest(settings.peppers[max(settings.peppers)], text.encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")


async def note_written(municipality_id: int, pending: PendingEmail) -> None:
    """Let the letter's secret be used, unless another address was chosen meanwhile."""
    await execute(
        """UPDATE account SET email_secret_hash = $4
           WHERE municipality_id = $1 AND id = $2 AND email_expires_at = $3""",
        municipality_id,
        pending.account_id,
        pending.expires_at,
        secret_hash(pending.secret),
    )


async def confirm_email(settings: Settings, secret: str, *, account_id: int | None = None) -> ConfirmedEmail:
    """Have mails go to the address whose letter brought this secret. It works once, whoever has the letter.

    No login is needed: to read the letter is what is to be proved. With `account_id` it works for that account
    only. Raises NotFound (used, replaced or too old).
    """
    async with unit_of_work():
        row = await fetch_row(
            f"""UPDATE account SET email = pending_email, {_NOTHING_UNDER_WAY}
                WHERE municipality_id = $1 AND email_secret_hash = $2 AND email_expires_at > now()
                  AND deleted_at IS NULL AND id = coalesce($3, id)
                RETURNING id, email""",
            settings.municipality,
            secret_hash(secret),
            account_id,
        )
        if row is None:
            raise NotFound(
                "email_link_unknown",
                "Lenken er brukt, for gammel eller erstattet av en nyere. "
                "Logg inn og be om en ny under «Min side».",
            )
        await changed([f"account:{row['id']}"])
    return ConfirmedEmail(row["id"], row["email"])


def masked_email(email: str) -> str:
    """The address as far as one needs to recognise it as one's own: `k…@example.no`."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}…@{domain}"
