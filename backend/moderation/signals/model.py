"""The plain rows of screening: what is looked at, what a signal says of it, and what follows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

HOLD_FROM = 0.6

Detail = Mapping[str, int | float | str | bool | list[str]]


@dataclass(frozen=True, slots=True)
class ScreenedText:
    """What somebody wants to publish: `language` as claimed (ISO 639-1), `earlier` their recent texts."""

    title: str
    body: str
    language: str
    earlier: Sequence[str] = ()

    @property
    def text(self) -> str:
        """Title and body as one text."""
        return f"{self.title}\n{self.body}" if self.title else self.body


@dataclass(frozen=True, slots=True)
class Assessment:
    """How sure a signal is that a moderator should look, 0 to 1, and why: JSON values, no personal data."""

    score: float
    detail: Detail

    def __post_init__(self) -> None:
        if not 0 <= self.score <= 1:
            raise ValueError("a score lies between 0 and 1")


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that screening looks for. `version` changes whenever the same text may score otherwise."""

    name: str
    version: str
    assess: Callable[[ScreenedText], Assessment]
    hold_from: float = HOLD_FROM


@dataclass(frozen=True, slots=True)
class SignalOutcome:
    """What one signal said; `score` is None when it failed, and `detail` then names the kind of error."""

    name: str
    version: str
    score: float | None
    hold_from: float
    detail: Detail


@dataclass(frozen=True, slots=True)
class Screening:
    """What all signals said of one content, in the order of the registry."""

    signals: tuple[SignalOutcome, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to publish now; if not, the codes that say why, keys of `REASON_TEXTS`."""

    publish: bool
    reasons: tuple[str, ...]
