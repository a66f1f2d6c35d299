"""What a map shows, as data in the page: places and proposals of ours, so that it needs nobody's tiles."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from markupsafe import Markup

from api.node_ids import from_global_id
from backend.platform.i18n import N_

Translate = Callable[[str], str]

_LOCALE: Final = {
    "AttributionControl.ToggleAttribution": N_("Vis hvem kartet kommer fra"),
    "Map.Title": N_("Kart"),
    "Marker.Title": N_("Valgt punkt"),
    "NavigationControl.ZoomIn": N_("Zoom inn"),
    "NavigationControl.ZoomOut": N_("Zoom ut"),
    "Popup.Close": N_("Lukk"),
    "CooperativeGesturesHandler.WindowsHelpText": N_("Hold Ctrl nede og rull for å zoome i kartet"),
    "CooperativeGesturesHandler.MacHelpText": N_("Hold ⌘ nede og rull for å zoome i kartet"),
    "CooperativeGesturesHandler.MobileHelpText": N_("Bruk to fingre for å flytte kartet"),
}
"""What the map library says by itself, by its own names."""

_OURS: Final = {
    "cluster": N_("{count} forslag her. Vis dem nærmere."),
    "groundFailed": N_("Bakgrunnskartet kan ikke vises nå. Punktene og stedene vises uten."),
}


def map_labels(translate: Translate) -> str:
    """What a map says, as JSON for an attribute: the library's own texts under `locale`, and ours."""
    locale = {name: translate(text) for name, text in _LOCALE.items()}
    return json.dumps(
        {"locale": locale, **{name: translate(text) for name, text in _OURS.items()}}, ensure_ascii=False
    )


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
            language=proposal["language"],
        )
        for proposal in proposals
        if proposal.get("position")
    ]
    return _script(features)


def map_points(collection: Mapping[str, Any]) -> Markup:
    """The same for `proposalMap.features`."""
    return _script(
        [
            _feature(
                point["geometry"],
                kind="proposal",
                title=point["properties"]["title"],
                number=from_global_id(point["properties"]["id"])[1],
                language=point["properties"]["language"],
            )
            for point in collection["features"]
        ]
    )


def _script(features: list[dict[str, Any]]) -> Markup:
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    # No text in it may end the script or begin a comment.
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))  # noqa: S704 - JSON


def _feature(geometry: Mapping[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}
