"""Lists of public proposals: filters, sorts and keyset pages."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from backend.platform.database import fetch, fetch_value
from backend.platform.sql import one_of
from backend.proposals.newest_matching import newest_matching, newest_matching_ids
from backend.proposals.queries import PUBLIC_SQL, ProposalRow, proposal_row, select
from backend.proposals.sql import IS_IN_FORCE, gives_support, is_co_author
from backend.proposals.states import ANSWERED_STATES, AWAITING_ANSWER
from backend.text.search import search_query


class ProposalSort(StrEnum):
    """In which order a list comes."""

    NEWEST = "newest"
    MOST_SUPPORTED = "most_supported"
    RECENTLY_ACTIVE = "recently_active"
    NEAREST = "nearest"
    NEWLY_ANSWERED = "newly_answered"
    LONGEST_WAITING = "longest_waiting"
    BEST_MATCH = "best_match"


@dataclass(frozen=True, slots=True)
class ProposalFilter:
    """What a list is narrowed to; `box` is west, south, east, north and `near` longitude, latitude (WGS84).

    A proposal is overdue when it has no answer yet and its time is up. With `counted` only what counts as news is
    listed: what was written here, and what was imported into these topics. `search` is what a person typed, `language`
    theirs, whose stop words are left out of it; `tsquery` stands for it once it is understood (searching.py).
    """

    topic_id: int | None = None
    topic_ids: tuple[int, ...] | None = None
    place_id: int | None = None
    states: tuple[str, ...] | None = None
    author_id: int | None = None
    search: str | None = None
    language: str | None = None
    tsquery: str | None = None
    box: tuple[float, float, float, float] | None = None
    near: tuple[float, float] | None = None
    outcome: str | None = None
    outcomes: tuple[str, ...] | None = None
    overdue: bool | None = None
    counted: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A proposal in a list, with the keys that a page after it starts from."""

    row: ProposalRow
    sort_value: Any


_SORTS = {
    ProposalSort.NEWEST: ("p.published_at", "timestamptz"),
    ProposalSort.MOST_SUPPORTED: ("act.supports", "bigint"),
    ProposalSort.RECENTLY_ACTIVE: ("act.active_at", "timestamptz"),
    # Imported answers may have no time of their own: they are taken for as old as their proposal.
    ProposalSort.NEWLY_ANSWERED: ("(coalesce(p.answered_at, p.published_at))", "timestamptz"),
    ProposalSort.LONGEST_WAITING: ("p.answer_due_at", "timestamptz"),
}
_DISTANCE = "(p.position <-> point({}::float8 * 0.5, {}::float8))"
_WAITING = one_of("p.state", AWAITING_ANSWER)
_ANSWERED = one_of("p.state", ANSWERED_STATES)
# What a sort leaves out, said so that its index is found.
_ONLY = {
    ProposalSort.NEAREST: "p.position IS NOT NULL",
    ProposalSort.NEWLY_ANSWERED: _ANSWERED,
    ProposalSort.LONGEST_WAITING: _WAITING,
}
# Served by an index of the narrow row, which knows what is public and in which topic.
_BY_ACTIVITY = frozenset({ProposalSort.MOST_SUPPORTED, ProposalSort.RECENTLY_ACTIVE})
ASCENDING = frozenset({ProposalSort.NEAREST, ProposalSort.LONGEST_WAITING})
"""The orders that begin with what is least."""


class _Statement:
    """Conditions and their values, numbered as PostgreSQL wants them.

    With `one_plan` the values hide behind sub-selects: they cannot change the plan, so PostgreSQL keeps one and
    does not plan anew each time, which takes longer than reading a page. With `by_activity` the list is read off the
    narrow rows, and what these know is asked of them alone: PostgreSQL would take the same said twice for rarer.
    """

    def __init__(self, municipality_id: int, *, one_plan: bool, by_activity: bool = False) -> None:
        self.values: list[Any] = [municipality_id]
        self.lead = "act" if by_activity else "p"
        self.conditions = [
            f"{self.lead}.municipality_id = $1",
            "act.is_public" if by_activity else PUBLIC_SQL,
        ]
        self._one_plan = one_plan

    def place(self, value: Any) -> str:
        self.values.append(value)
        return f"${len(self.values)}"

    def place_as(self, value: Any, type_: str) -> str:
        placed = f"{self.place(value)}::{type_}"
        return f"(SELECT {placed})" if self._one_plan else placed

    def limit(self, rows: int) -> str:
        # PostgreSQL takes a limit that it cannot see for a tenth of all rows.
        return str(int(rows)) if self._one_plan else self.place(rows)


def _has_one_plan(filters: ProposalFilter) -> bool:
    """Whether the same plan suits every value: whatever else a list is narrowed to may be rare or common."""
    counted = None if filters.counted else filters.counted
    return filters == ProposalFilter(topic_id=filters.topic_id, near=filters.near, counted=counted)


def _narrow(statement: _Statement, filters: ProposalFilter) -> None:
    add = statement.conditions.append
    if filters.topic_id is not None:
        add(f"{statement.lead}.topic_id = {statement.place_as(filters.topic_id, 'bigint')}")
    if filters.topic_ids is not None:
        add(f"{statement.lead}.topic_id = ANY({statement.place(list(filters.topic_ids))})")
    if filters.place_id is not None:
        # A proposal is at a place when it says so, or when its point is within the place's box.
        place = statement.place(filters.place_id)
        add(
            f"""(p.place_id = {place} OR EXISTS (SELECT FROM place b WHERE b.municipality_id = $1 AND b.id = {place}
                AND p.longitude BETWEEN b.west AND b.east AND p.latitude BETWEEN b.south AND b.north))"""
        )
    if filters.states is not None:
        add(f"p.state = ANY({statement.place(list(filters.states))})")
    if filters.author_id is not None:
        add(f"p.author_id = {statement.place(filters.author_id)}")
    _narrow_by_answer(statement, filters)
    if filters.counted:
        add(f"(p.source IS NULL OR p.topic_id = ANY({statement.place(list(filters.counted))}))")
    elif filters.counted is not None:
        # Said alone, as partial indexes say it: thousands of imported ones may stand before the first of ours.
        add("p.source IS NULL")
    if filters.box is not None:
        west, south, east, north = (statement.place(value) for value in filters.box)
        add(
            f"p.position <@ box(point({west}::float8 * 0.5, {south}::float8), "
            f"point({east}::float8 * 0.5, {north}::float8))"
        )
    if filters.search:
        query = text_query(filters)
        add(f"p.search @@ to_tsquery('simple', {statement.place(query)})" if query else "false")


def _narrow_by_answer(statement: _Statement, filters: ProposalFilter) -> None:
    add = statement.conditions.append
    if filters.outcome is not None:
        # An answer that was taken back is no outcome any more, so the state is one of these.
        add(f"{_ANSWERED} AND p.outcome = {statement.place(filters.outcome)}")
    if filters.outcomes is not None:
        add(f"{_ANSWERED} AND p.outcome = ANY({statement.place(list(filters.outcomes))})")
    if filters.overdue is not None:
        is_overdue = f"({_WAITING} AND p.answer_due_at < now())"
        add(is_overdue if filters.overdue else f"NOT {is_overdue}")


def narrowed(municipality_id: int, filters: ProposalFilter) -> tuple[str, list[Any]]:
    """What holds for public proposals of such a list, as a condition on `p`, and its values from $1 on."""
    statement = _Statement(municipality_id, one_plan=False)
    _narrow(statement, filters)
    return " AND ".join(statement.conditions), statement.values


def text_query(filters: ProposalFilter) -> str:
    """What the search of a list asks the texts for, as the text of a tsquery; empty when it has no words."""
    return filters.tsquery or search_query(filters.search or "", filters.language)


def _order(
    statement: _Statement, filters: ProposalFilter, sort: ProposalSort, after: tuple[Any, int] | None
) -> tuple[str, str]:
    if sort in _ONLY:
        statement.conditions.append(_ONLY[sort])
    if sort is ProposalSort.NEAREST:
        longitude, latitude = filters.near or (0.0, 0.0)
        column, type_ = _DISTANCE.format(statement.place(longitude), statement.place(latitude)), "float8"
    else:
        column, type_ = _SORTS[sort]
    comparison, direction = (">", "ASC") if sort in ASCENDING else ("<", "DESC")
    number = "act.proposal_id" if sort in _BY_ACTIVITY else "p.id"
    if after is not None:
        value, last_id = statement.place_as(after[0], type_), statement.place_as(after[1], "bigint")
        statement.conditions.append(f"({column}, {number}) {comparison} ({value}, {last_id})")
    return column, f"{column} {direction}, {number} {direction}"


def _listed(rows: Iterable[tuple[Any, ...]]) -> list[Listed]:
    """Rows of `select` with one more value, which they are sorted by."""
    return [Listed(proposal_row(values[:-1]), values[-1]) for values in rows]


async def list_proposals(
    municipality_id: int,
    filters: ProposalFilter,
    sort: ProposalSort,
    *,
    after: tuple[Any, int] | None,
    limit: int,
) -> list[Listed]:
    """A page of public proposals; `after` is the sort value and id of the last one seen.

    The sort by support uses the counts of the last window, so a page's order is stable while it is read.
    """
    if sort is ProposalSort.BEST_MATCH:
        return await _best_matches(municipality_id, filters, after=after, limit=limit)
    if sort is ProposalSort.NEWEST and _is_search_alone(filters):
        query = text_query(filters)
        found = await newest_matching(municipality_id, query, after=after, limit=limit) if query else []
        return _listed(found)
    statement, text = page_statement(municipality_id, filters, sort, after=after)
    rows = await fetch(f"{text} LIMIT {statement.limit(limit)}", *statement.values)
    return _listed(tuple(row.values()) for row in rows)


def page_statement(
    municipality_id: int,
    filters: ProposalFilter,
    sort: ProposalSort,
    *,
    after: tuple[Any, int] | None,
    topic: str | None = None,
) -> tuple[_Statement, str]:
    """The statement of a page but for its limit: a row with its sort value last. `topic` is SQL for the only topic."""
    one_plan = topic is None and _has_one_plan(filters)
    statement = _Statement(municipality_id, one_plan=one_plan, by_activity=sort in _BY_ACTIVITY)
    if topic is not None:
        statement.conditions.append(f"{statement.lead}.topic_id = {topic}")
    _narrow(statement, filters)
    column, order = _order(statement, filters, sort, after)
    selected = select(f", {column} AS sort_value")
    return statement, f"{selected} WHERE {' AND '.join(statement.conditions)} ORDER BY {order}"


# Whole words weigh more than what they were taken apart to, and a title more than a text (weights D, C, B, A); one that
# goes on for pages has every word once. PostgreSQL must read each text to rank it, so the newest ones are ranked.
_SCORE = "ts_rank('{{0.05, 0.3, 0.4, 1.0}}', p.search, to_tsquery('simple', {query}), 1)::float8"
RANKED = 1_000
"""So many of the texts that match are ranked, the newest; nobody reads on to the others."""


async def _best_matches(
    municipality_id: int, filters: ProposalFilter, *, after: tuple[Any, int] | None, limit: int
) -> list[Listed]:
    query = text_query(filters)
    if not query:
        return []
    statement = _Statement(municipality_id, one_plan=False)
    score = _SCORE.format(query=statement.place(query))
    if _is_search_alone(filters):
        matching = f"WHERE p.municipality_id = $1 AND p.id = ANY(ARRAY({newest_matching_ids(RANKED)}))"
    else:
        _narrow(statement, filters)
        matching = f"WHERE {' AND '.join(statement.conditions)} ORDER BY p.published_at DESC, p.id DESC LIMIT {RANKED}"
    rest = ""
    if after is not None:
        rest = f"WHERE (m.score, m.id) < ({statement.place(after[0])}, {statement.place(after[1])})"
    rows = await fetch(
        f"""{select(", m.score AS sort_value")}
            JOIN (SELECT p.id, {score} AS score FROM proposal p {matching}) m
              ON m.id = p.id AND p.municipality_id = $1
            {rest} ORDER BY m.score DESC, m.id DESC LIMIT {int(limit)}""",
        *statement.values,
    )
    return _listed(tuple(row.values()) for row in rows)


def _is_search_alone(filters: ProposalFilter) -> bool:
    """Whether a list is narrowed by words only: then there is an index that bounds the work for any word."""
    return bool(filters.search) and replace(filters, language=None, tsquery=None) == ProposalFilter(
        search=filters.search
    )


async def count_matches(municipality_id: int, filters: ProposalFilter, *, most: int) -> int:
    """How many public proposals are in such a list; counting stops at `most`."""
    conditions, values = narrowed(municipality_id, filters)
    found: int = await fetch_value(
        f"SELECT count(*) FROM (SELECT FROM proposal p WHERE {conditions} LIMIT {int(most)}) counted", *values
    )
    return found


async def own_proposals(
    municipality_id: int,
    account_id: int,
    *,
    before: int | None,
    limit: int,
    states: tuple[str, ...] | None = None,
) -> list[ProposalRow]:
    """What a person wrote or co-wrote, in these states or in any, newest first; `before` is the id to go on from."""
    rows = await fetch(
        f"""{select()}
            WHERE p.municipality_id = $1 AND ($3::bigint IS NULL OR p.id < $3)
              AND ($5::text[] IS NULL OR p.state = ANY($5))
              AND (p.author_id = $2 OR p.id IN (SELECT proposal_id FROM proposal_invitation
                   WHERE municipality_id = $1 AND accepted_by_id = $2 AND {is_co_author()}))
            ORDER BY p.id DESC LIMIT $4""",
        municipality_id,
        account_id,
        before,
        limit,
        None if states is None else list(states),
    )
    return [proposal_row(row.values()) for row in rows]


async def supported_proposals(
    municipality_id: int, account_id: int, *, before: int | None, limit: int
) -> list[Listed]:
    """What a person stands behind now and may still see, the latest support first.

    The sort value is the number of the support; `before` is the one to go on from.
    """
    rows = await fetch(
        f"""{select(", s.id AS sort_value")}
            JOIN (SELECT DISTINCT ON (proposal_id) proposal_id, id, ordinal FROM support_event
                  WHERE municipality_id = $1 AND account_id = $2
                  ORDER BY proposal_id, ordinal DESC) s ON s.proposal_id = p.id
            WHERE p.municipality_id = $1 AND {gives_support("s.")} AND ($3::bigint IS NULL OR s.id < $3)
              AND ({PUBLIC_SQL} OR (p.state = 'withdrawn' AND p.published_at IS NOT NULL))
            ORDER BY s.id DESC LIMIT $4""",
        municipality_id,
        account_id,
        before,
        limit,
    )
    return _listed(tuple(row.values()) for row in rows)


async def answered_for(
    municipality_id: int, account_id: int, *, after: tuple[datetime, int] | None, limit: int
) -> list[Listed]:
    """Answered proposals that a person wrote or co-wrote, stands behind now, or follows; the latest answer first.

    `after` is the sort value, a moment, and the id of the last one seen.
    """
    column, _ = _SORTS[ProposalSort.NEWLY_ANSWERED]
    moment, last_id = after or (None, None)
    rows = await fetch(
        f"""{select(f", {column} AS sort_value")}
            WHERE p.municipality_id = $1 AND {_ANSWERED} AND (p.author_id = $2 OR p.id IN (
                SELECT proposal_id FROM proposal_invitation
                WHERE municipality_id = $1 AND accepted_by_id = $2 AND {is_co_author()}
                UNION ALL SELECT subject_id FROM follow
                WHERE municipality_id = $1 AND account_id = $2 AND subject_type = 'proposal'
                UNION ALL SELECT proposal_id FROM support_event WHERE municipality_id = $1 AND account_id = $2
                GROUP BY proposal_id HAVING {IS_IN_FORCE}))
              AND ($3::timestamptz IS NULL OR ({column}, p.id) < ($3, $4::bigint))
            ORDER BY {column} DESC, p.id DESC LIMIT $5""",
        municipality_id,
        account_id,
        moment,
        last_id,
        limit,
    )
    return _listed(tuple(row.values()) for row in rows)
