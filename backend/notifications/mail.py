"""A notification as a mail: the same words as text and as HTML."""

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from string import Template

from backend.notifications.wording import Said, one_line
from backend.settings import Settings
from backend.words import N_, translate

_TEMPLATES = Path(__file__).parent / "templates"
# Stricter than the standards: nothing that could end a header, name a second recipient or quote.
_ADDRESS = re.compile(r"[^\s@<>()\[\],:;\"\\\x00-\x1f\x7f]+@[\w.-]+\.\w+")


class BadAddressError(ValueError):
    """The stored address cannot be written to."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes to whom: `key` makes the message recognisable, `path` is where its link leads.

    `name` may be empty; `action` is the link's source text.
    """

    key: str
    to: str
    name: str
    language: str
    said: Said
    path: str
    action: str = N_("Se forslaget")


def build_message(settings: Settings, letter: Letter) -> EmailMessage:
    """The message; the same letter always has the same Message-ID. Raises BadAddressError.

    A receiver that gets it twice, because we never heard that it arrived, can tell that it is one message.
    """
    if not _ADDRESS.fullmatch(letter.to):
        raise BadAddressError
    preferences = f"{settings.base_url}/min-side/varsler"
    message = EmailMessage(policy=SMTP)
    message["From"] = settings.mail_from
    message["To"] = letter.to
    message["Subject"] = one_line(letter.said.subject)
    message["Date"] = datetime.now(UTC)
    message["Message-ID"] = f"<{letter.key}@{_domain(settings)}>"
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{preferences}>"
    words = _words(settings, letter, preferences)
    reasons = letter.said.reasons
    message.set_content(
        _template("mail.txt").substitute(words, reasons="".join(f"\n- {reason}" for reason in reasons)),
        cte="quoted-printable",
    )
    items = "".join(f"<li>{html.escape(reason)}</li>" for reason in reasons)
    escaped = {name: html.escape(value) for name, value in words.items()}
    message.add_alternative(
        _template("mail.html").substitute(escaped, reasons=f"<ul>{items}</ul>" if items else ""),
        subtype="html",
        cte="quoted-printable",
    )
    # Set last: the parts of the body would take it over.
    message["Content-Language"] = letter.language
    return message


def _words(settings: Settings, letter: Letter, preferences: str) -> dict[str, str]:
    language = letter.language
    return {
        "language": language,
        "subject": one_line(letter.said.subject),
        "greeting": _greeting(letter),
        "text": letter.said.text,
        "action": translate(language, letter.action),
        "link": settings.base_url + letter.path,
        "footer": translate(
            language,
            "E-posten kommer fra Samskap, der innbyggerne og {municipality} kommune former ting sammen.",
            municipality=settings.municipality_name,
        ),
        "change": translate(language, "Velg hva du vil få varsel om"),
        "preferences": preferences,
    }


def _greeting(letter: Letter) -> str:
    if not letter.name:
        return translate(letter.language, "Hei.")
    return translate(letter.language, "Hei, {name}.", name=one_line(letter.name))


def _domain(settings: Settings) -> str:
    return parseaddr(settings.mail_from)[1].rpartition("@")[2]


@cache
def _template(name: str) -> Template:
    return Template((_TEMPLATES / name).read_text(encoding="utf-8"))
