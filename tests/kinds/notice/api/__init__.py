"""Notices over GraphQL."""

from typing import Final

QUERIES: Final = ("types:NoticeQueries",)
CONTENT: Final = {"notice": "types:Notice"}
