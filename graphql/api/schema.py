"""Assembles the slices into one schema; no logic.

`python -m api.schema` prints the SDL; `--write` stores it and the manifest of trusted documents where their
snapshots are kept, `--check` compares.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from api.accounts.credentials import CredentialMutations
from api.accounts.mutations import AccountMutations
from api.accounts.queries import AccountQueries
from api.accounts.supervision import SupervisionMutations
from api.administration.log import AdminLogQueries
from api.administration.platform import PlatformQueries
from api.comments.mutations import CommentMutations
from api.errors import PROBLEMS
from api.fields import require_scopes
from api.follows.mutations import FollowMutations
from api.imports.mutations import ImportMutations
from api.imports.queries import ImportQueries
from api.manifest import MANIFEST, manifest_text
from api.moderation.mutations import ModerationMutations
from api.moderation.queries import ModerationQueries
from api.notifications.mutations import NotificationMutations
from api.notifications.mutes import MuteMutations
from api.notifications.ways_out import WayOutMutations, WayOutQueries
from api.proposals.assessment import AssessmentMutations
from api.proposals.audience import AudienceQueries
from api.proposals.invitations import InvitationMutations, InvitationQueries
from api.proposals.mutations import ProposalMutations
from api.proposals.notes import NoteMutations
from api.proposals.on_map import ProposalMapQueries
from api.proposals.personal_data_check import CheckingQueries
from api.proposals.planning import PlanningMutations, PlanningQueries
from api.proposals.queries import ProposalQueries
from api.root import NodeQueries
from api.scalars import SCALARS
from api.subscriptions import Subscriptions
from api.topics.mutations import TopicMutations
from api.topics.places import PlaceMutations
from api.topics.preview import TopicPreviewQueries
from api.topics.queries import TopicQueries
from api.topics.statistics import FigureQueries

SNAPSHOT = Path(__file__).parents[1] / "schema.graphql"

Query = merge_types(
    "Query",
    (
        NodeQueries,
        TopicQueries,
        TopicPreviewQueries,
        FigureQueries,
        ProposalQueries,
        ProposalMapQueries,
        InvitationQueries,
        AudienceQueries,
        PlanningQueries,
        CheckingQueries,
        ModerationQueries,
        ImportQueries,
        AccountQueries,
        WayOutQueries,
        AdminLogQueries,
        PlatformQueries,
    ),
)
MUTATIONS = (
    ProposalMutations,
    AssessmentMutations,
    PlanningMutations,
    NoteMutations,
    InvitationMutations,
    CommentMutations,
    FollowMutations,
    ModerationMutations,
    TopicMutations,
    PlaceMutations,
    AccountMutations,
    CredentialMutations,
    SupervisionMutations,
    NotificationMutations,
    MuteMutations,
    WayOutMutations,
    ImportMutations,
)
require_scopes(MUTATIONS)
Mutation = merge_types("Mutation", MUTATIONS)
Subscription = merge_types("Subscription", (Subscriptions,))

schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=PROBLEMS,
    config=StrawberryConfig(auto_camel_case=True, scalar_map=SCALARS),
)


def sdl() -> str:
    """The schema in GraphQL's own words."""
    return schema.as_str() + "\n"


def introspection() -> dict[str, Any]:
    """The schema as the introspection query answers."""
    return schema.introspect()


def stale_snapshots() -> list[str]:
    """The names of the files that no longer say what the schema and the trusted documents are."""
    return [path.name for path, text in _snapshots().items() if not path.exists() or path.read_text() != text]


def _snapshots() -> dict[Path, str]:
    return {SNAPSHOT: sdl(), MANIFEST: manifest_text(schema._schema)}


def main(arguments: list[str] | None = None) -> int:
    """Print, write or check the SDL and the manifest; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m api.schema", description="The API's schema as SDL.")
    parser.add_argument("--write", action="store_true", help="store the snapshots")
    parser.add_argument("--check", action="store_true", help="fail when a snapshot is stale")
    chosen = parser.parse_args(arguments)
    if chosen.write:
        for path, text in _snapshots().items():
            path.write_text(text)
    elif chosen.check:
        if stale := stale_snapshots():
            sys.stderr.write(f"{', '.join(stale)}: stale. Run `make schema` and look at the difference.\n")
            return 1
    else:
        sys.stdout.write(sdl())
    return 0


if __name__ == "__main__":
    sys.exit(main())
