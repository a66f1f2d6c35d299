"""Use cases of those who look after topics: administrators, and the planner responsible."""

from dataclasses import asdict
from typing import cast

import orjson

from backend.audit.service import record_staff_act
from backend.platform.authz import Actor, Role, administer, require
from backend.platform.database import execute, fetch_row, fetch_value, unit_of_work
from backend.platform.errors import Conflict, Invalid, NotFound
from backend.platform.idempotency import once
from backend.platform.tags import changed
from backend.platform.validation import all_checked
from backend.topics.content import TopicContent, TopicFrame, validate_content, validate_frame, validate_slug
from backend.topics.queries import places_by_id, topics_by_id
from backend.topics.rules import manage


async def create_topic(
    actor: Actor,
    slug: str,
    content: TopicContent,
    frame: TopicFrame,
    *,
    key: str | None = None,
    verifies_residence: bool = True,
) -> int:
    """Store a new topic; returns its id.

    For administrators. Raises Unauthenticated, Forbidden, Invalid, PersonalData, NotFound (place, responsible),
    Conflict (slug taken, key reused). `verifies_residence` is whether anybody but the person says where they live.
    """
    require(administer(actor, None))
    checked = check_parts(slug, content, frame, verifies_residence=verifies_residence)
    slug, content, frame = cast(tuple[str, TopicContent, TopicFrame], checked)
    request = orjson.loads(orjson.dumps([slug, asdict(content), asdict(frame)]))
    return await once(actor, "create_topic", key, request, lambda: _create(actor, slug, content, frame))


def check_parts(
    slug: str | None, content: TopicContent | None, frame: TopicFrame | None, *, verifies_residence: bool
) -> tuple[str | None, TopicContent | None, TopicFrame | None]:
    """What is given, fit to store. Raises Invalid or PersonalData for all that is wrong, each at its field."""
    with all_checked() as check:
        slug = slug if slug is None else check(validate_slug, slug)
        content = content and check(validate_content, content)
        frame = frame and check(validate_frame, frame, verifies_residence)
    return slug, content, frame


async def update_topic(
    actor: Actor,
    topic_id: int,
    *,
    expected_version: int,
    content: TopicContent | None = None,
    frame: TopicFrame | None = None,
    verifies_residence: bool = True,
) -> int:
    """Replace a topic's content, its frame, or both; returns the new version.

    The frame is for administrators, the content also for the planner responsible. Raises NotFound,
    Unauthenticated, Forbidden, Invalid, PersonalData, Conflict when `expected_version` is not in force.
    `verifies_residence` is as in `create_topic`.
    """
    if content is None and frame is None:
        raise Invalid("nothing_to_change", "Si hva som skal endres.", field="content")
    _, content, frame = check_parts(None, content, frame, verifies_residence=verifies_residence)
    async with unit_of_work():
        await _access(actor, topic_id, with_frame=frame is not None)
        version = await fetch_value(
            """UPDATE topic SET version = version + 1 WHERE municipality_id = $1 AND id = $2 AND version = $3
               RETURNING version""",
            actor.municipality_id,
            topic_id,
            expected_version,
        )
        if version is None:
            raise Conflict(
                "changed_meanwhile",
                "Noen andre rakk å endre temaet først. Se hva som er nytt, og prøv igjen.",
            )
        if content is not None:
            await _store_content(actor.municipality_id, topic_id, content)
        if frame is not None:
            await _check_frame(actor, topic_id, frame)
            await _store_frame(actor.municipality_id, topic_id, frame)
        await record_staff_act(actor, "topic_changed", topic_id=topic_id)
        await changed(["topics", f"topic:{topic_id}"])
    return int(version)


async def _access(actor: Actor, topic_id: int, *, with_frame: bool) -> None:
    topics = await topics_by_id(actor.municipality_id, [topic_id], actor.language)
    if topic_id not in topics:
        raise NotFound("topic_not_found", "Temaet finnes ikke.")
    require((administer if with_frame else manage)(actor, topics[topic_id]))


async def _create(actor: Actor, slug: str, content: TopicContent, frame: TopicFrame) -> int:
    topic_id: int | None = await fetch_value(
        """INSERT INTO topic (municipality_id, slug, goals, opens_at, closes_at, answer_days, moderation_mode)
           VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (municipality_id, slug) DO NOTHING RETURNING id""",
        actor.municipality_id,
        slug,
        frame.goals,
        frame.opens_at,
        frame.closes_at,
        frame.answer_days,
        frame.moderation_mode.value,
    )
    if topic_id is None:
        raise Conflict("slug_taken", "Et annet tema har denne adressen.", field="slug")
    await _check_frame(actor, topic_id, frame)
    await _store_content(actor.municipality_id, topic_id, content)
    await _store_frame(actor.municipality_id, topic_id, frame)
    await record_staff_act(actor, "topic_created", topic_id=topic_id)
    await changed(["topics", f"topic:{topic_id}"])
    return topic_id


async def _check_frame(actor: Actor, topic_id: int, frame: TopicFrame) -> None:
    known = await places_by_id(actor.municipality_id, frame.place_ids)
    if len(known) < len(frame.place_ids):
        raise NotFound("place_not_found", "Stedet finnes ikke.", field="frame.places")
    if frame.responsible_id is None:
        return
    row = await fetch_row(
        """SELECT EXISTS (SELECT FROM role_grant g WHERE g.municipality_id = $1 AND g.account_id = a.id
                   AND g.role = $3 AND g.ended_at IS NULL AND coalesce(g.topic_id, $4) = $4) AS is_planner
           FROM account a WHERE a.municipality_id = $1 AND a.id = $2 AND a.kind = 'person'
               AND a.deleted_at IS NULL""",
        actor.municipality_id,
        frame.responsible_id,
        Role.PLANNER.value,
        topic_id,
    )
    if row is None:
        raise NotFound("account_not_found", "Kontoen finnes ikke.", field="frame.responsible")
    if not row["is_planner"]:
        raise Invalid(
            "responsible_not_planner",
            "Den ansvarlige må være saksbehandler for temaet.",
            field="frame.responsible",
        )


async def _store_content(municipality_id: int, topic_id: int, content: TopicContent) -> None:
    await execute(
        """UPDATE topic SET proposals_open = $3, supports_open = $4, comments_open = $5
           WHERE municipality_id = $1 AND id = $2""",
        municipality_id,
        topic_id,
        content.proposals_open,
        content.supports_open,
        content.comments_open,
    )
    await execute(
        "DELETE FROM topic_text WHERE municipality_id = $1 AND topic_id = $2", municipality_id, topic_id
    )
    await execute(
        """INSERT INTO topic_text (municipality_id, topic_id, language, title, summary, body)
           SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[])""",
        municipality_id,
        topic_id,
        [text.language for text in content.texts],
        [text.title for text in content.texts],
        [text.summary for text in content.texts],
        [text.body for text in content.texts],
    )


async def _store_frame(municipality_id: int, topic_id: int, frame: TopicFrame) -> None:
    await execute(
        """UPDATE topic SET goals = $3, opens_at = $4, closes_at = $5, answer_days = $6, moderation_mode = $7,
                  responsible_id = $8, counts_imported = coalesce($9, counts_imported)
           WHERE municipality_id = $1 AND id = $2""",
        municipality_id,
        topic_id,
        frame.goals,
        frame.opens_at,
        frame.closes_at,
        frame.answer_days,
        frame.moderation_mode.value,
        frame.responsible_id,
        frame.counts_imported,
    )
    for table in ("topic_place", "topic_requirement"):
        await execute(
            f"DELETE FROM {table} WHERE municipality_id = $1 AND topic_id = $2", municipality_id, topic_id
        )
    await execute(
        "INSERT INTO topic_place (municipality_id, topic_id, place_id) SELECT $1, $2, unnest($3::bigint[])",
        municipality_id,
        topic_id,
        frame.place_ids,
    )
    await execute(
        """INSERT INTO topic_requirement (municipality_id, topic_id, action, min_age, residents_only,
                                            accepts_declared)
           SELECT $1, $2, * FROM unnest($3::text[], $4::smallint[], $5::boolean[], $6::boolean[])""",
        municipality_id,
        topic_id,
        [requirement.action for requirement in frame.requirements],
        [requirement.min_age for requirement in frame.requirements],
        [requirement.residents_only for requirement in frame.requirements],
        [requirement.residents_only and requirement.accepts_declared for requirement in frame.requirements],
    )
