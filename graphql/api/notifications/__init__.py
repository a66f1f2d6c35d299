"""Notifications over GraphQL."""

from typing import Final

QUERIES: Final = ("ways_out:WayOutQueries",)
MUTATIONS: Final = (
    "mutations:NotificationMutations",
    "mutes:MuteMutations",
    "ways_out:WayOutMutations",
)
