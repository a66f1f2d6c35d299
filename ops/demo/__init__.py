"""Invented content for trying the platform out: dev and tests only, marked as demo, stored once."""
