"""Moderation over GraphQL."""
