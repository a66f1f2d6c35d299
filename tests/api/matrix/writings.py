"""Proposals and comments in every state that they can be in, each brought there by the services."""

from dataclasses import dataclass

from backend.comments.queries import Stance
from backend.comments.service import add_comment, withdraw_comment
from backend.moderation.decisions import Decision, Ruling, decide
from backend.moderation.reasons import ReasonCode
from backend.moderation.reports import report_content
from backend.moderation.service import screen_content
from backend.platform.authz import Actor
from backend.platform.database import execute, fetch_value
from backend.proposals.assessment import answer_proposal, change_status, start_assessment
from backend.proposals.invitations import invite, redeem
from backend.proposals.service import (
    ProposalInput,
    create_proposal,
    edit_proposal,
    submit_proposal,
    withdraw_proposal,
)
from backend.proposals.states import Outcome, ProposalState
from tests.proposals.support import proposal_ref

REASON = "Vi bygger sykkelveien neste år, fordi mange barn går på skole langs elva."
GROUND = "Innlegget angriper en navngitt nabo. Skriv om saken i stedet."
# No two are alike, so that screening finds no repetition.
_WORDS = {
    "draft": ("Gatelys ved holdeplassen", "Det er bekmørkt der bussen stopper, og ungdom venter der sent."),
    "submitted": ("Sykkelvei langs elva", "En trygg trasé for syklende mangler mellom broen og skolen."),
    "rejected": ("Fartsdumper i boliggata", "Biler kjører altfor raskt forbi lekeplassen om ettermiddagen."),
    "published": ("Flere benker i parken", "Eldre som går tur trenger steder der de kan hvile beina."),
    "supportable": ("Ny gangbro over jernbanen", "Folk tar snarveien over sporene, og det er livsfarlig."),
    "assessment": ("Delebiler ved stasjonen", "Mange klarer seg uten egen bil hvis de kan leie en om helga."),
    "answered": (
        "Snarvei gjennom skogholtet",
        "Stien er gjengrodd; rydd den og legg grus på de våte stykkene.",
    ),
    "under_way": ("Sykkelparkering under tak", "Pendlere lar sykkelen stå hjemme fordi den ruster i regnet."),
    "done": ("Bysykler på Fornebu", "Sett opp stativer nær brygga slik at besøkende kan låne tohjulinger."),
    "withdrawn": ("Varmekabler i bakken", "Hver vinter glir gamle og unge på isen ned mot butikken."),
    "withdrawn_unseen": ("Båt til Oslo", "Fergen kunne gått fra Lysaker året rundt, også i februar."),
    "hidden": ("Skilt mot rotter", "Matrester ved kiosken lokker skadedyr; heng opp plakater om det."),
    "edited": ("Lekeplass i sentrum", "Barna har ingen steder å klatre mens foreldrene handler mat."),
    "edited_later": (
        "Klatrevegg ved torget",
        "Unge over ti år kjeder seg; et buldreområde ville samlet dem.",
    ),
    "amended": (
        "Trampoliner ved torget",
        "Hopp og sprett midt i byen ville gitt ungene noe å gjøre mens de venter på bussen.",
    ),
    "reported": (
        "Stenge veien for lastebiler",
        "Tungtransporten rister i husveggene fra klokka fem om morgenen.",
    ),
    "own_of_moderator": (
        "Hundepark ved fjorden",
        "Lukkede områder der hunder løper fritt, finnes nesten ikke.",
    ),
}


@dataclass(frozen=True, slots=True)
class Cast:
    """Who writes and who decides, and the topic it happens in."""

    people: dict[str, Actor]
    topic: int

    @property
    def author(self) -> Actor:
        return self.people["author"]

    @property
    def moderator(self) -> Actor:
        return self.people["moderator"]


def words(name: str) -> ProposalInput:
    title, body = _WORDS[name]
    return ProposalInput(title=title, body=body, language="nb")


async def set_mode(topic: int, mode: str) -> None:
    await execute("UPDATE topic SET moderation_mode = $2 WHERE id = $1", topic, mode)


async def _drafted(cast: Cast, name: str) -> int:
    """A draft of two authors."""
    found = await create_proposal(cast.author, cast.topic, words(name), submit=False)
    invitation = await invite(cast.author, found)
    await redeem(cast.people["co_author"], invitation.secret)
    return found


async def _handed_in(cast: Cast, name: str, author: Actor | None = None) -> int:
    found = await create_proposal(author or cast.author, cast.topic, words(name), submit=True)
    if author is None:
        invitation = await invite(cast.author, found)
        await redeem(cast.people["co_author"], invitation.secret)
    return found


async def published(cast: Cast, name: str) -> int:
    found = await _handed_in(cast, name)
    screened = await screen_content(cast.author.municipality_id, "proposal", found, 1)
    assert screened is not None
    assert not screened.reasons, (name, screened.reasons)
    return found


async def _edited(cast: Cast) -> int:
    """Public in its second text; the first was a draft."""
    found = await _drafted(cast, "edited")
    await edit_proposal(cast.author, found, words("edited_later"), expected_version=1)
    await submit_proposal(cast.author, found)
    screened = await screen_content(cast.author.municipality_id, "proposal", found, 2)
    assert screened is not None
    assert not screened.reasons, screened.reasons
    return found


async def _held(cast: Cast, subject_type: str, found: int, version: int = 1) -> int:
    """The case of content that a moderator must read first."""
    await set_mode(cast.topic, "approve_first")
    screened = await screen_content(cast.author.municipality_id, subject_type, found, version)
    await set_mode(cast.topic, "hold_risky")
    assert screened is not None
    return screened.case_id


async def _reported_case(cast: Cast, subject_type: str, found: int) -> int:
    reporter = cast.people["resident"]
    await report_content(reporter, subject_type, found, ReasonCode.OTHER, "Se på dette.")
    case_id: int = await fetch_value("SELECT max(id) FROM moderation_case")
    return case_id


async def _against(cast: Cast, case_id: int, decision: Decision) -> None:
    await decide(cast.moderator, case_id, Ruling(decision, 1, ReasonCode.OTHER, GROUND))


async def make_proposals(cast: Cast) -> tuple[dict[str, int], dict[str, int]]:
    """Proposals by state, and the cases about some of them."""
    planner = cast.people["planner"]
    made = {
        "edited": await _edited(cast),
        "draft": await _drafted(cast, "draft"),
        "withdrawn_unseen": await _drafted(cast, "withdrawn_unseen"),
    }
    await withdraw_proposal(cast.author, made["withdrawn_unseen"], None)
    public = (
        "published",
        "supportable",
        "assessment",
        "answered",
        "under_way",
        "done",
        "withdrawn",
        "hidden",
    )
    for name in (*public, "reported"):
        made[name] = await published(cast, name)
    await withdraw_proposal(cast.author, made["withdrawn"], "Det er ordnet.")
    await start_assessment(planner, made["assessment"])
    for name in ("answered", "under_way", "done"):
        await answer_proposal(planner, made[name], Outcome.ACCEPTED, REASON, "nb")
    for name in ("under_way", "done"):
        await change_status(planner, made[name], ProposalState.UNDER_WAY)
    await change_status(planner, made["done"], ProposalState.DONE)
    return made, await _moderated(cast, made)


async def _moderated(cast: Cast, made: dict[str, int]) -> dict[str, int]:
    for name in ("submitted", "rejected"):
        made[name] = await _handed_in(cast, name)
    made["own_of_moderator"] = await _handed_in(cast, "own_of_moderator", cast.moderator)
    cases = {
        "case": await _held(cast, "proposal", made["submitted"]),
        "case_decided": await _held(cast, "proposal", made["rejected"]),
        "case_own": await _held(cast, "proposal", made["own_of_moderator"]),
        "case_reported": await _reported_case(cast, "proposal", made["reported"]),
    }
    await _against(cast, cases["case_decided"], Decision.REJECT)
    # What is public in its second text waits for a moderator with its third.
    await edit_proposal(cast.author, made["edited"], words("amended"), expected_version=2)
    cases["case_edit"] = await _held(cast, "edit", made["edited"], 3)
    return cases


async def hide(cast: Cast, subject_type: str, found: int) -> None:
    """As a moderator hides what a reader reported."""
    await _against(cast, await _reported_case(cast, subject_type, found), Decision.HIDE)


async def _wrote(cast: Cast, proposal: int, body: str, parent: int | None = None, by: str = "author") -> int:
    return await add_comment(cast.people[by], proposal_ref(proposal), body, Stance.FOR, "nb", parent)


async def _said(cast: Cast, proposal: int, body: str, parent: int | None = None, by: str = "author") -> int:
    found = await _wrote(cast, proposal, body, parent, by)
    screened = await screen_content(cast.author.municipality_id, "comment", found, 1)
    assert screened is not None
    assert not screened.reasons, (body, screened.reasons)
    return found


async def make_comments(cast: Cast, proposals: dict[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """Comments of the author's by state, and the cases about some of them."""
    here = proposals["published"]
    made = {"comment": await _said(cast, here, "Kanskje noen kan snekre dem på dugnad?")}
    made["reply"] = await _said(cast, here, "Snekkerlaget stiller gjerne opp.", made["comment"], "resident")
    made["comment_hidden"] = await _said(cast, here, "Parkvesenet sover i timen.")
    await _said(cast, here, "Nå ble du litt streng.", made["comment_hidden"], "resident")
    made["comment_withdrawn"] = await _said(cast, here, "Jeg tok feil om prisen på furu.")
    await _said(cast, here, "Hva koster eik, da?", made["comment_withdrawn"], "resident")
    made["comment_gone"] = await _said(cast, here, "Glem dette, jeg fant svaret selv.")
    made["comment_reported"] = await _said(cast, here, "Den gamle benken luktet vondt.")
    made["comment_on_hidden"] = await _said(cast, proposals["hidden"], "Rotter er kloke dyr.")
    await hide(cast, "comment", made["comment_hidden"])
    for name in ("comment_withdrawn", "comment_gone"):
        await withdraw_comment(cast.author, made[name])
    made["comment_submitted"] = await _wrote(cast, here, "Hvor mange benker snakker vi om?")
    made["comment_rejected"] = await _wrote(cast, here, "Naboen min er en tufs.")
    cases = {
        "case_comment": await _held(cast, "comment", made["comment_submitted"]),
        "case_claimed": await _held(cast, "comment", made["comment_rejected"]),
    }
    await _against(cast, cases.pop("case_claimed"), Decision.REJECT)
    await _reported_case(cast, "comment", made["comment_reported"])
    return made, cases
