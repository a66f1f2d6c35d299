"""The SQL of an import: a chunk of proposals in a handful of statements, whatever its size."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from backend.imports.prepare import PreparedProposal
from backend.imports.rows import ProposalLink
from backend.platform.database import execute, fetch
from backend.text.search import VERSION as SEARCH_VERSION

PLAN: Final = "plan"
"""The kind of links that files bring: a proposal's place in something larger."""

PLACE: Final = "place"
"""The kind of link that keeps a file's name of a place which is none of the municipality's places."""

SELECTED: Final = "selected"
"""In a link's detail the flag stands under this name, beside the numbers."""


@dataclass(frozen=True, slots=True)
class Known:
    """A proposal that an earlier import brought."""

    id: int
    digest: bytes | None
    state: str
    outcome: str | None
    topic_id: int


@dataclass(frozen=True, slots=True)
class Amended:
    """A published proposal whose words changed after somebody had supported it."""

    proposal_id: int
    version: int
    topic_id: int


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """What an import writes into: ids of topics by slug, and of places by lower-case name."""

    municipality_id: int
    source: str
    actor_id: int | None
    topics: Mapping[str, int]
    places: Mapping[str, int]

    def place_id(self, label: str) -> int | None:
        """The municipality's own place of that name."""
        return self.places.get(label.lower())


async def known_proposals(municipality_id: int, source: str, keys: Sequence[str]) -> dict[str, Known]:
    """The proposals of a source, by external key."""
    rows = await fetch(
        """SELECT external_key, id, external_digest, state, outcome, topic_id FROM proposal
           WHERE municipality_id = $1 AND source = $2 AND external_key = ANY($3)""",
        municipality_id,
        source,
        keys,
    )
    return {row["external_key"]: Known(*list(row.values())[1:]) for row in rows}


# The state's row and the transition's refer to each other: one statement, and checked at commit.
_CREATE: Final = f"""
    WITH new AS (
        INSERT INTO proposal (municipality_id, source, topic_id, language, title, body, place_id, longitude,
                              latitude, search, grams, search_version, external_digest, external_key, state, outcome,
                              created_at, submitted_at, published_at, active_at)
        SELECT $1, $2, r.topic_id, r.language, r.title, r.body, r.place_id, r.longitude, r.latitude,
               r.search::tsvector, r.grams::int[], {SEARCH_VERSION}, r.digest, r.key, r.state, r.outcome,
               coalesce(r.created, r.published, now()), r.created, coalesce(r.published, r.created, now()),
               coalesce(r.published, r.created, now())
        FROM unnest($4::bigint[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::float8[],
                    $10::float8[], $11::text[], $12::text[], $13::bytea[], $14::text[], $15::text[],
                    $16::text[], $17::timestamptz[], $18::timestamptz[])
             AS r(topic_id, language, title, body, place_id, longitude, latitude, search, grams, digest, key,
                  state, outcome, created, published)
        RETURNING id, external_key, state, title, body),
    step AS (
        INSERT INTO proposal_transition
            (municipality_id, proposal_id, ordinal, from_state, to_state, actor_role, actor_id)
        SELECT $1, id, 1, 'none', state, 'import', $3 FROM new),
    version AS (
        INSERT INTO proposal_version (municipality_id, proposal_id, number, title, body, editor_id)
        SELECT $1, id, 1, title, body, $3 FROM new)
    SELECT id, external_key FROM new
"""

# Words that others have supported are amended in the open; a version is only written when words changed.
_UPDATE: Final = f"""
    WITH changed AS (
        UPDATE proposal p
        SET topic_id = r.topic_id, language = r.language, title = r.title, body = r.body,
            place_id = r.place_id, longitude = r.longitude, latitude = r.latitude,
            search = r.search::tsvector, grams = r.grams::int[], search_version = {SEARCH_VERSION},
            external_digest = r.digest,
            version = p.version + ((p.title, p.body) IS DISTINCT FROM (r.title, r.body))::int
        FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::float8[],
                    $9::float8[], $10::text[], $11::text[], $12::bytea[], $13::bigint[])
             AS r(topic_id, language, title, body, place_id, longitude, latitude, search, grams, digest, id)
        WHERE p.municipality_id = $1 AND p.id = r.id
        RETURNING p.id, p.version, p.title, p.body, p.topic_id, p.state),
    version AS (
        INSERT INTO proposal_version
            (municipality_id, proposal_id, number, title, body, editor_id, is_amendment)
        SELECT $1, c.id, c.version, c.title, c.body, $2,
               c.state = 'published' AND EXISTS (
                   SELECT FROM support_event e WHERE e.municipality_id = $1 AND e.proposal_id = c.id)
        FROM changed c
        WHERE NOT EXISTS (SELECT FROM proposal_version v
                          WHERE v.municipality_id = $1 AND v.proposal_id = c.id AND v.number = c.version)
        RETURNING proposal_id, number, is_amendment)
    SELECT v.proposal_id, v.number, c.topic_id FROM version v JOIN changed c ON c.id = v.proposal_id
    WHERE v.is_amendment
"""


async def create_proposals(import_target: ImportTarget, rows: Sequence[PreparedProposal]) -> None:
    """Store new proposals with their first step, version and links; part of the caller's unit of work."""
    if not rows:
        return
    values = [
        (
            *_text_values(import_target, item),
            item.row.external_key,
            item.row.state,
            item.row.outcome,
            item.row.created_at,
            item.row.published_at,
        )
        for item in rows
    ]
    stored = await fetch(
        _CREATE, import_target.municipality_id, import_target.source, import_target.actor_id, *_arrays(values)
    )
    ids = {row["external_key"]: row["id"] for row in stored}
    await _insert_links(import_target, [(ids[item.row.external_key], item) for item in rows])


async def update_proposals(
    import_target: ImportTarget, rows: Sequence[tuple[int, PreparedProposal]]
) -> list[Amended]:
    """Set words, place and links of proposals by id; tells which of them others had supported."""
    if not rows:
        return []
    values = [(*_text_values(import_target, item), proposal_id) for proposal_id, item in rows]
    amended = await fetch(_UPDATE, import_target.municipality_id, import_target.actor_id, *_arrays(values))
    await execute(
        "DELETE FROM proposal_link WHERE municipality_id = $1 AND proposal_id = ANY($2) AND kind = ANY($3)",
        import_target.municipality_id,
        [proposal_id for proposal_id, _ in rows],
        [PLAN, PLACE],
    )
    await _insert_links(import_target, rows)
    return [Amended(*row.values()) for row in amended]


def _text_values(import_target: ImportTarget, item: PreparedProposal) -> tuple[Any, ...]:
    row = item.row
    return (
        import_target.topics[row.topic],
        row.language,
        row.title,
        row.body,
        import_target.place_id(row.place_label),
        row.longitude,
        row.latitude,
        item.search_vector,
        item.grams,
        item.digest,
    )


def _arrays(values: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """A column at a time, as unnest takes them."""
    return [list(column) for column in zip(*values, strict=True)]


async def _insert_links(import_target: ImportTarget, rows: Sequence[tuple[int, PreparedProposal]]) -> None:
    values = [link for proposal_id, item in rows for link in _links(import_target, proposal_id, item)]
    if values:
        await execute(
            """INSERT INTO proposal_link (municipality_id, proposal_id, kind, target, detail)
               SELECT $1, r.proposal_id, r.kind, r.target, r.detail::jsonb
               FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[])
                    AS r(proposal_id, kind, target, detail)""",
            import_target.municipality_id,
            *_arrays(values),
        )


def _links(
    import_target: ImportTarget, proposal_id: int, item: PreparedProposal
) -> list[tuple[int, str, str, str]]:
    # A link without a target ties the proposal to nothing that could be shown.
    found = [
        (proposal_id, PLAN, link.target, orjson.dumps(_detail(link)).decode())
        for link in item.row.links
        if link.target
    ]
    label = item.row.place_label
    if label and import_target.place_id(label) is None:
        found.append((proposal_id, PLACE, label, "{}"))
    return found


def _detail(link: ProposalLink) -> dict[str, Any]:
    flag = {} if link.selected is None else {SELECTED: link.selected}
    return {**dict(link.numbers), **flag}
