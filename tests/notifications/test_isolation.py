"""Names and titles that run from right to left stay in their place in everything that is said of an event."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from backend.content.kinds import ContentRef, Summary
from backend.content.registry import kinds
from backend.notifications.mail import Letter, build_message
from backend.notifications.wording import render_message
from backend.platform.settings import Settings
from backend.text.isolation import isolate_text, isolates_as_html
from web.proposals.cards import draw

HEBREW, ARABIC, NAME = "שלום", "مرحبا", "דוד"
ABOUT = Summary(
    ContentRef("proposal", 1),
    f"Ja\u2069 <b>{HEBREW}",
    ARABIC,
    "published",
    {"status": "publisert", "outcome": "Svar: ja"},
)
EVERYTHING = [wording for kind in kinds().values() for wording in kind.wordings.values()]


def _bare(text: str, start: str, end: str) -> str:
    """What is left outside isolates."""
    return re.sub(f"{start}[^{start}{end}]*{end}", "", text)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_no_notification_holds_a_bare_name(language: str) -> None:
    shown = [render_message(language, wording, ABOUT, {}).text for wording in EVERYTHING]
    assert any(HEBREW in text for text in shown)
    assert any(ARABIC in text for text in shown)
    for text in shown:
        assert not {*HEBREW, *ARABIC} & {*_bare(text, "\u2068", "\u2069")}, text


def test_both_parts_of_a_mail_isolate(fresh: Settings) -> None:
    wording = next(wording for wording in EVERYTHING if "{title}" in wording.text)
    letter = Letter("1", "a@example.no", NAME, "nb", render_message("nb", wording, ABOUT, {}), "/x")
    message = build_message(fresh, letter)
    plain, rich = (cast(Any, message.get_body((part,))).get_content() for part in ("plain", "html"))
    assert f"Hei, \u2068{NAME}\u2069." in plain
    assert not {*HEBREW, *NAME} & {*_bare(plain, "\u2068", "\u2069")}
    assert f"Hei, <bdi>{NAME}</bdi>." in rich
    assert f"<bdi>Ja  &lt;b&gt;{HEBREW}</bdi>".replace("  ", " ") in rich
    assert not {*HEBREW, *NAME} & {*re.sub(r"<bdi>.*?</bdi>", "", rich)}
    assert "\u2068" not in rich
    usual = build_message(fresh, replace(letter, name="Kari"))
    assert "Hei, Kari." in cast(Any, usual.get_body(("plain",))).get_content()


def test_what_runs_from_left_to_right_is_left_alone() -> None:
    assert isolate_text("Sykkelvei") == "Sykkelvei"
    assert isolates_as_html("<i>Kari</i>") == "&lt;i&gt;Kari&lt;/i&gt;"


def test_a_popup_on_the_map_isolates_its_title() -> None:
    script = Path("web/frontend/map.js").read_text(encoding="utf-8")
    assert re.search(r'createElement\("bdi"\);\s+name\.textContent = title;', script)
    assert not re.search(r"(?<!name)\.textContent = title", script)


def test_the_shared_picture_draws_each_name_by_itself() -> None:
    """Its fonts have no signs that run from right to left; what it cannot draw leaves the rest where it was."""
    usual = draw("", "Besvart", "Tema", "Samskap Bærum", "#0b5563")
    assert draw(HEBREW, "Besvart", f"Tema{ARABIC}", "Samskap Bærum", "#0b5563") == usual
    assert draw(f"Sykkel{HEBREW}", "Besvart", "Tema", "Samskap Bærum", "#0b5563") != usual
