"""Imports over GraphQL: files taken in by planners."""
