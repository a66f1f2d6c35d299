"""What staff write about a topic, checked before it is stored."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from backend.platform.errors import Invalid
from backend.platform.validation import all_checked
from backend.text.checks import official_text
from backend.topics.modes import ModerationMode
from backend.topics.queries import Requirement, TopicText

TITLE = (3, 120)
SUMMARY = (10, 400)
BODY = (20, 20_000)
SLUG = (3, 60)
LANGUAGES = ("nb", "nn", "en")
ACTIONS = ("propose", "support", "comment")
YEARS = (2000, 2199)
ANSWER_DAYS = (1, 365)
MIN_AGE = (0, 120)
MAX_PLACES = 100
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_GOALS = frozenset({1, 2, 3, 4})


@dataclass(frozen=True, slots=True)
class TopicContent:
    """What the responsible planner looks after: the words, and what is open for input."""

    texts: tuple[TopicText, ...]
    proposals_open: bool = True
    supports_open: bool = True
    comments_open: bool = True


@dataclass(frozen=True, slots=True)
class TopicFrame:
    """What an administrator decides: whom it is for, where, when, and who answers within how many days.

    `counts_imported` None: as it is; a new topic does not count what is imported into it.
    """

    goals: tuple[int, ...]
    place_ids: tuple[int, ...]
    requirements: tuple[Requirement, ...]
    opens_at: datetime
    closes_at: datetime | None
    answer_days: int
    moderation_mode: ModerationMode
    responsible_id: int | None = None
    counts_imported: bool | None = None


def validate_slug(slug: str) -> str:
    """The slug itself; raises Invalid unless it is 3 to 60 small letters, digits and single hyphens."""
    least, most = SLUG
    if not least <= len(slug) <= most or not _SLUG.fullmatch(slug):
        raise Invalid(
            "slug",
            "Adressen må ha {least} til {most} tegn: a–z, 0–9 og enkle bindestreker.",
            field="slug",
            least=least,
            most=most,
        )
    return slug


def validate_content(content: TopicContent) -> TopicContent:
    """The content with cleaned words, in the languages' order.

    Raises Invalid (no bokmål, a language twice or unknown, lengths), PersonalData (national identity numbers).
    """
    languages = [text.language for text in content.texts]
    if "nb" not in languages:
        raise Invalid("bokmal_missing", "Temaet må ha tekst på bokmål.", field="texts")
    if len(set(languages)) < len(languages) or not set(languages) <= set(LANGUAGES):
        raise Invalid("language_unknown", "Språket er ikke blant dem vi kjenner.", field="texts.language")
    with all_checked() as check:
        fitted = [check(_validated_text, text) for text in content.texts]
    return replace(content, texts=tuple(sorted(fitted, key=lambda t: LANGUAGES.index(t.language))))


def _validated_text(text: TopicText) -> TopicText:
    at = f"texts.{text.language}"
    with all_checked() as check:
        title = check(official_text, text.title, TITLE, f"{at}.title", multiline=False)
        summary = check(official_text, text.summary, SUMMARY, f"{at}.summary", multiline=False)
        body = check(validate_body, text.body, f"{at}.body")
    return TopicText(text.language, title, summary, body)


def validate_body(body: str, field: str) -> str:
    """A topic's whole text, cleaned. Raises Invalid, PersonalData."""
    return official_text(body, BODY, field, multiline=True)


def validate_frame(frame: TopicFrame, verifies_residence: bool) -> TopicFrame:
    """The frame with goals and places each named once. Raises Invalid for all that is wrong, each naming its field.

    `verifies_residence` is whether anybody but the person says where they live: else nobody could take part in a topic
    that does not take their own word for it.
    """
    places = tuple(sorted(set(frame.place_ids)))
    with all_checked() as check:
        goals = check(_fit_goals, frame.goals)
        check(_fit_period, frame)
        check(_within, frame.answer_days, ANSWER_DAYS, "answer_days", "frame.answerDays")
        check(_within, len(places), (0, MAX_PLACES), "place_count", "frame.places")
        check(_fit_requirements, frame.requirements)
        if not verifies_residence:
            check(_require_own_word, frame.requirements)
    return replace(frame, goals=goals, place_ids=places)


def _fit_goals(given: Collection[int]) -> tuple[int, ...]:
    goals = tuple(sorted(set(given)))
    if not goals or not set(goals) <= _GOALS:
        raise Invalid("goals", "Velg minst ett av hovedmålene 1 til 4.", field="frame.goals")
    return goals


def _require_own_word(requirements: Collection[Requirement]) -> None:
    if any(each.residents_only and not each.accepts_declared for each in requirements):
        raise Invalid(
            "residence_unverifiable",
            "Her er det ikke satt opp noe oppslag i Folkeregisteret, så kravet ville stengt alle ute. La det holde at "
            "folk selv oppgir hvor de bor, eller ta bort kravet.",
            field="frame.requirements",
        )


def _fit_period(frame: TopicFrame) -> None:
    # A time without a zone would mean something else on every server.
    if any(moment is not None and moment.tzinfo is None for moment in (frame.opens_at, frame.closes_at)):
        raise Invalid("time_without_zone", "Tidspunktet mangler tidssone.", field="frame.opensAt")
    for moment, field in ((frame.opens_at, "frame.opensAt"), (frame.closes_at, "frame.closesAt")):
        if moment is not None and not YEARS[0] <= moment.year <= YEARS[1]:
            raise Invalid(
                "time_extreme",
                "Året må være mellom {least} og {most}.",
                field=field,
                least=YEARS[0],
                most=YEARS[1],
            )
    if frame.closes_at is not None and frame.closes_at <= frame.opens_at:
        raise Invalid("period", "Temaet må lukke etter at det åpner.", field="frame.closesAt")


def _fit_requirements(requirements: Collection[Requirement]) -> None:
    actions = [requirement.action for requirement in requirements]
    if len(set(actions)) < len(actions) or not set(actions) <= set(ACTIONS):
        raise Invalid(
            "requirement_action",
            "Det kan stilles ett krav til hver av propose, support og comment.",
            field="frame.requirements",
        )
    for requirement in requirements:
        if requirement.min_age is not None:
            _within(requirement.min_age, MIN_AGE, "min_age", "frame.requirements.minAge")


def _within(figure: int, bounds: tuple[int, int], code: str, field: str) -> None:
    least, most = bounds
    if not least <= figure <= most:
        raise Invalid(code, "Tallet må være fra {least} til {most}.", field=field, least=least, most=most)
