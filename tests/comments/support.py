"""What tests of the discussion begin with."""

from collections.abc import Sequence

from backend.comments.queries import CommentRow, Stance, comments_by_id
from backend.comments.service import add_comment
from backend.moderation.service import screen_content
from backend.platform.authz import Actor
from backend.platform.database import fetch
from tests.proposals.support import proposal_ref

SENTENCES = (
    "Dette trenger vi på vår side av elva også.",
    "Er det regnet på hva vedlikeholdet koster om vinteren?",
    "Skolen har bedt om det i mange år, og nå haster det.",
)


async def handed_in(
    author: Actor, proposal_id: int, body: str = SENTENCES[0], parent_id: int | None = None
) -> int:
    """A comment that waits for screening."""
    return await add_comment(author, proposal_ref(proposal_id), body, Stance.FOR, "nb", parent_id)


async def commented(
    author: Actor, proposal_id: int, body: str = SENTENCES[0], parent_id: int | None = None
) -> int:
    """A comment that went through screening."""
    comment_id = await handed_in(author, proposal_id, body, parent_id)
    await screen_content(author.municipality_id, "comment", comment_id, 1)
    return comment_id


async def read(comment_id: int) -> CommentRow:
    """The comment as it stands."""
    return (await comments_by_id(3201, [comment_id]))[comment_id]


async def many_comments(
    author: Actor, proposal_id: int, count: int, parent_id: int | None = None
) -> Sequence[int]:
    """Published comments, a minute apart, written past the limits that hold for people."""
    rows = await fetch(
        """INSERT INTO comment (municipality_id, proposal_id, parent_id, author_id, stance, language, body, state,
                                created_at, published_at)
           SELECT $1, $2, $3, $4, 'neutral', 'nb', 'Kommentar nummer ' || n, 'published',
                  now() - make_interval(mins => 1000 - n), now() - make_interval(mins => 1000 - n)
           FROM generate_series(1, $5::int) n RETURNING id""",
        author.municipality_id,
        proposal_id,
        parent_id,
        author.account_id,
        count,
    )
    return [row["id"] for row in rows]
