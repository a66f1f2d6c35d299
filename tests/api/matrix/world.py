"""A platform with something of everything, made by the services, for all roles to ask about."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from api.node_ids import to_global_id
from backend.accounts.my_data import request_export
from backend.accounts.tokens import create_token
from backend.follows.service import follow_content, follow_topic
from backend.imports.running import run_import
from backend.imports.service import ImportOrder, start_import
from backend.imports.uploads import receive_upload
from backend.notifications.events import EventKind
from backend.notifications.fan_out import deliver_event
from backend.notifications.kinds import Cause
from backend.notifications.ways_out import WayOut, way_out_token
from backend.platform.authz import Actor
from backend.platform.database import fetch, fetch_value
from backend.platform.settings import Settings
from backend.proposals.invitations import invite
from backend.proposals.notes import add_note
from backend.proposals.supports import support
from backend.topics.content import TopicFrame
from backend.topics.modes import ModerationMode
from backend.topics.queries import Requirement, topics_by_id
from backend.topics.service import update_topic
from tests.api.matrix.people import log_in, make_people, number
from tests.api.matrix.writings import Cast, hide, make_comments, make_proposals
from tests.fixtures.people import author_id
from tests.proposals.support import proposal_ref


@dataclass(frozen=True, slots=True)
class World:
    """`actors` by role, and `ids` of things by name."""

    settings: Settings
    actors: dict[str, Actor]
    ids: dict[str, str]


async def make_world(settings: Settings) -> World:
    """Everything that the expectations name."""
    here, elsewhere = await _topic("mobilitetsstrategi"), await _topic("kommunegarden")
    people = await make_people(settings, here, elsewhere)
    await _ask_much(people, here)
    cast = Cast(people, here)
    proposals, cases = await make_proposals(cast)
    comments, comment_cases = await make_comments(cast, proposals)
    await _surround(people, here, proposals)
    await hide(cast, "proposal", proposals["hidden"])
    await _deliver_all(settings)
    ids = {
        "topic": to_global_id("Topic", here),
        "topic_elsewhere": to_global_id("Topic", elsewhere),
        "place": to_global_id("Place", await fetch_value("SELECT min(id) FROM place")),
        **{name: to_global_id("Proposal", found) for name, found in proposals.items()},
        **{name: to_global_id("Comment", found) for name, found in comments.items()},
        **{name: to_global_id("ModerationCase", found) for name, found in (cases | comment_cases).items()},
        **await _belongings(settings, people, proposals),
        **await _imports(settings, people["planner"]),
    }
    return World(settings, people, ids)


async def _topic(slug: str) -> int:
    found: int = await fetch_value("SELECT id FROM topic WHERE slug = $1", slug)
    return found


async def _ask_much(people: dict[str, Actor], topic: int) -> None:
    """Residents of 15 years may propose and support, anybody of that age may comment; the planner is responsible."""
    row = (await topics_by_id(people["admin"].municipality_id, [topic], "nb"))[topic]
    frame = TopicFrame(
        goals=row.goals,
        place_ids=(),
        requirements=(
            Requirement("propose", 15, residents_only=True),
            Requirement("support", 15, residents_only=True),
            Requirement("comment", 15, residents_only=False),
        ),
        opens_at=row.opens_at,
        closes_at=None,
        answer_days=30,
        moderation_mode=ModerationMode.HOLD_RISKY,
        responsible_id=number(people["planner"]),
    )
    await update_topic(people["admin"], topic, expected_version=row.version, frame=frame)


async def _surround(people: dict[str, Actor], topic: int, proposals: dict[str, int]) -> None:
    """A resident and the tokens' owner, who support and follow, also what is hidden later."""
    for who in ("resident", "owner"):
        await support(people[who], proposals["published"])
        await follow_topic(people[who], topic)
        for name in ("published", "hidden"):
            await follow_content(people[who], proposal_ref(proposals[name]))


async def _deliver_all(settings: Settings) -> None:
    for row in await fetch("SELECT id FROM event ORDER BY id"):
        await deliver_event(settings.municipality, row["id"])


async def _imports(settings: Settings, planner: Actor) -> dict[str, str]:
    """A file that was refused, and one that is there to be taken in."""
    uploads = [await receive_upload(planner, "liste.csv", _file()) for _ in range(2)]
    run = await start_import(planner, ImportOrder(uploads[0]))
    await run_import(settings, run)
    return {"run": to_global_id("ImportRun", run), "upload": to_global_id("ImportUpload", uploads[1])}


async def _file() -> AsyncIterator[bytes]:
    yield b"key,title,topic\na,,kommunegarden\n"


async def _belongings(
    settings: Settings, people: dict[str, Actor], proposals: dict[str, int]
) -> dict[str, str]:
    """What belongs to one person: ids by name, a secret, and the version of the topic."""
    author, planner = people["author"], people["planner"]
    other_browser = await log_in(settings, author, "Safari, iPhone")
    assert other_browser.session_id is not None
    invitation = await invite(author, proposals["published"])
    token = await create_token(planner, "Weekly report", ["read"], 30)
    await request_export(author)
    notification = await fetch_value(
        "SELECT max(id) FROM delivery WHERE account_id = $1 AND channel = 'in_app'", number(author)
    )
    note = await add_note(planner, proposals["published"], "Dette hører sammen med planen for elva.")
    way_out = WayOut(
        author.municipality_id,
        number(author),
        EventKind.ANSWERED,
        Cause.AUTHOR,
        proposal_ref(proposals["published"]),
    )
    grant = await fetch_value("SELECT id FROM role_grant WHERE account_id = $1", number(planner))
    return {
        "author": await author_id(number(author)),
        "resident": await author_id(number(people["resident"])),
        "session": to_global_id("Session", other_browser.session_id),
        "token": to_global_id("AccessToken", token.id),
        "invitation": to_global_id("CoAuthorInvitation", invitation.id),
        "secret": invitation.secret,
        "notification": to_global_id("Notification", notification),
        "note": to_global_id("InternalNote", note),
        "grant": to_global_id("RoleGrant", grant),
        "way_out": way_out_token(settings, way_out),
        "version": str(
            await fetch_value("SELECT version FROM topic WHERE responsible_id = $1", number(planner))
        ),
    }
