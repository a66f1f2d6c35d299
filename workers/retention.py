"""Jobs that keep the house."""

from typing import Any

from backend.platform import retention, sweeping
from workers.job import job
from workers.metrics import SWEPT


@job("sweep_waiting", transactional=False)
async def sweep_waiting(payload: dict[str, Any]) -> None:
    """Take up what waits and nothing comes to any more."""
    for tables, rows in (await sweeping.sweep_waiting(payload["municipality_id"])).items():
        SWEPT.labels(tables).inc(rows)


@job("clear_expired")
async def clear_expired(payload: dict[str, Any]) -> None:
    """Forget what is no longer needed."""
    await retention.clear_expired(payload["municipality_id"])
