"""A published proposal and everybody who may be concerned by what happens to it."""

from dataclasses import dataclass

from backend.content.kinds import ContentRef
from backend.notifications.events import EventKind, record
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch, fetch_value, unit_of_work
from backend.platform.settings import Settings
from backend.proposals.queries import proposal_for_update
from backend.proposals.service import ProposalInput, create_proposal
from backend.proposals.states import Capacity, ProposalState
from backend.proposals.transitions import apply_transition
from tests.fixtures.people import make_person
from tests.proposals.support import proposal_ref

TITLE = "Sykkelvei langs Sandvikselva"
BODY = "Det trengs en trygg sykkelvei langs elva, slik at barn kan sykle til skolen hver dag."

# Whom whatever happens to the proposal concerns, and why.
AUTHORS = {"author": "author", "co_author": "author"}
INVOLVED = {
    "supporter": "supporter",
    "commenter": "discussion",
    "replier": "discussion",
    "follower": "proposal",
}
EVERYBODY = AUTHORS | INVOLVED


@dataclass
class Village:
    """`people` by what they are to the proposal."""

    municipality: int
    people: dict[str, Actor]
    topic: int
    proposal: int
    reply: int

    def id_of(self, who: str) -> int:
        found = self.people[who].account_id
        assert found is not None
        return found

    async def happens(
        self, kind: EventKind, by: str | None = None, *, reply: bool = False, key: str = "1", **detail: object
    ) -> int:
        async with unit_of_work():
            await record(
                self.municipality,
                kind,
                key,
                ContentRef("comment", self.reply) if reply else proposal_ref(self.proposal),
                root=proposal_ref(self.proposal),
                topic_id=self.topic,
                actor_id=self.id_of(by) if by else None,
                detail=detail,
            )
        found: int = await fetch_value("SELECT max(id) FROM event")
        return found

    async def becomes(self, state: ProposalState, part: Capacity, outcome: str | None = None) -> None:
        async with unit_of_work():
            proposal = await proposal_for_update(self.municipality, self.proposal)
            assert proposal is not None
            await apply_transition(self.municipality, proposal, state, part, actor_id=None, outcome=outcome)

    async def comment_becomes(self, state: str) -> None:
        """What never was public is another reply like it, which is the reply from here on."""
        if state == "hidden":
            await execute("UPDATE comment SET state = $2 WHERE id = $1", self.reply, state)
            return
        self.reply = await fetch_value(
            """INSERT INTO comment (municipality_id, subject_type, subject_id, parent_id, author_id, stance, language,
                                    body, state)
               SELECT municipality_id, subject_type, subject_id, parent_id, author_id, stance, language, body, $2::text
               FROM comment WHERE id = $1 RETURNING id""",
            self.reply,
            state,
        )

    async def recipients(self, channel: str, state: str) -> dict[str, str]:
        """Who has a delivery in this channel and state, and for which cause."""
        rows = await fetch(
            "SELECT account_id, cause FROM delivery WHERE channel = $1 AND state = $2", channel, state
        )
        names = {actor.account_id: name for name, actor in self.people.items()}
        assert len({row["account_id"] for row in rows}) == len(rows)
        return {names[row["account_id"]]: row["cause"] for row in rows}

    async def wants(self, who: str, kind: EventKind, channel: str, enabled: bool) -> None:
        await execute(
            """INSERT INTO notification_preference (municipality_id, account_id, kind, channel, wanted)
               VALUES ($1, $2, $3, $4, $5)""",
            self.municipality,
            self.id_of(who),
            kind.value,
            channel,
            enabled,
        )


_PEOPLE = {
    "author": "nn",
    "co_author": "en",
    "follower": "nb",
    "topic_follower": "en",
    "commenter": "nb",
    "replier": "nn",
    "supporter": "nn",
    "former_supporter": "nb",
    "stranger": "nb",
    "planner": "nb",
    "machine": "nb",
    "left": "nb",
}


async def make_village(settings: Settings) -> Village:
    topic: int = await fetch_value(
        "SELECT id FROM topic WHERE municipality_id = $1 AND slug = 'mobilitetsstrategi'",
        settings.municipality,
    )
    people = {
        name: await make_person(
            settings,
            name=f"Den {name.title()}",
            language=language,
            email=f"{name}@example.org",
            role=Role.PLANNER if name == "planner" else None,
        )
        for name, language in _PEOPLE.items()
    }
    written = ProposalInput(title=TITLE, body=BODY, language="nb")
    proposal = await create_proposal(people["author"], topic, written, submit=True)
    village = Village(settings.municipality, people, topic, proposal, 0)
    await village.becomes(ProposalState.PUBLISHED, Capacity.SCREENING)
    await _surround(village)
    return village


async def _surround(village: Village) -> None:
    first = await _comment(village, "commenter", None)
    village.reply = await _comment(village, "replier", first)
    await execute(
        """INSERT INTO proposal_invitation (municipality_id, proposal_id, secret_hash, invited_by_id,
                                            expires_at, accepted_by_id, accepted_at)
           VALUES ($1, $2, '\\x01', $3, now(), $4, now())""",
        village.municipality,
        village.proposal,
        village.id_of("author"),
        village.id_of("co_author"),
    )
    for ordinal, who in ((1, "supporter"), (1, "author"), (1, "former_supporter"), (2, "former_supporter")):
        await support_event(village, who, ordinal)
    everywhere = ("author", "co_author", "planner", "machine", "left")
    for who in (*everywhere, "follower"):
        await _follow(village, who, None, village.proposal)
    for who in (*everywhere, "follower", "topic_follower"):
        await _follow(village, who, village.topic, None)
    await execute("UPDATE account SET kind = 'service' WHERE id = $1", village.id_of("machine"))
    await execute("UPDATE account SET deleted_at = now() WHERE id = $1", village.id_of("left"))


async def support_event(village: Village, who: str, ordinal: int) -> None:
    """A support (1, 3, …) or its withdrawal (2, 4, …)."""
    await execute(
        "INSERT INTO support_event (municipality_id, proposal_id, account_id, ordinal) VALUES ($1, $2, $3, $4)",
        village.municipality,
        village.proposal,
        village.id_of(who),
        ordinal,
    )


async def _comment(village: Village, who: str, parent: int | None) -> int:
    found: int = await fetch_value(
        """INSERT INTO comment (municipality_id, proposal_id, parent_id, author_id, stance, language, body,
                                state, published_at)
           VALUES ($1, $2, $3, $4, 'for', 'nb', 'Det er en god tanke.', 'published', now()) RETURNING id""",
        village.municipality,
        village.proposal,
        parent,
        village.id_of(who),
    )
    return found


async def _follow(village: Village, who: str, topic: int | None, proposal: int | None) -> None:
    await execute(
        "INSERT INTO follow (municipality_id, account_id, topic_id, proposal_id) VALUES ($1, $2, $3, $4)",
        village.municipality,
        village.id_of(who),
        topic,
        proposal,
    )
