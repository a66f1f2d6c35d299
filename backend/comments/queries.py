"""Every read of comments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from backend.accounts.authors import IS_STAFF
from backend.comments.states import ASIDE, WITH_A_PLACE, CommentState
from backend.content.kinds import ContentRef
from backend.platform.authz import Actor
from backend.platform.database import fetch
from backend.platform.sql import one_of


class Stance(StrEnum):
    """Where a comment stands towards the proposal."""

    FOR = "for"
    AGAINST = "against"
    NEUTRAL = "neutral"


class CommentSort(StrEnum):
    """In which order comments of the first level come."""

    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment on `root` with its author's name; `published_at` is None until it was public the first time."""

    id: int
    root: ContentRef
    parent_id: int | None
    author_id: int
    stance: Stance
    language: str
    body: str
    state: CommentState
    is_staff: bool
    created_at: datetime
    published_at: datetime | None
    is_demo: bool
    author_name: str
    author_has_left: bool
    author_is_staff: bool
    author_public_id: int


@dataclass(frozen=True, slots=True)
class PageKey:
    """Where a page of one list begins: below what (the root, or a comment on it), after which comment."""

    root: ContentRef
    parent_id: int | None = None
    after_at: datetime | None = None
    after_id: int | None = None


_COLUMNS = f"""c.id, c.subject_type, c.subject_id, c.parent_id, c.author_id, c.stance, c.language, c.body,
    c.state, c.is_staff, c.created_at, c.published_at, c.is_demo, a.display_name AS author_name,
    a.deleted_at IS NOT NULL AS author_has_left, {IS_STAFF} AS author_is_staff,
    a.public_id AS author_public_id"""
_STANCE, _STATE = 5, 8
_FROM = "FROM comment c JOIN account a ON a.municipality_id = c.municipality_id AND a.id = c.author_id"


def _row(values: Iterable[Any]) -> CommentRow:
    row = list(values)
    row[_STANCE], row[_STATE] = Stance(row[_STANCE]), CommentState(row[_STATE])
    number, kind, root_id, *rest = row
    return CommentRow(number, ContentRef(kind, root_id), *rest)


async def comments_by_id(municipality_id: int, ids: Sequence[int]) -> dict[int, CommentRow]:
    """The comments with these ids, whatever their state: callers ask the rules who may see them."""
    rows = await fetch(
        f"SELECT {_COLUMNS} {_FROM} WHERE c.municipality_id = $1 AND c.id = ANY($2)", municipality_id, ids
    )
    return {row["id"]: _row(row.values()) for row in rows}


# What was public once keeps its place for as long as there are replies below it. The index has coalesce(parent_id, 0).
_IN_THREAD = f"""{one_of("c.state", WITH_A_PLACE)} AND c.published_at IS NOT NULL
    AND (c.state = 'published' OR EXISTS (SELECT FROM comment r WHERE r.municipality_id = $1
         AND r.subject_type = c.subject_type AND r.subject_id = c.subject_id
         AND coalesce(r.parent_id, 0) = c.id AND r.state = 'published'))"""
_ORDER = {
    CommentSort.OLDEST: (">", "-infinity", "0", "ASC"),
    CommentSort.NEWEST: ("<", "infinity", "9223372036854775807", "DESC"),
}


def _pages_sql(below: str, sort: CommentSort) -> str:
    comparison, first_at, first_id, direction = _ORDER[sort]
    return f"""
        SELECT k.number::int - 1 AS page, t.*
        FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::bigint[])
            WITH ORDINALITY AS k (subject_type, subject_id, parent_id, after_at, after_id, number)
        CROSS JOIN LATERAL (
            SELECT {_COLUMNS} {_FROM}
            WHERE c.municipality_id = $1 AND c.subject_type = k.subject_type AND c.subject_id = k.subject_id
              AND coalesce(c.parent_id, 0) = {below}
              AND {_IN_THREAD}
              AND (c.published_at, c.id)
                  {comparison} (coalesce(k.after_at, '{first_at}'), coalesce(k.after_id, {first_id}))
            ORDER BY c.published_at {direction}, c.id {direction} LIMIT $7) t
        ORDER BY k.number, t.published_at {direction}, t.id {direction}"""


_TOP = {sort: _pages_sql("0", sort) for sort in CommentSort}
_REPLIES = _pages_sql("k.parent_id", CommentSort.OLDEST)


async def _pages(
    sql: str, municipality_id: int, keys: Sequence[PageKey], limit: int
) -> dict[PageKey, list[CommentRow]]:
    rows = await fetch(
        sql,
        municipality_id,
        [key.root.kind for key in keys],
        [key.root.id for key in keys],
        [key.parent_id for key in keys],
        [key.after_at for key in keys],
        [key.after_id for key in keys],
        limit,
    )
    found: dict[PageKey, list[CommentRow]] = {key: [] for key in keys}
    for row in rows:
        page, *values = row.values()
        found[keys[page]].append(_row(values))
    return found


async def thread_pages(
    municipality_id: int, keys: Sequence[PageKey], sort: CommentSort, *, limit: int
) -> dict[PageKey, list[CommentRow]]:
    """Pages of first-level comments of many discussions, in one statement.

    Hidden and withdrawn ones are among them when published replies stand below.
    """
    return await _pages(_TOP[sort], municipality_id, keys, limit)


async def reply_pages(
    municipality_id: int, keys: Sequence[PageKey], *, limit: int
) -> dict[PageKey, list[CommentRow]]:
    """Pages of replies to many comments (each key names its parent), oldest first, in one statement."""
    return await _pages(_REPLIES, municipality_id, keys, limit)


async def own_comments_aside(
    actor: Actor, roots: Sequence[ContentRef], *, limit: int
) -> dict[ContentRef, list[CommentRow]]:
    """The actor's own comments on each of these that only they see: waiting, rejected, hidden; newest first."""
    rows = await fetch(
        f"""SELECT t.* FROM unnest($3::text[], $4::bigint[]) AS k (subject_type, subject_id)
            CROSS JOIN LATERAL (SELECT {_COLUMNS} {_FROM}
                WHERE c.municipality_id = $1 AND c.author_id = $2 AND c.subject_type = k.subject_type
                  AND c.subject_id = k.subject_id AND {one_of("c.state", ASIDE)} ORDER BY c.id DESC LIMIT $5) t
            ORDER BY t.id DESC""",
        actor.municipality_id,
        actor.account_id,
        [root.kind for root in roots],
        [root.id for root in roots],
        limit,
    )
    found: dict[ContentRef, list[CommentRow]] = {}
    for row in map(_row, (each.values() for each in rows)):
        found.setdefault(row.root, []).append(row)
    return found


async def own_comments(actor: Actor, *, before: int | None, limit: int) -> list[CommentRow]:
    """Everything the actor commented, in any state, newest first; `before` is the id to go on from."""
    rows = await fetch(
        f"""SELECT {_COLUMNS} {_FROM}
            WHERE c.municipality_id = $1 AND c.author_id = $2 AND ($3::bigint IS NULL OR c.id < $3)
            ORDER BY c.id DESC LIMIT $4""",
        actor.municipality_id,
        actor.account_id,
        before,
        limit,
    )
    return [_row(row.values()) for row in rows]
