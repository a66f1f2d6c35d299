"""Figures about jobs; served by the worker's metrics port."""

from prometheus_client import Counter, Gauge, Histogram

JOBS = Counter("samskap_jobs", "Jobs by name and result", ["job", "result"])
JOB_SECONDS = Histogram("samskap_job_seconds", "Seconds a job took", ["job"])
OUTBOX_OLDEST = Gauge("samskap_outbox_oldest_seconds", "Age of the oldest due outbox row, in seconds")
OUTBOX_DUE = Gauge("samskap_outbox_due", "Outbox rows that are due and not done")
QUEUE_DEPTH = Gauge("samskap_queue_depth", "Jobs that wait in Redis for a worker", ["queue"])
RECOUNT_DRIFT = Gauge(
    "samskap_recount_drift", "Stored counts that differed from their ledger at the last proof"
)
SWEPT = Counter("samskap_swept_rows", "Rows that were left waiting and taken up again, by table", ["tables"])
