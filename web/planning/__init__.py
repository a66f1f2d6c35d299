"""Planners' pages: what waits, answers, states, notes, imports."""

from web.planning import answer, desk, imports, listing, proposal, uploads

routes = [
    *uploads.routes,
    *desk.routes,
    *listing.routes,
    *proposal.routes,
    *answer.routes,
    *imports.routes,
]
