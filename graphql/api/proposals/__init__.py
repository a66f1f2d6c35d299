"""Proposals over GraphQL."""

from typing import Final

QUERIES: Final = (
    "queries:ProposalQueries",
    "on_map:ProposalMapQueries",
    "invitations:InvitationQueries",
    "audience:AudienceQueries",
    "planning:PlanningQueries",
    "personal_data_check:CheckingQueries",
)
MUTATIONS: Final = (
    "mutations:ProposalMutations",
    "assessment:AssessmentMutations",
    "planning:PlanningMutations",
    "notes:NoteMutations",
    "invitations:InvitationMutations",
)
CONTENT: Final = {"proposal": "types:Proposal"}
