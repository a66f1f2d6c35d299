"""The proposals of a list on a map."""

import strawberry

from api.context import Info, context_of
from api.node_ids import to_global_id
from api.proposals.queries import Filter, proposal_filter
from api.scalars import GeoJSON
from backend.proposals.listing import ProposalSort
from backend.proposals.on_map import MOST_POINTS, PointRow, PointsRow, points_of


@strawberry.type(description="Public proposals that have a point, as one GeoJSON FeatureCollection.")
class ProposalMap:
    features: GeoJSON = strawberry.field(
        description=f"A Point for each, {MOST_POINTS} at the most: those written here first, then the newest. "
        "Properties are id, title, language, state and outcome."
    )
    shown: int = strawberry.field(description="How many points that is.")
    total: int = strawberry.field(description="How many proposals have a point, counted to 20,000.")

    @classmethod
    def of(cls, found: PointsRow) -> "ProposalMap":
        """The type for points."""
        features = [_feature(row) for row in found.points]
        collection = GeoJSON({"type": "FeatureCollection", "features": features})
        return cls(features=collection, shown=len(features), total=found.total)


@strawberry.type
class ProposalMapQueries:
    """What may be asked about proposals on a map."""

    @strawberry.field(
        description="Where the public proposals of a list lie: all that match, not only a page of them."
    )
    async def proposal_map(self, info: Info, filter: Filter = None) -> ProposalMap:  # noqa: A002
        context = context_of(info)
        narrowed = await proposal_filter(context, filter, ProposalSort.NEWEST)
        context.tags.add("proposals")
        return ProposalMap.of(await points_of(context.municipality_id, narrowed))


def _feature(row: PointRow) -> dict[str, object]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [row.longitude, row.latitude]},
        "properties": {
            "id": to_global_id("Proposal", row.id),
            "title": row.title,
            "language": row.language,
            "state": row.state.upper(),
            "outcome": row.outcome and row.outcome.upper(),
        },
    }
