"""Lists of public proposals of several topics, each topic's page by itself: all of them in one statement."""

from dataclasses import replace
from typing import Any

from backend.platform.database import fetch
from backend.platform.errors import Invalid
from backend.proposals.listing import ASCENDING, Listed, ProposalFilter, ProposalSort, page_statement
from backend.proposals.listing import narrowed as narrowed_sql
from backend.proposals.on_map import PointsRow, points_of
from backend.proposals.queries import proposal_row
from backend.proposals.searching import MOST_COUNTED, Interpret, Search, describe_search, find_proposals


async def pages_by_topic(
    municipality_id: int,
    topic_ids: list[int],
    narrowed: ProposalFilter,
    sort: ProposalSort,
    *,
    after: tuple[Any, int] | None,
    limit: int,
    interpret: Interpret | None = None,
) -> dict[int, list[Listed]]:
    """A page of each topic, as `find_proposals` gives it. Raises Invalid for a search in more than one topic."""
    if len(topic_ids) == 1:
        only = _in_topic(narrowed, topic_ids[0])
        rows = await find_proposals(
            municipality_id, only, sort, after=after, limit=limit, interpret=interpret
        )
        return {topic_ids[0]: rows}
    _without_search(narrowed)
    statement, text = page_statement(municipality_id, narrowed, sort, after=after, topic="t.id")
    rows_of_all = await fetch(
        f"""SELECT page.* FROM unnest({statement.place(topic_ids)}::bigint[]) t (id)
            CROSS JOIN LATERAL ({text} LIMIT {int(limit)}) page""",
        *statement.values,
    )
    found: dict[int, list[Listed]] = {}
    for values in (tuple(row.values()) for row in rows_of_all):
        listed = Listed(proposal_row(values[:-1]), values[-1])
        assert listed.row.topic_id is not None  # public proposals have a topic
        found.setdefault(listed.row.topic_id, []).append(listed)
    # Joined rows have no order of their own.
    for rows in found.values():
        rows.sort(key=lambda listed: (listed.sort_value, listed.row.id), reverse=sort not in ASCENDING)
    return found


async def searches_by_topic(
    municipality_id: int, topic_ids: list[int], narrowed: ProposalFilter, interpret: Interpret | None = None
) -> dict[int, Search]:
    """What the list of each topic comes to. Raises Invalid for a search in more than one topic."""
    if len(topic_ids) == 1:
        only = _in_topic(narrowed, topic_ids[0])
        return {topic_ids[0]: await describe_search(municipality_id, only, interpret)}
    _without_search(narrowed)
    conditions, values = narrowed_sql(municipality_id, narrowed)
    rows = await fetch(
        f"""SELECT t.id, (SELECT count(*) FROM (
                SELECT FROM proposal p WHERE {conditions} AND p.topic_id = t.id LIMIT {MOST_COUNTED + 1}) counted)
            FROM unnest(${len(values) + 1}::bigint[]) t (id)""",
        *values,
        topic_ids,
    )
    return {row["id"]: Search(row["count"]) for row in rows}


async def points_by_topic(
    municipality_id: int, topic_ids: list[int], narrowed: ProposalFilter
) -> dict[int, PointsRow]:
    """The points of one topic. Raises Invalid for more: each may have thousands."""
    if len(topic_ids) > 1:
        raise _one_at_a_time()
    return {number: await points_of(municipality_id, _in_topic(narrowed, number)) for number in topic_ids}


def _in_topic(narrowed: ProposalFilter, topic_id: int) -> ProposalFilter:
    """The filter within one topic; a topic that it leaves out is none (0)."""
    is_left_out = narrowed.topic_id not in (None, topic_id) or (
        narrowed.topic_ids is not None and topic_id not in narrowed.topic_ids
    )
    return replace(narrowed, topic_id=0 if is_left_out else topic_id, topic_ids=None)


def _without_search(narrowed: ProposalFilter) -> None:
    # Words are understood by what has them, which is a handful of statements for each list.
    if narrowed.search:
        raise _one_at_a_time()


def _one_at_a_time() -> Invalid:
    return Invalid("one_topic_at_a_time", "Dette kan hentes for ett tema om gangen.", field="filter")
