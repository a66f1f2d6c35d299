"""What Samskap is and how it works; open data and the API."""

from web.about import explorer, exports, reading

routes = [
    *exports.routes,
    *explorer.routes,
    *reading.routes,
]
