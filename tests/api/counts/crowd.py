"""A platform with so many of everything, written past the limits that hold for people.

Nobody is two things at once, so that no statement is saved because somebody was looked up already.
"""

from dataclasses import dataclass

from api.node_ids import to_global_id
from backend.platform.authz import Actor, Grant, Role
from backend.platform.database import execute, fetch, fetch_value, unit_of_work
from backend.platform.settings import Settings
from backend.proposals.content import proposal_text
from tests.api.counts.filling import FILL
from tests.fixtures.people import author_id

TITLE = "Sykkelvei langs Sandvikselva"
BODY = "Det trengs en trygg sykkelvei langs elva, slik at barn kan sykle til skolen hver dag."
_PARTS = (
    "author",
    "co_author",
    "planner",
    "editor",
    "commenter",
    "replier",
    "reporter",
    "claimer",
    "decider",
    "granter",
    "ender",
    "holder",
    "responsible",
)
_ROLES = (Role.PLANNER, Role.MODERATOR, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Crowd:
    """`me` may everything, `size` is how many there are in each list, `ids` names some of them.

    `proposals` are the ids of all that others wrote.
    """

    size: int
    me: Actor
    ids: dict[str, str]
    proposals: list[str]


async def make_crowd(settings: Settings, size: int) -> Crowd:
    """Fill the database."""
    async with unit_of_work():
        await execute("CREATE TEMPORARY TABLE kin (part text, n int, id bigint) ON COMMIT DROP")
        me = await _people(settings, size)
        for statement in FILL:
            await _run(statement, size, me)
        ids = await _ids(me)
        proposals = await fetch("SELECT id FROM kin WHERE part = 'proposal' ORDER BY n")
    actor = Actor(settings.municipality, me, frozenset(Grant(role) for role in _ROLES))
    return Crowd(size, actor, ids, [to_global_id("Proposal", row["id"]) for row in proposals])


async def _people(settings: Settings, size: int) -> int:
    """Everybody, each in one part; returns the account of `me`."""
    await execute(
        """WITH wanted AS (SELECT part, n FROM unnest($2::text[]) part, generate_series(1, $3::int) n),
                made AS (INSERT INTO account (municipality_id, display_name)
                         SELECT $1, part || ' ' || n FROM wanted RETURNING id, display_name)
           INSERT INTO kin SELECT split_part(display_name, ' ', 1), split_part(display_name, ' ', 2)::int, id
           FROM made""",
        settings.municipality,
        list(_PARTS),
        size,
    )
    me: int = await fetch_value(
        "INSERT INTO account (municipality_id, display_name, email) VALUES ($1, 'Me', 'me@example.org') RETURNING id",
        settings.municipality,
    )
    return me


async def _run(statement: str, size: int, me: int) -> None:
    text = proposal_text(TITLE, BODY, "nb")
    words = {"$me": str(me), "$size": str(size), "$grams": f"'{{{','.join(map(str, text.grams))}}}'"}
    for name, value in words.items():
        statement = statement.replace(name, value)
    await execute(statement)


async def _first(part: str) -> int:
    found: int = await fetch_value("SELECT id FROM kin WHERE part = $1 ORDER BY n LIMIT 1", part)
    return found


async def _ids(me: int) -> dict[str, str]:
    return {
        "me": await author_id(me),
        "author": await author_id(await _first("author")),
        "proposal": to_global_id("Proposal", await _first("proposal")),
        "own": to_global_id("Proposal", await _first("own")),
        "comment": to_global_id("Comment", await _first("comment")),
        "place": to_global_id("Place", await _first("place")),
        "run": to_global_id("ImportRun", await _first("run")),
        "case": to_global_id("ModerationCase", await _first("case")),
        "topic": await fetch_value("SELECT slug FROM topic WHERE id = $1", await _first("topic")),
    }
