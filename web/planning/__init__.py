"""Planners' pages: what waits, answers, states, notes, imports."""

from web.planning import answer, imports, listing, proposal, uploads, workload

routes = [
    *uploads.routes,
    *workload.routes,
    *listing.routes,
    *proposal.routes,
    *answer.routes,
    *imports.routes,
]
