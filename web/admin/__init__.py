"""Administrators' pages: topics, places, roles, the log, settings, health."""

from web.admin import overview, places, roles, topics

routes = [
    *overview.routes,
    *topics.routes,
    *places.routes,
    *roles.routes,
]
