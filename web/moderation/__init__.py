"""Moderators' pages: the queue, a case, the decision."""

from web.moderation import queue

routes = [
    *queue.routes,
]
