"""Figures about operations, requests and answers."""

from prometheus_client import Counter, Gauge, Histogram

OPERATIONS = Counter("samskap_operations", "Operations by name and result", ["operation", "result"])
OPERATION_SECONDS = Histogram("samskap_operation_seconds", "Seconds an operation took", ["operation"])
REFUSED = Counter("samskap_refused", "Requests refused before execution, by reason", ["reason"])
CACHED = Counter("samskap_cached_answers", "Answers from the cache, by what was found", ["result"])
CACHED_BYTES = Gauge("samskap_cached_bytes", "Bytes of answers kept")
SOCKETS = Gauge("samskap_sockets", "Open subscription sockets")
SUBSCRIPTIONS = Gauge("samskap_subscriptions", "Running subscriptions")
