"""A raw row turned into a proposal, or into everything that is wrong with it."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backend.imports.errors import RowError
from backend.imports.fields import Fields
from backend.imports.links import read_links
from backend.imports.rows import OUTCOMES, STATES, WITH_OUTCOME, ImportedProposal, RawRow
from backend.imports.schema import ImportMapping
from backend.proposals.states import ProposalState

MAX_KEY: Final = 120
LANGUAGES: Final = ("nb", "nn", "en", "se", "da", "sv", "fi")
"""As the check on the table has them."""

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MAX_SLUG: Final = 60
_DIGEST_SHOWN: Final = 32
_LATITUDES: Final = (-90.0, 90.0)
_LONGITUDES: Final = (-180.0, 180.0)


@dataclass(frozen=True, slots=True)
class ProposalLimits:
    """What a proposal may be; lengths in characters. Wider than our form: others had other rules."""

    title_min: int = 1
    title_max: int = 200
    body_min: int = 0
    body_max: int = 20_000
    place_max: int = 200
    languages: tuple[str, ...] = LANGUAGES


def external_key(raw: RawRow, mapping: ImportMapping) -> str | None:
    """The key of a row, also of a bad one if it can be read: errors of one row hold back its siblings."""
    if raw.errors:
        return None
    fields = Fields(raw, mapping)
    key = _key(fields, mapping)
    return None if fields.errors else key


def validate_row(
    raw: RawRow, mapping: ImportMapping, limits: ProposalLimits | None = None
) -> ImportedProposal | tuple[RowError, ...]:
    """The proposal in a row, or every error in it. Titles and places get one line with single blanks."""
    if raw.errors:
        return raw.errors
    limits = limits or ProposalLimits()
    fields = Fields(raw, mapping)
    state, outcome = _state(fields, mapping)
    latitude, longitude = _coordinates(fields)
    created_at, published_at = _times(fields)
    title = _one_line(fields, "title", limits.title_min, limits.title_max)
    body = fields.bounded(fields.column("body"), fields.field("body"), limits.body_min, limits.body_max)
    row = ImportedProposal(
        external_key=_key(fields, mapping),
        line=raw.line,
        title=title,
        body=body,
        language=_language(fields, limits.languages),
        topic=_topic(fields),
        state=state,
        outcome=outcome,
        latitude=latitude,
        longitude=longitude,
        place_label=_one_line(fields, "place_label", 0, limits.place_max),
        created_at=created_at,
        published_at=published_at,
        links=read_links(fields, mapping),
    )
    return tuple(fields.errors) or row


def _key(fields: Fields, mapping: ImportMapping) -> str:
    """The key columns joined by ":"; a colon inside one of several is written %3A: keys cannot collide.

    Without key columns, a digest of title and text: the same words are the same proposal.
    """
    if not mapping.key:
        words = f"{fields.field('title')}\0{fields.field('body')}"
        return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:_DIGEST_SHOWN]
    parts = [fields.line_of_text(column, fields.cell(column), 1, MAX_KEY) for column in mapping.key]
    if len(parts) == 1:
        return parts[0]
    key = ":".join(part.replace("%", "%25").replace(":", "%3A") for part in parts)
    return fields.bounded(mapping.key[0], key, 0, MAX_KEY)


def _one_line(fields: Fields, field: str, shortest: int, longest: int) -> str:
    return fields.line_of_text(fields.column(field), fields.field(field), shortest, longest)


def _language(fields: Fields, languages: tuple[str, ...]) -> str:
    language = fields.field("language")
    if language not in languages:
        fields.fail(fields.column("language"), "not_a_language", language, ", ".join(languages))
    return language


def _topic(fields: Fields) -> str:
    topic = fields.field("topic")
    if not topic:
        fields.fail(fields.column("topic"), "required")
    elif len(topic) > _MAX_SLUG or not _SLUG.fullmatch(topic):
        fields.fail(fields.column("topic"), "not_a_slug", topic)
    return topic


def _state(fields: Fields, mapping: ImportMapping) -> tuple[str, str | None]:
    """The state by the mapping's words, else by our own; an outcome column beats the mapping's outcome."""
    column = mapping.columns.get("state")
    word = fields.cell(column) if column is not None else ""
    if word in mapping.empty.get("state", ()):
        word = ""
    outcome: str | None = None
    if not word:
        state = mapping.defaults.get("state", "")
        if not state:
            fields.fail(fields.column("state"), "required")
    elif mapping.states:
        state, outcome = mapping.states.get(word, ("", None))
    else:
        state = word
    if word and state not in STATES:
        known = state in set(ProposalState) - {ProposalState.NONE}
        fields.fail(fields.column("state"), "state_not_importable" if known else "unknown_value", word)
        return "", None
    return state, _outcome(fields, state, fields.field("outcome") or outcome)


def _outcome(fields: Fields, state: str, outcome: str | None) -> str | None:
    column = fields.column("outcome")
    if outcome is not None and outcome not in OUTCOMES:
        fields.fail(column, "unknown_value", outcome)
    elif outcome is None and state in WITH_OUTCOME:
        fields.fail(column, "outcome_missing")
    elif outcome is not None and state not in WITH_OUTCOME:
        fields.fail(column, "outcome_unexpected", outcome)
    return outcome


def _times(fields: Fields) -> tuple[datetime | None, datetime | None]:
    """When it was written and published. Nothing is published before it is written."""
    created, published = fields.time("created_at"), fields.time("published_at")
    if created is not None and published is not None and published < created:
        column = fields.column("published_at")
        fields.fail(column, "published_before_created", fields.field("published_at"))
    return created, published


def _coordinates(fields: Fields) -> tuple[float | None, float | None]:
    """WGS84 degrees, both or none."""
    before = len(fields.errors)
    latitude = _degrees(fields, "latitude", _LATITUDES)
    longitude = _degrees(fields, "longitude", _LONGITUDES)
    if len(fields.errors) == before and (latitude is None) != (longitude is None):
        fields.fail(fields.column("latitude" if latitude is None else "longitude"), "half_coordinate")
    if latitude == 0 and longitude == 0:
        fields.fail(fields.column("latitude"), "null_island", "0")
    return latitude, longitude


def _degrees(fields: Fields, field: str, bounds: tuple[float, float]) -> float | None:
    return fields.number(fields.column(field), fields.field(field), bounds)
