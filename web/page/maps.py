"""What a map shows, as data in the page: places and proposals of ours, so that it needs nobody's tiles."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from api.node_ids import from_global_id


def map_data(places: Iterable[Mapping[str, Any]], proposals: Iterable[Mapping[str, Any]]) -> Markup:
    """A GeoJSON FeatureCollection (RFC 7946) for a `<script type="application/json">`."""
    features = [
        _feature(place["geometry"], kind="place", title=place["name"])
        for place in places
        if place.get("geometry")
    ]
    features += [
        _feature(
            proposal["position"],
            kind="proposal",
            title=proposal["title"],
            number=from_global_id(proposal["id"])[1],
            state=proposal["state"],
        )
        for proposal in proposals
        if proposal.get("position")
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    # No text in it may end the script or begin a comment.
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))  # noqa: S704 - JSON


def _feature(geometry: Mapping[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}
