"""What administrators see of the platform as a whole, over GraphQL."""

from typing import Final

QUERIES: Final = (
    "log:AdminLogQueries",
    "platform:PlatformQueries",
)
