"""What the platform's own screening says of the demo texts, so that queues and cases are as they would be."""

from functools import cache
from typing import Any

from backend.moderation.signals import ScreenedText, Screening, Verdict, screen, verdict
from backend.topics.seeding import read_seed
from ops.demo.script import Remark, Scene


@cache
def screened(title: str, body: str, language: str, mode: str) -> tuple[Screening, Verdict]:
    """The signals and what follows from them where the topic's moderation is `mode`."""
    screening = screen(ScreenedText(title, body, language))
    return screening, verdict(screening, mode)


@cache
def modes() -> dict[str, str]:
    """How the seeded topics are moderated, by slug."""
    topics: list[dict[str, Any]] = read_seed("topics")
    return {topic["slug"]: topic["moderation_mode"] for topic in topics}


def screen_all(scenes: tuple[Scene, ...], languages: dict[str, str]) -> None:
    """Screen everything once; slow the first time, so it is done before any row is locked."""
    for scene in scenes:
        mode = modes()[scene.topic]
        screened(scene.title, scene.body, scene.language, mode)
        for remark in scene.all_remarks:
            screened("", remark.text, language_of(remark, languages), mode)


def language_of(remark: Remark, languages: dict[str, str]) -> str:
    """The comment's own language, else that of whoever wrote it."""
    return remark.language or languages[remark.by]
