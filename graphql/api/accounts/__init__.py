"""People over GraphQL."""

from typing import Final

QUERIES: Final = ("queries:AccountQueries",)
MUTATIONS: Final = (
    "mutations:AccountMutations",
    "credentials:CredentialMutations",
    "supervision:SupervisionMutations",
)
