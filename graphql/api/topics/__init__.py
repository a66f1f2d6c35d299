"""Topics and places over GraphQL."""

from typing import Final

QUERIES: Final = (
    "queries:TopicQueries",
    "preview:TopicPreviewQueries",
    "statistics:StatisticsQueries",
)
MUTATIONS: Final = (
    "mutations:TopicMutations",
    "places:PlaceMutations",
)
