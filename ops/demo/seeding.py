"""Storing the demo content: once, in one transaction, and only where people are invented."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.platform.authz import Refusal
from backend.platform.database import analyze, execute, fetch, fetch_value, unit_of_work
from backend.platform.locks import Lock
from backend.platform.settings import Settings
from backend.platform.tags import changed
from backend.proposals.counting import ask_for_count, count_supports
from backend.proposals.statistics import count_figures
from ops.demo.cast import join, languages_of
from ops.demo.rows import Rows, reserve
from ops.demo.scenes import add_scene
from ops.demo.screened import screen_all
from ops.demo.script import Cast, Scene, read_cast, read_scenes
from ops.demo.stage import Ids, Stage
from ops.demo.telling import tell
from ops.demo.times import Times, now

_OPENED_BEFORE = timedelta(days=3)
NOT_HERE = Refusal("demo_not_here", "Demoinnhold er bare til utvikling og test, og lagres ikke her.")


@dataclass(frozen=True, slots=True)
class Seeded:
    """How much was stored."""

    proposals: int
    comments: int
    supports: int


async def seed_demo(settings: Settings) -> Seeded | None:
    """Store the demo content; None when it is there already. Raises Forbidden outside dev and test."""
    if not settings.is_trial:
        raise NOT_HERE.as_error()
    if await _is_there(settings.municipality):
        return None
    cast, scenes = read_cast(), read_scenes()
    await asyncio.to_thread(screen_all, scenes, languages_of(cast))
    async with unit_of_work():
        await execute("SELECT pg_advisory_xact_lock($1)", Lock.DEMO)
        if await _is_there(settings.municipality):
            return None
        seeded = await _store(settings, cast, scenes)
    # Asked for as well, in case this process ends here.
    await count_supports(settings.municipality)
    await count_figures(settings.municipality)
    # How common words are is known from statistics, and search for similar proposals reads them.
    await analyze(settings, "proposal")
    return seeded


async def _is_there(municipality_id: int) -> bool:
    found: bool = await fetch_value(
        "SELECT EXISTS (SELECT FROM proposal WHERE municipality_id = $1 AND is_demo)", municipality_id
    )
    return found


async def _store(settings: Settings, cast: Cast, every_scene: Sequence[Scene]) -> Seeded:
    municipality_id = settings.municipality
    topics, places = (
        await _ids_by_slug("topic", municipality_id),
        await _ids_by_slug("place", municipality_id),
    )
    # An administrator may have renamed a topic since; what belongs to it is left out.
    scenes = [scene for scene in every_scene if scene.topic in topics]
    rows, began = Rows(municipality_id), now()
    members = await join(settings, cast, rows, began)
    stage = Stage(rows, await _ids(scenes), members, topics, places, Times(began, "demo"))
    for scene in scenes:
        add_scene(stage, scene)
    _follow(stage, cast)
    seeded = Seeded(len(rows.of("proposal")), len(rows.of("comment")), len(rows.of("support_event")))
    await rows.write()
    await tell(rows, stage.happened, began)
    await _count_comments(municipality_id, list(stage.proposals.values()))
    await _adopt_topics(stage)
    await ask_for_count(municipality_id)
    await changed(["proposals", "moderation", *(f"topic:{topics[slug]}" for slug in stage.earliest)])
    return seeded


async def _ids_by_slug(table: str, municipality_id: int) -> dict[str, int]:
    rows = await fetch(f"SELECT slug, id FROM {table} WHERE municipality_id = $1", municipality_id)
    return {row["slug"]: row["id"] for row in rows}


async def _ids(scenes: Sequence[Scene]) -> Ids:
    remarks = sum(len(scene.all_remarks) for scene in scenes)
    # Each text is screened once, and reported at most once.
    return Ids(
        await reserve("proposal", len(scenes)),
        await reserve("comment", remarks),
        await reserve("moderation_case", 2 * (len(scenes) + remarks)),
    )


def _follow(stage: Stage, cast: Cast) -> None:
    at = stage.times.now - timedelta(days=130)
    for key, slugs in cast.topics_followed.items():
        for slug in stage.topics.keys() & slugs:
            _add_follow(stage, key, at, topic_id=stage.topics[slug])
    for key, proposals in cast.proposals_followed.items():
        for proposal in stage.proposals.keys() & proposals:
            _add_follow(stage, key, at, proposal_id=stage.proposals[proposal])


def _add_follow(
    stage: Stage, key: str, at: datetime, *, topic_id: int | None = None, proposal_id: int | None = None
) -> None:
    stage.rows.add(
        "follow",
        account_id=stage.members.ids[key],
        topic_id=topic_id,
        proposal_id=proposal_id,
        created_at=at,
    )


async def _count_comments(municipality_id: int, proposal_ids: Sequence[int]) -> None:
    await execute(
        """UPDATE proposal_activity act SET comments = c.published, active_at = greatest(act.active_at, c.latest)
           FROM (SELECT subject_id AS proposal_id, count(*) AS published, max(published_at) AS latest FROM comment
                 WHERE municipality_id = $1 AND subject_type = 'proposal' AND state = 'published'
                 GROUP BY subject_id) c
           WHERE act.municipality_id = $1 AND act.proposal_id = c.proposal_id AND act.proposal_id = ANY($2)""",
        municipality_id,
        list(proposal_ids),
    )


async def _adopt_topics(stage: Stage) -> None:
    """Nobody wrote before the topic was open; and somebody is responsible where nobody was."""
    for slug, earliest in stage.earliest.items():
        await execute(
            """UPDATE topic SET opens_at = least(opens_at, $3), responsible_id = coalesce(responsible_id, $4)
               WHERE municipality_id = $1 AND id = $2""",
            stage.rows.municipality_id,
            stage.topics[slug],
            earliest - _OPENED_BEFORE,
            stage.planner_id,
        )
