"""What the demo content says, as its files in content/ hold it: who wrote what, and what became of it.

Times are days before the moment of seeding. A text is a list of paragraphs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from backend.comments.queries import Stance
from backend.comments.states import CommentState
from backend.moderation.reasons import ReasonCode
from backend.proposals.states import Outcome, ProposalState

_CONTENT = Path(__file__).parent / "content"


@dataclass(frozen=True, slots=True)
class Extra:
    """An invented person who has no login: only a name, so that there are many voices."""

    key: str
    name: str
    name_kind: str
    language: str
    born: int


@dataclass(frozen=True, slots=True)
class Cast:
    """The people: those without a login, and what those with one follow (slugs and keys, by person)."""

    extras: tuple[Extra, ...]
    topics_followed: Mapping[str, Sequence[str]]
    proposals_followed: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class ScriptedReport:
    """A reader's report."""

    by: str
    code: ReasonCode
    text: str
    days: float


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a moderator decided against a text."""

    code: ReasonCode
    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment or, below one, a reply. `days` is None where any time will do."""

    by: str
    stance: Stance
    text: str
    language: str | None
    days: float | None
    state: CommentState
    ground: Ground | None
    reports: tuple[ScriptedReport, ...]
    replies: tuple["Remark", ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """A step that the proposal took; what comes before the first one is understood."""

    to: ProposalState
    days: float
    text: str | None
    outcome: Outcome | None
    code: ReasonCode | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """The words as they were until `days` ago."""

    days: float
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Scene:
    """A proposal with all that happened to it. `backers` are among its `supports`; the others are anybody."""

    key: str
    topic: str
    by: str
    co_authors: tuple[str, ...]
    language: str
    title: str
    body: str
    place: str | None
    position: tuple[float, float] | None
    supports: int
    backers: tuple[str, ...]
    turns: tuple[Turn, ...]
    earlier: Earlier | None
    reports: tuple[ScriptedReport, ...]
    remarks: tuple[Remark, ...]

    @property
    def all_remarks(self) -> tuple[Remark, ...]:
        """Comments and replies."""
        return tuple(one for remark in self.remarks for one in (remark, *remark.replies))


def read_cast() -> Cast:
    """The people of people.json."""
    found = orjson.loads((_CONTENT / "people.json").read_bytes())
    return Cast(
        tuple(Extra(**entry) for entry in found["people"]),
        found["topics_followed"],
        found["proposals_followed"],
    )


def read_scenes() -> tuple[Scene, ...]:
    """Every proposal of every topic, the one that was written first standing first."""
    files = sorted(path for path in _CONTENT.glob("*.json") if path.stem != "people")
    scenes = [
        _scene(path.stem, entry) for path in files for entry in orjson.loads(path.read_bytes())["proposals"]
    ]
    return tuple(sorted(scenes, key=lambda scene: -scene.turns[0].days))


def _scene(topic: str, entry: Mapping[str, Any]) -> Scene:
    longitude_latitude = entry.get("position")
    return Scene(
        key=entry["key"],
        topic=topic,
        by=entry["by"],
        co_authors=tuple(entry.get("with", ())),
        language=entry["language"],
        title=entry["title"],
        body=_text(entry["body"]),
        place=entry.get("place"),
        position=tuple(longitude_latitude) if longitude_latitude else None,
        supports=entry.get("supports", 0),
        backers=tuple(entry.get("backers", ())),
        turns=tuple(map(_turn, entry["steps"])),
        earlier=_earlier(entry.get("earlier")),
        reports=tuple(map(_report, entry.get("reports", ()))),
        remarks=tuple(map(_remark, entry.get("comments", ()))),
    )


def _text(paragraphs: Sequence[str]) -> str:
    return "\n\n".join(paragraphs)


def _turn(entry: Mapping[str, Any]) -> Turn:
    return Turn(
        to=ProposalState(entry["to"]),
        days=entry["days"],
        text=_text(entry["text"]) if "text" in entry else None,
        outcome=Outcome(entry["outcome"]) if "outcome" in entry else None,
        code=ReasonCode(entry["code"]) if "code" in entry else None,
    )


def _earlier(entry: Mapping[str, Any] | None) -> Earlier | None:
    return Earlier(entry["days"], entry["title"], _text(entry["body"])) if entry else None


def _report(entry: Mapping[str, Any]) -> ScriptedReport:
    return ScriptedReport(entry["by"], ReasonCode(entry["code"]), entry["text"], entry["days"])


def _remark(entry: Mapping[str, Any]) -> Remark:
    # The text stands under its stance: "for", "against" or "neutral".
    (stance,) = (stance for stance in Stance if stance.value in entry)
    ground = entry.get("ground")
    return Remark(
        by=entry["by"],
        stance=stance,
        text=entry[stance.value],
        language=entry.get("language"),
        days=entry.get("days"),
        state=CommentState(entry.get("state", "published")),
        ground=Ground(ReasonCode(ground["code"]), ground["text"]) if ground else None,
        reports=tuple(map(_report, entry.get("reports", ()))),
        replies=tuple(map(_remark, entry.get("replies", ()))),
    )
