"""Proposals: what residents want, who stands behind it, and what became of it."""
