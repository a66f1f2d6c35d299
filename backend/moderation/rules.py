"""Who may look into a moderation case and decide it, and why not."""

from dataclasses import dataclass

from backend.platform.authz import ALLOWED, Actor, Decision, Refusal, Role, Rule, moderate_somewhere
from backend.platform.errors import Conflict, NotFound

CASE_NOT_FOUND = Refusal("case_not_found", "Saken finnes ikke.", error=NotFound)
OWN_CONTENT = Refusal(
    "own_content",
    "Du har selv en del i saken: Du har skrevet, vært med på eller sagt fra om det den gjelder. "
    "En annen moderator må avgjøre den.",
)
OWN_REPORT = Refusal("own_content", "Du kan ikke melde noe du selv har skrevet.")
ALREADY_DECIDED = Refusal("already_decided", "Saken er allerede avgjort.", error=Conflict)
CLAIMED_BY_OTHER = Refusal("claimed_by_other", "En annen moderator har tatt saken.", error=Conflict)
NOT_CLAIMED = Refusal("not_claimed", "Du har ikke tatt saken.", error=Conflict)


@dataclass(frozen=True, slots=True)
class Moderated:
    """What the rules look at: whose moderators are in charge, and whether the actor has a part in the content."""

    topic_id: int
    has_part: bool


def _in_charge(actor: Actor, thing: Moderated) -> Decision:
    # A case in a topic of other moderators looks like no case.
    return ALLOWED if actor.has_role(Role.MODERATOR, thing.topic_id) else CASE_NOT_FOUND


def _without_part(_actor: Actor, thing: Moderated) -> Decision:
    return OWN_CONTENT if thing.has_part else ALLOWED


_somewhere: Rule[Moderated] = moderate_somewhere
moderate: Rule[Moderated] = _somewhere & Rule(_in_charge) & Rule(_without_part)
