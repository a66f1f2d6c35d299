"""Content of whatever kind over GraphQL."""

from typing import Final

QUERIES: Final = ("queries:ContentQueries",)
