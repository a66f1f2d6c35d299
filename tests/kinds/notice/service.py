"""Putting a notice up."""

from backend.content.kinds import ContentRef
from backend.moderation.unscreened import request_screening
from backend.platform.authz import Actor, logged_in, require
from backend.platform.database import execute, fetch, fetch_value, unit_of_work
from backend.text.checks import validate_text
from backend.text.search import search_vector
from backend.text.similarity import grams

ERASED = "Slettet oppslag"


async def put_up(actor: Actor, topic_id: int, title: str, body: str) -> int:
    """Hand in a notice; returns its id. It is screened first. Raises Unauthenticated, Invalid, PersonalData."""
    require(logged_in(actor, None))
    title = validate_text(title, (1, 120), "title", multiline=False)
    body = validate_text(body, (1, 2_000), "body", multiline=True)
    async with unit_of_work():
        number: int = await fetch_value(
            """INSERT INTO notice (municipality_id, topic_id, author_id, state, language, title, body, search, grams)
               VALUES ($1, $2, $3, 'submitted', 'nb', $4, $5, $6::tsvector, $7) RETURNING id""",
            actor.municipality_id,
            topic_id,
            actor.account_id,
            title,
            body,
            search_vector(title, body),
            grams(f"{title} {body}"),
        )
        await request_screening(actor.municipality_id, ContentRef("notice", number), 1)
    return number


async def set_state(municipality_id: int, number: int, state: str) -> None:
    await execute(
        """UPDATE notice SET state = $3::text,
               published_at = CASE WHEN $3::text = 'published' THEN coalesce(published_at, now()) ELSE published_at END
           WHERE municipality_id = $1 AND id = $2""",
        municipality_id,
        number,
        state,
    )


async def erase_notices(municipality_id: int, account_id: int, *, keep_content: bool) -> None:
    """Notices go with their words, unless they are public and kept."""
    async with unit_of_work():
        await fetch(
            """UPDATE notice SET title = $3, body = '', state = 'withdrawn', search = '', grams = '{}'
               WHERE municipality_id = $1 AND author_id = $2 AND NOT ($4 AND published_at IS NOT NULL)""",
            municipality_id,
            account_id,
            ERASED,
            keep_content,
        )
