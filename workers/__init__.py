"""Background jobs: the relay that empties the outbox and the arq workers that do the work."""
