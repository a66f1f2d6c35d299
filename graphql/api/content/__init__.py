"""Content of whatever kind over GraphQL."""
