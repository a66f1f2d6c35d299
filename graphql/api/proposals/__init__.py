"""Proposals over GraphQL."""
