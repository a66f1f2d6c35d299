"""What administrators see of the platform as a whole, over GraphQL."""
