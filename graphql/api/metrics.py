"""Figures about operations, requests and answers."""

from functools import lru_cache

from prometheus_client import Counter, Gauge, Histogram

OPERATIONS = Counter("samskap_operations", "Operations by name and result", ["operation", "result"])
OPERATION_SECONDS = Histogram("samskap_operation_seconds", "Seconds an operation took", ["operation"])
REFUSED = Counter("samskap_refused", "Requests refused before execution, by reason", ["reason"])
CACHED = Counter("samskap_cached_answers", "Answers from the cache, by what was found", ["result"])
CACHED_BYTES = Gauge("samskap_cached_bytes", "Bytes of answers kept")
SOCKETS = Gauge("samskap_sockets", "Open subscription sockets")
SUBSCRIPTIONS = Gauge("samskap_subscriptions", "Running subscriptions")

# Finding a figure by its labels takes longer than adding to it. Names are those of trusted documents, or "free".
_count_of = lru_cache(2_000)(OPERATIONS.labels)
_seconds_of = lru_cache(1_000)(OPERATION_SECONDS.labels)


def note_operation(name: str | None, result: str, seconds: float) -> None:
    """Count an operation that came to `result` after so many seconds."""
    _count_of(name, result).inc()
    _seconds_of(name).observe(seconds)
