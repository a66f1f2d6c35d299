"""What a person may do in a topic, and why not."""

from dataclasses import replace
from datetime import UTC, datetime

from backend.platform.authz import (
    ALLOWED,
    LOGIN_NEEDED,
    Actor,
    Decision,
    Refusal,
    Role,
    Rule,
    administer,
    has_role_somewhere,
    logged_in,
    with_scope,
)
from backend.platform.i18n import N_
from backend.topics.queries import Requirement, TopicRow

_CLOSED = {
    "propose": Refusal("proposals_closed", "Temaet tar ikke imot nye forslag nå."),
    "support": Refusal("supports_closed", "Det er ikke åpent for støtte i dette temaet nå."),
    "comment": Refusal("comments_closed", "Det er ikke åpent for kommentarer i dette temaet nå."),
}

_NOT_YET = N_("Temaet har ikke åpnet ennå.")
_OVER = N_("Temaet er avsluttet.")

# One person, one support: an organisation's machine is none, and would come on top of its people.
_NO_PERSON = Refusal("people_only", "Støtte gis av mennesker, ikke av maskiner.")


# Only a national number makes one account one person: an employee would otherwise count twice.
NATIONAL_NUMBER_NEEDED = Refusal(
    "national_number_needed",
    "Støtte telles én gang for hver person, og da må vi vite hvem du er. Logg inn med ID-porten for å støtte.",
)


def open_for(actor: Actor, action: str, topic: TopicRow) -> Decision:
    """Whether anybody may `propose`, `support` or `comment` in the topic now; planners may always comment.

    It is asked before anything about the actor: nobody is to log in for what is closed to all.
    """
    if action == "comment" and actor.has_role(Role.PLANNER, topic.id):
        return ALLOWED
    switches = {
        "propose": topic.proposals_open,
        "support": topic.supports_open,
        "comment": topic.comments_open,
    }
    now = datetime.now(UTC)
    if now < topic.opens_at:
        return replace(_CLOSED[action], message=_NOT_YET)
    if topic.closes_at is not None and topic.closes_at <= now:
        return replace(_CLOSED[action], message=_OVER)
    return ALLOWED if switches[action] else _CLOSED[action]


def _meets_residence(actor: Actor, requirement: Requirement, topic: TopicRow) -> Decision:
    """Whether the actor lives here, by somebody's word that the topic takes."""
    place = (("municipality", topic.municipality_name),)
    is_here = actor.home_municipality == f"{actor.municipality_id:04d}"
    if is_here and (requirement.accepts_declared or not actor.is_residence_declared):
        return ALLOWED
    if requirement.accepts_declared and actor.home_municipality is None and not actor.is_residence_declared:
        return Refusal(
            "residence_unknown",
            "Dette er for dem som bor i {municipality}, og vi vet ikke hvor du bor. Oppgi det på profilen din.",
            place,
        )
    if is_here:
        return Refusal(
            "residence_declared",
            "Dette er for dem som bor i {municipality} etter Folkeregisteret. Det du har oppgitt selv, holder ikke.",
            place,
        )
    return Refusal("residents_only", "Dette er for dem som bor i {municipality}.", place)


def _meets_requirement(actor: Actor, action: str, topic: TopicRow) -> Decision:
    for requirement in topic.requirements:
        if requirement.action != action:
            continue
        if requirement.residents_only and not (residence := _meets_residence(actor, requirement, topic)):
            return residence
        if requirement.min_age is not None:
            # Only the birth year is kept, so a person counts as the age they reach this year.
            age = datetime.now(UTC).year - actor.birth_year if actor.birth_year else None
            if age is None or age < requirement.min_age:
                return Refusal(
                    "too_young",
                    "Dette er for dem som fyller minst {min_age} år i år.",
                    (("min_age", requirement.min_age),),
                )
    return ALLOWED


_LOGIN_TEXTS = {
    (True, True): N_(
        "Du må logge inn først. Dette er for dem som bor i {municipality} og fyller minst {min_age} år i år."
    ),
    (True, False): N_("Du må logge inn først. Dette er for dem som bor i {municipality}."),
    (False, True): N_("Du må logge inn først. Dette er for dem som fyller minst {min_age} år i år."),
}


def login_for(actor: Actor, action: str, topic: TopicRow) -> Decision:
    """Whether somebody is logged in; if not, whom the topic is for, so that nobody logs in for nothing."""
    if not actor.is_anonymous:
        return ALLOWED
    requirement = next((r for r in topic.requirements if r.action == action), None)
    text = (
        _LOGIN_TEXTS.get((requirement.residents_only, requirement.min_age is not None))
        if requirement
        else None
    )
    if requirement is None or text is None:
        return LOGIN_NEEDED
    params = (("municipality", topic.municipality_name), ("min_age", requirement.min_age))
    return Refusal(LOGIN_NEEDED.code, text, params, LOGIN_NEEDED.error)


def may(actor: Actor, action: str, topic: TopicRow) -> Decision:
    """Whether the actor may `propose`, `support` or `comment` in the topic now; planners may always comment."""
    decision = open_for(actor, action, topic) and login_for(actor, action, topic)
    if not decision:
        return decision
    if action == "support" and actor.has_role_somewhere(Role.SERVICE):
        return _NO_PERSON
    if action == "comment" and actor.has_role(Role.PLANNER, topic.id):
        return ALLOWED
    if action == "support" and not actor.has_national_number:
        return NATIONAL_NUMBER_NEEDED
    return _meets_requirement(actor, action, topic)


def may_write(actor: Actor, topic: TopicRow) -> Decision:
    """Whether the actor is somebody whom the topic lets write proposals, open or not: of age, and living here."""
    return logged_in(actor, topic) and _meets_requirement(actor, "propose", topic)


def _may_manage(actor: Actor, topic: TopicRow) -> Decision:
    if actor.is_anonymous or administer(actor, topic):
        return logged_in(actor, topic)
    if actor.account_id == topic.responsible_id and actor.has_role(Role.PLANNER, topic.id):
        return ALLOWED
    return Refusal("topic_not_yours", "Dette er for administratorer og for den som er ansvarlig for temaet.")


manage: Rule[TopicRow] = Rule(_may_manage)
"""Change a topic's words and what is open in it: administrators, and the planner responsible."""


write_words: Rule[object] = logged_in & with_scope("write") & has_role_somewhere(Role.ADMIN, Role.PLANNER)
"""Try out the words of some topic: whoever might look after one."""
