"""A notification as a mail: the same words as text and as HTML."""

import html
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from string import Template

from backend.notifications.wording import Message, one_line
from backend.platform.i18n import N_, translate
from backend.platform.settings import Settings
from backend.text.email_addresses import sendable_address
from backend.text.isolation import isolate_text, isolates_as_html

_PREFERENCES = "/min-side/varsler/innstillinger"
_TEMPLATES = Path(__file__).parent / "templates"


class BadAddressError(ValueError):
    """The stored address cannot be written to."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes to whom: `key` makes the message recognisable, `path` is where its link leads.

    Paths are without a language: the letter's is put before them. `name` may be empty; `action` and `why` (it
    comes to this person) are source texts. `way_out` ends such mails without a login; empty for a letter that
    is no notification.
    """

    key: str
    to: str
    name: str
    language: str
    said: Message
    path: str
    action: str = N_("Se forslaget")
    why: str = ""
    way_out: str = ""
    way_out_action: str = N_("Slå av slike e-poster")


def build_message(settings: Settings, letter: Letter) -> EmailMessage:
    """The message; the same letter always has the same Message-ID. Raises BadAddressError.

    A receiver that gets it twice, because we never heard that it arrived, can tell that it is one message.
    """
    address = sendable_address(letter.to)
    if address is None:
        raise BadAddressError
    message = EmailMessage(policy=SMTP)
    message["From"] = settings.mail_from
    message["To"] = address
    message["Subject"] = one_line(letter.said.subject)
    message["Date"] = datetime.now(UTC)
    message["Message-ID"] = f"<{letter.key}@{_domain(settings)}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.way_out:
        # One click in the mail program, without opening the page (RFC 8058).
        message["List-Unsubscribe"] = f"<{_address(settings, letter, letter.way_out)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    texts = _texts(settings, letter)
    message.set_content(
        _template("mail.txt").substitute(texts, **_text_parts(settings, letter)), cte="quoted-printable"
    )
    escaped = {name: isolates_as_html(value) for name, value in texts.items()}
    message.add_alternative(
        _template("mail.html").substitute(escaped, **_html_parts(settings, letter)),
        subtype="html",
        cte="quoted-printable",
    )
    # Set last: the parts of the body would take it over.
    message["Content-Language"] = letter.language
    return message


def _texts(settings: Settings, letter: Letter) -> dict[str, str]:
    language = letter.language
    return {
        "language": language,
        "subject": one_line(letter.said.subject),
        "greeting": _greeting(letter),
        "text": letter.said.text,
        "action": translate(language, letter.action),
        "link": _address(settings, letter, letter.path),
        "footer": translate(
            language,
            "E-posten kommer fra Samskap, der innbyggerne og {municipality} kommune former ting sammen.",
            municipality=settings.municipality_name,
        ),
    }


def _address(settings: Settings, letter: Letter, path: str) -> str:
    """A page of ours in the letter's language."""
    return f"{settings.base_url}/{letter.language}{path}"


def _ways(settings: Settings, letter: Letter) -> list[tuple[str, str]]:
    """What the foot of a notification leads to: the way out of these mails, and all choices."""
    if not letter.way_out:
        return []
    return [
        (translate(letter.language, action), _address(settings, letter, path))
        for action, path in (
            (letter.way_out_action, letter.way_out),
            (N_("Velg hva du vil få varsel om"), _PREFERENCES),
        )
    ]


def _text_parts(settings: Settings, letter: Letter) -> dict[str, str]:
    said = letter.said
    quote = "".join(f"\n> {line}".rstrip() for line in said.quote.splitlines())
    return {
        "reasons": "".join(f"\n- {reason}" for reason in said.reasons),
        "quote": f"\n{said.quote_heading}\n{quote}\n" if quote else "",
        "after": f"\n{said.after}\n" if said.after else "",
        "why": f"{translate(letter.language, letter.why)}\n" if letter.why else "",
        "ways": "".join(f"\n{text}:\n{address}" for text, address in _ways(settings, letter)),
    }


def _html_parts(settings: Settings, letter: Letter) -> dict[str, str]:
    said = letter.said
    items = "".join(f"<li>{html.escape(reason)}</li>" for reason in said.reasons)
    quote = "<br>".join(html.escape(line) for line in said.quote.splitlines())
    links = "".join(
        f'<br><a href="{html.escape(address)}" style="color:#00436a">{html.escape(text)}</a>'
        for text, address in _ways(settings, letter)
    )
    return {
        "reasons": f"<ul>{items}</ul>" if items else "",
        "quote": f"<p>{html.escape(said.quote_heading)}</p><blockquote>{quote}</blockquote>" if quote else "",
        "after": f"<p>{html.escape(said.after)}</p>" if said.after else "",
        "why": f"{html.escape(translate(letter.language, letter.why))} " if letter.why else "",
        "ways": links,
    }


def _greeting(letter: Letter) -> str:
    if not letter.name:
        return translate(letter.language, "Hei.")
    return translate(letter.language, "Hei, {name}.", name=isolate_text(one_line(letter.name)))


def _domain(settings: Settings) -> str:
    return parseaddr(settings.mail_from)[1].rpartition("@")[2]


@cache
def _template(name: str) -> Template:
    return Template((_TEMPLATES / name).read_text(encoding="utf-8"))
