"""Kinds of content that only tests have."""
