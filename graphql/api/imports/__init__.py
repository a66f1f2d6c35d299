"""Imports over GraphQL: files taken in by planners."""

from typing import Final

QUERIES: Final = ("queries:ImportQueries",)
MUTATIONS: Final = ("mutations:ImportMutations",)
