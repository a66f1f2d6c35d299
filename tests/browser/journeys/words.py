"""What people do on several journeys, in their own words."""

import uuid

from tests.browser.visitor import Visitor

TOPIC = "mobilitetsstrategi"


def something_new(what: str = "Sykkelparkering under tak ved stasjonen") -> str:
    """A title that nobody has used before."""
    return f"{what} ({uuid.uuid4().hex[:6]})"


async def write(visitor: Visitor, title: str, body: str, topic: str = TOPIC) -> int:
    """Write a proposal in its three steps and hand it in; returns its number."""
    await visitor.go(f"/nb/forslag/nytt?tema={topic}")
    await visitor.fill("Tittel", title)
    await visitor.fill("Forslaget ditt", body)
    await visitor.click("Neste: sted")
    await visitor.click("Neste: se over")
    await visitor.sees(title)
    await visitor.click("Send inn forslaget")
    await visitor.sees("Takk for forslaget!")
    return int(visitor.page.url.split("/forslag/")[1].split("/")[0])


async def publish(visitor: Visitor, title: str, body: str = "") -> int:
    """Write a proposal that nobody has anything against, and wait until it is public."""
    number = await write(
        visitor,
        title,
        body or "Her står det hundre sykler i regnet hver dag. Et tak hadde gjort det enklere å sykle.",
    )
    await visitor.go(f"/nb/forslag/{number}")
    await visitor.sees_after_reload("Åpent for støtte")
    return number
