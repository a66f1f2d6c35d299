"""Follows over GraphQL."""
