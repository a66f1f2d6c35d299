"""What a person may do in a topic, and why not."""

from datetime import UTC, datetime

from backend.authz import ALLOWED, Actor, Decision, Refusal, Role, Rule, administer, logged_in, with_scope
from backend.topics.queries import TopicRow

_CLOSED = {
    "propose": Refusal("proposals_closed", "Temaet tar ikke imot nye forslag nå."),
    "support": Refusal("supports_closed", "Det er ikke åpent for støtte i dette temaet nå."),
    "comment": Refusal("comments_closed", "Det er ikke åpent for kommentarer i dette temaet nå."),
}


# One person, one support: an organisation's machine is none, and would come on top of its people.
_NO_PERSON = Refusal("people_only", "Støtte gis av mennesker, ikke av maskiner.")


def _is_open(action: str, topic: TopicRow) -> bool:
    switches = {
        "propose": topic.proposals_open,
        "support": topic.supports_open,
        "comment": topic.comments_open,
    }
    now = datetime.now(UTC)
    in_time = topic.opens_at <= now and (topic.closes_at is None or now < topic.closes_at)
    return in_time and switches[action]


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
    """Whether the actor may `propose`, `support` or `comment` in the topic now; staff may always comment."""
    decision = logged_in(actor, topic)
    if not decision:
        return decision
    if action == "support" and actor.has_role_somewhere(Role.SERVICE):
        return _NO_PERSON
    if action == "comment" and actor.has_role(Role.PLANNER, topic.id):
        return ALLOWED
    if not _is_open(action, topic):
        return _CLOSED[action]
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
