"""Comments over GraphQL."""
