"""One's own pages: what one has written, is told, and has set; one's data, and leaving."""

from web.my import access, data, notifications, overview, profile, requests

routes = [
    *data.routes,
    *overview.routes,
    *notifications.routes,
    *profile.routes,
    *access.routes,
    *requests.routes,
]
