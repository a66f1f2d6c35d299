"""Screening before publication, and the decisions of moderators."""
