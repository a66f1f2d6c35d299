"""The domain's enums as GraphQL's; imported before any type that uses them."""

import strawberry

from backend.proposals.listing import ProposalSort
from backend.proposals.pending import PendingState
from backend.proposals.states import Capacity, Outcome, ProposalState

__all__ = ["Capacity", "Outcome", "PendingState", "ProposalSort", "ProposalState"]

strawberry.enum(ProposalState, description="Where a proposal stands.")
strawberry.enum(Outcome, description="What the municipality answered.")
strawberry.enum(PendingState, description="What has become of an edit that is not in force.")
strawberry.enum(Capacity, name="Part", description="In which capacity somebody took a step.")
strawberry.enum(ProposalSort, description="In which order proposals come.")
