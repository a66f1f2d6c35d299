"""What an actor may do with a proposal, and why not."""

from dataclasses import dataclass

from backend.moderation.rules import OWN_CONTENT, OWN_REPORT
from backend.platform.authz import ALLOWED, Actor, Decision, Refusal, Role, Rule, has_role, logged_in
from backend.platform.errors import Invalid, NotFound
from backend.proposals.involvement import Involvement
from backend.proposals.queries import ProposalRow
from backend.proposals.states import COMMENTABLE, EDITABLE, PUBLIC, SUPPORTABLE, ProposalState
from backend.topics import rules as topic_rules
from backend.topics.queries import TopicRow

NOT_FOUND = Refusal("proposal_not_found", "Forslaget finnes ikke.", error=NotFound)

TOPIC_MISSING = Refusal(
    "topic_missing", "Velg et tema før du sender inn forslaget.", error=Invalid, field="topic"
)
PLANNERS_ONLY = Refusal(
    "planners_only", "Dette er for saksbehandlere. Spør en administrator hvis du skal ha tilgang."
)
OWN_ASSESSMENT = Refusal(
    "own_assessment",
    "Du står eller har stått bak forslaget, eller har sagt fra om det. En annen saksbehandler må behandle det.",
)
FIRST_AUTHOR_ONLY = Refusal(
    "first_author_only", "Bare den som skrev forslaget først, kan invitere medforfattere."
)


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """What the rules look at: the proposal, its topic (None while a draft has none), and how the actor stands to it."""

    proposal: ProposalRow
    topic: TopicRow | None
    involvement: Involvement

    @property
    def is_author(self) -> bool:
        """Whether the account that acts is among its authors now."""
        return self.involvement.is_author

    @property
    def topic_id(self) -> int | None:
        """The topic whose planners and moderators are in charge."""
        return self.proposal.topic_id


_authors: Rule[ProposalFacts] = Rule(
    lambda _actor, facts: (
        ALLOWED
        if facts.is_author
        else Refusal("authors_only", "Bare de som har skrevet forslaget, kan gjøre dette.")
    )
)
_planner: Rule[ProposalFacts] = has_role(Role.PLANNER)
_moderator: Rule[ProposalFacts] = has_role(Role.MODERATOR)


def _in_states(states: frozenset[ProposalState], code: str, message: str) -> Rule[ProposalFacts]:
    refusal = Refusal(code, message)
    return Rule(lambda _actor, facts: ALLOWED if facts.proposal.state in states else refusal)


def _is_known(actor: Actor, facts: ProposalFacts) -> Decision:
    """Public ones to all; others to their authors and to staff in charge; withdrawn ones keep their page.

    What was never handed in is its authors' in every state.
    """
    proposal = facts.proposal
    was_public = proposal.state is ProposalState.WITHDRAWN and proposal.published_at is not None
    if proposal.state in PUBLIC or was_public or facts.is_author:
        return ALLOWED
    was_submitted = proposal.submitted_at is not None or proposal.published_at is not None
    if proposal.state is ProposalState.DRAFT or not was_submitted:
        return NOT_FOUND
    return ((_planner | _moderator)(actor, facts) and ALLOWED) or NOT_FOUND


view: Rule[ProposalFacts] = Rule(_is_known)


def _not_own(_actor: Actor, facts: ProposalFacts) -> Decision:
    if facts.involvement.is_own:
        return Refusal("own_proposal", "Du står allerede bak forslaget som forslagsstiller.")
    return ALLOWED


def _unless_own(refusal: Refusal) -> Rule[ProposalFacts]:
    return Rule(lambda _actor, facts: refusal if facts.involvement.is_own else ALLOWED)


def _without_part(refusal: Refusal) -> Rule[ProposalFacts]:
    return Rule(lambda _actor, facts: refusal if facts.involvement.has_part else ALLOWED)


def _is_first_author(actor: Actor, facts: ProposalFacts) -> Decision:
    return ALLOWED if facts.proposal.author_id == actor.account_id else FIRST_AUTHOR_ONLY


def _topic_open_for(action: str) -> Rule[ProposalFacts]:
    return Rule(
        lambda actor, facts: (
            topic_rules.open_for(actor, action, facts.topic) if facts.topic else TOPIC_MISSING
        )
    )


def _topic_allows(action: str) -> Rule[ProposalFacts]:
    return Rule(
        lambda actor, facts: topic_rules.may(actor, action, facts.topic) if facts.topic else TOPIC_MISSING
    )


def _login_for(action: str) -> Rule[ProposalFacts]:
    return Rule(
        lambda actor, facts: (
            topic_rules.login_for(actor, action, facts.topic) if facts.topic else logged_in(actor, None)
        )
    )


# What would refuse anybody comes before "log in".
support: Rule[ProposalFacts] = (
    view
    & _in_states(SUPPORTABLE, "not_supportable", "Forslaget kan ikke støttes nå.")
    & _topic_open_for("support")
    & _login_for("support")
    & Rule(_not_own)
    & _topic_allows("support")
)
withdraw_support: Rule[ProposalFacts] = (
    view & _in_states(SUPPORTABLE, "not_supportable", "Støtten kan ikke endres nå.") & logged_in
)
comment: Rule[ProposalFacts] = (
    view
    & _in_states(COMMENTABLE, "not_commentable", "Forslaget kan ikke kommenteres nå.")
    & _topic_allows("comment")
)


def _topic_lets_write(actor: Actor, facts: ProposalFacts) -> Decision:
    """A co-author writes as much as an author does, so the topic's age and residence hold for every edit."""
    return topic_rules.may_write(actor, facts.topic) if facts.topic else ALLOWED


edit: Rule[ProposalFacts] = (
    view
    & logged_in
    & _authors
    & _in_states(EDITABLE, "not_editable", "Forslaget kan ikke endres nå.")
    & Rule(_topic_lets_write)
)
submit: Rule[ProposalFacts] = (
    view
    & logged_in
    & _authors
    & _in_states(
        frozenset({ProposalState.DRAFT, ProposalState.REJECTED}),
        "already_submitted",
        "Forslaget er allerede sendt inn.",
    )
    & _topic_allows("propose")
)
withdraw: Rule[ProposalFacts] = (
    view
    & logged_in
    & _authors
    & _in_states(
        frozenset(
            {ProposalState.DRAFT, ProposalState.SUBMITTED, ProposalState.REJECTED, ProposalState.PUBLISHED}
        ),
        "not_withdrawable",
        "Forslaget er under behandling og kan ikke trekkes.",
    )
)
withdraw_edit: Rule[ProposalFacts] = view & logged_in & _authors
invite: Rule[ProposalFacts] = edit & Rule(_is_first_author)
assess: Rule[ProposalFacts] = view & logged_in & _planner & _without_part(OWN_ASSESSMENT)


def _plans_somewhere(actor: Actor, _thing: object) -> Decision:
    return ALLOWED if actor.has_role_somewhere(Role.PLANNER) else PLANNERS_ONLY


plan_somewhere: Rule[object] = logged_in & Rule(_plans_somewhere)
"""Looks at how an answer will look: planners of any topic."""
# Staff with a part in it are not in charge of it here: notes are for those who treat it.
note: Rule[ProposalFacts] = (
    view
    & logged_in
    & (_planner | _moderator)
    & _without_part(
        Refusal(
            "own_proposal_notes",
            "Interne notater er ikke for dem som står eller har stått bak forslaget, eller har sagt fra om det.",
        )
    )
)
moderate: Rule[ProposalFacts] = view & logged_in & _moderator
report: Rule[ProposalFacts] = (
    view
    & logged_in
    & _unless_own(OWN_REPORT)
    & _in_states(PUBLIC | {ProposalState.WITHDRAWN}, "not_public", "Forslaget er ikke offentlig nå.")
)
restore: Rule[ProposalFacts] = (
    moderate
    & _without_part(OWN_CONTENT)
    & _in_states(frozenset({ProposalState.HIDDEN}), "not_hidden", "Forslaget er ikke skjult.")
)

# What was written before publication is known to those who may know of what is not public.
read_unpublished: Rule[ProposalFacts] = view & (_planner | _moderator | _authors)

ACTIONS: dict[str, Rule[ProposalFacts]] = {
    "view": view,
    "read_unpublished": read_unpublished,
    "support": support,
    "withdraw_support": withdraw_support,
    "comment": comment,
    "edit": edit,
    "submit": submit,
    "withdraw": withdraw,
    "withdraw_edit": withdraw_edit,
    "invite": invite,
    "assess": assess,
    "note": note,
    "moderate": moderate,
    "report": report,
    "restore": restore,
}


def may(actor: Actor, action: str, facts: ProposalFacts) -> Decision:
    """ALLOWED, or the reason why not. What the actor may not know of is "not found"."""
    return ACTIONS[action](actor, facts)
