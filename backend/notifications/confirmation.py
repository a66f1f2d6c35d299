"""The letter that asks whether an address is the person's own."""

import structlog

from backend.accounts.addresses import email_path
from backend.accounts.emails import PendingEmail, note_written, unwritten_email
from backend.notifications.mail import BadAddressError, Letter, build_message
from backend.notifications.transport import MailRefusedError, open_transport
from backend.notifications.wording import Message
from backend.platform.exclusive import exclusive
from backend.platform.i18n import N_, translate
from backend.platform.settings import Settings

_SUBJECT = N_("Bekreft e-postadressen din")
_TEXT = N_(
    "Noen har bedt om at varsler fra Samskap skal gå til denne adressen. Er det deg, så bekreft det innen et døgn. "
    "Er det ikke deg, trenger du ikke gjøre noe."
)
_ACTION = N_("Bekreft adressen")
log = structlog.get_logger("confirmation")


async def send_confirmation(settings: Settings, municipality_id: int, account_id: int) -> bool:
    """Write to the address that the account has under way, unless that was done.

    False when another process does it at the moment: ask again later. Raises Unavailable when the mail server
    does not answer.
    """
    async with exclusive("confirmation", [account_id]) as mine:
        if not mine:
            return False
        pending = await unwritten_email(settings, municipality_id, account_id)
        if pending is None:
            return True
        try:
            async with open_transport(settings) as transport:
                await transport.send(build_message(settings, _letter(municipality_id, pending)))
        except (BadAddressError, MailRefusedError) as error:
            # It stays unconfirmed; trying again is of no use.
            log.warning("an address cannot be written to", error=type(error).__name__)
            return True
        await note_written(municipality_id, pending)
    return True


def _letter(municipality_id: int, pending: PendingEmail) -> Letter:
    # Without the name: whoever gets it may be a stranger to the one who chose that name.
    language = pending.language
    expiry = int(pending.expires_at.timestamp() * 1_000_000)
    return Letter(
        key=f"epost.{municipality_id}.{pending.account_id}.{expiry}",
        to=pending.address,
        name="",
        language=language,
        said=Message(translate(language, _SUBJECT), translate(language, _TEXT), ()),
        path=email_path(pending.secret),
        action=_ACTION,
    )
