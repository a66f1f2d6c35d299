"""Reading proposals, and what readers do there: support, follow, comment, report."""

from web.proposals import actions, cards, comments, live, reading, reports

routes = [
    *reading.routes,
    *actions.routes,
    *comments.routes,
    *reports.routes,
    *live.routes,
    *cards.routes,
]
