"""What an e-mail address is: one rule for what people type, what login providers say, and what mails go to."""

import re

from backend.text.links import ascii_host

MAX_EMAIL = 254
# Only what every mail server takes, and nothing that could end a header or name a second recipient.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?"
_TOP = r"(?:[^\W\d_]{2,63}|xn--[A-Za-z0-9-]{2,59})"
_EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@((?:{_LABEL}\.)+{_TOP})")


def sendable_address(email: str) -> str | None:
    """The address with its domain as the name system spells it; None for what is no address.

    `a@blåbær.no` is one, `a..b@example.no` is none.
    """
    found = _EMAIL.fullmatch(email) if len(email) <= MAX_EMAIL else None
    domain = found and ascii_host(found.group(1))
    address = f"{email.partition('@')[0]}@{domain}"
    return address if domain and len(address) <= MAX_EMAIL else None


def is_email_address(email: str) -> bool:
    """Whether mails can be sent to it."""
    return sendable_address(email) is not None
