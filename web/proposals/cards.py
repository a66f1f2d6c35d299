"""The picture that others see when a proposal is shared (Open Graph): its title, where it stands, and whose it is."""

import asyncio
import io
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from PIL import Image, ImageColor, ImageDraw, ImageFont
from starlette.responses import Response

from api.node_ids import to_global_id
from web.build import STATIC
from web.page.assets import names
from web.page.failures import stranger
from web.page.labels import ANSWERED_TEXTS, STATE_TEXTS
from web.page.revalidated import revalidated
from web.page.routing import stream
from web.page.visit import Visit

SIZE: Final = (1200, 630)
_MARGIN: Final = 80
_MOST_LINES: Final = 4
_INK, _PAPER = "#10202f", "#ffffff"
_LATIN = re.compile(r"[\u0000-\u00ff\u0131\u0152-\u0153\u02bb-\u02dc\u2000-\u206f\u20ac\u2122\u2212]")
_LATIN_EXT = re.compile(r"[\u0100-\u02ba\u1e00-\u1e9f\u1ef2-\u1eff\u2c60-\u2c7f\ua720-\ua7ff]")


async def card(visit: Visit) -> Response:
    """GET /forslag/{number}/kort.png: as a stranger may see it, whoever asks."""
    node = to_global_id("Proposal", visit.request.path_params["number"])
    data = await stranger(visit.request).query("ProposalShared", id=node)
    found = visit.found_or_404(data["proposal"])
    texts, key = (ANSWERED_TEXTS, "outcome") if found["state"] == "ANSWERED" else (STATE_TEXTS, "state")
    settings = visit.settings
    # One at a time: drawing holds the processor.
    async with visit.request.app.state.card_places:
        picture = await asyncio.to_thread(
            draw,
            found["title"],
            visit.translate(texts[found[key]])
            if found[key]
            else visit.translate(STATE_TEXTS[found["state"]]),
            found["topic"]["title"],
            f"Samskap {settings.municipality_name}",
            settings.theme_color,
        )
    return revalidated(visit, picture, "image/png")


@lru_cache(128)
def draw(title: str, state: str, topic: str, sender: str, color: str) -> bytes:
    """A PNG of 1200 × 630; the title is made smaller, and at last cut, until it fits."""
    image = Image.new("RGB", SIZE, _PAPER)
    canvas = ImageDraw.Draw(image)
    canvas.rectangle((0, 0, SIZE[0], 24), fill=ImageColor.getrgb(color))
    _tag(canvas, state, color)
    size, lines = _fitted(title)
    for place, line in enumerate(lines):
        _write(canvas, (_MARGIN, 190 + place * size * 1.2), line, size, 680, _INK)
    _write(canvas, (_MARGIN, 500), _cut(topic, 32, 450, SIZE[0] - 2 * _MARGIN), 32, 450, "#40505f")
    _write(canvas, (_MARGIN, 550), sender, 32, 650, color)
    made = io.BytesIO()
    image.save(made, "PNG", optimize=True)
    return made.getvalue()


def _tag(canvas: ImageDraw.ImageDraw, state: str, color: str) -> None:
    width = _width(state, 30, 600)
    canvas.rounded_rectangle((_MARGIN, 84, _MARGIN + width + 48, 144), radius=8, outline=color, width=3)
    _write(canvas, (_MARGIN + 24, 94), state, 30, 600, color)


def _fitted(title: str) -> tuple[int, list[str]]:
    for size in (76, 64, 54):
        lines = _wrapped(title, size)
        if len(lines) * size * 1.2 <= 290:
            return size, lines
    shown = lines[:_MOST_LINES]
    if len(lines) > _MOST_LINES:
        shown[-1] = _cut(f"{shown[-1]} …", size, 680, SIZE[0] - 2 * _MARGIN)
    return size, shown


def _wrapped(text: str, size: int) -> list[str]:
    lines, room = [""], SIZE[0] - 2 * _MARGIN
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if _width(longer, size, 680) <= room:
            lines[-1] = longer
        else:
            lines.append(_cut(word, size, 680, room))
    return [line for line in lines if line]


def _cut(text: str, size: int, weight: int, room: float) -> str:
    if _width(text, size, weight) <= room:
        return text
    while text and _width(f"{text}…", size, weight) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _width(text: str, size: int, weight: int) -> float:
    return sum(_font(name, size, weight).getlength(run) for name, run in _runs(text))


def _write(
    canvas: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, weight: int, ink: str
) -> None:
    left, top = at
    for name, run in _runs(text):
        font = _font(name, size, weight)
        canvas.text((left, top), run, fill=ink, font=font)
        left += font.getlength(run)


def _runs(text: str) -> Iterator[tuple[str, str]]:
    """Pieces with the font that has their characters; what neither has is left out."""
    for found in re.finditer(rf"(?:{_LATIN.pattern})+|(?:{_LATIN_EXT.pattern})+", text):
        run = found.group()
        yield ("inter-latin.woff2" if _LATIN.match(run) else "inter-latin-ext.woff2"), run


@cache
def _font(name: str, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(STATIC / names()[name], size)
    font.set_variation_by_axes([weight])
    return font


routes = [stream("/forslag/{number:int}/kort.png", card)]
