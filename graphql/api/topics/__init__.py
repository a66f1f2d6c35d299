"""Topics and places over GraphQL."""
