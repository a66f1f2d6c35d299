"""Who wants to be told about what."""
