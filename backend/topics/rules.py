"""What a person may do in a topic, and why not."""

from dataclasses import replace
from datetime import UTC, datetime

from backend.authz import ALLOWED, Actor, Decision, Refusal, Role, Rule, administer, logged_in, with_scope
from backend.topics.queries import TopicRow
from backend.words import N_

_CLOSED = {
    "propose": Refusal("proposals_closed", "Temaet tar ikke imot nye forslag nå."),
    "support": Refusal("supports_closed", "Det er ikke åpent for støtte i dette temaet nå."),
    "comment": Refusal("comments_closed", "Det er ikke åpent for kommentarer i dette temaet nå."),
}

_NOT_YET = N_("Temaet har ikke åpnet ennå.")
_OVER = N_("Temaet er avsluttet.")

# One person, one support: an organisation's machine is none, and would come on top of its people.
_NO_PERSON = Refusal("people_only", "Støtte gis av mennesker, ikke av maskiner.")


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


def _meets_requirement(actor: Actor, action: str, topic: TopicRow) -> Decision:
    for requirement in topic.requirements:
        if requirement.action != action:
            continue
        if requirement.residents_only and actor.home_municipality != f"{actor.municipality_id:04d}":
            return Refusal("residents_only", "Dette er for dem som er bosatt i kommunen.")
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


def may(actor: Actor, action: str, topic: TopicRow) -> Decision:
    """Whether the actor may `propose`, `support` or `comment` in the topic now; planners may always comment."""
    decision = open_for(actor, action, topic) and logged_in(actor, topic)
    if not decision:
        return decision
    if action == "support" and actor.has_role_somewhere(Role.SERVICE):
        return _NO_PERSON
    if action == "comment" and actor.has_role(Role.PLANNER, topic.id):
        return ALLOWED
    return _meets_requirement(actor, action, topic)


def _may_manage(actor: Actor, topic: TopicRow) -> Decision:
    if actor.is_anonymous or administer(actor, topic):
        return logged_in(actor, topic)
    if actor.account_id == topic.responsible_id and actor.has_role(Role.PLANNER, topic.id):
        return ALLOWED
    return Refusal("topic_not_yours", "Dette er for administratorer og for den som er ansvarlig for temaet.")


manage: Rule[TopicRow] = Rule(_may_manage)
"""Change a topic's words and what is open in it: administrators, and the planner responsible."""


def _may_write_words(actor: Actor, _thing: object) -> Decision:
    if actor.has_role_somewhere(Role.ADMIN) or actor.has_role_somewhere(Role.PLANNER):
        return ALLOWED
    return Refusal("role_missing", "Dette krever en rolle du ikke har.")


write_words: Rule[object] = logged_in & with_scope("write") & Rule(_may_write_words)
"""Try out the words of some topic: whoever might look after one."""
