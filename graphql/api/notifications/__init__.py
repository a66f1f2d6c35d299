"""Notifications over GraphQL."""
