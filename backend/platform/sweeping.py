"""Finding rows that wait and that nothing comes to any more."""

from collections.abc import Mapping

import structlog

from backend.platform.slices import WaitingRows, contributions

log = structlog.get_logger("sweeping")


async def sweep_waiting(municipality_id: int) -> Mapping[str, int]:
    """Let every slice take up its own; returns how many rows by table. Safe to do again.

    One that fails keeps no other from its work. Raises ExceptionGroup of what failed, at the end.
    """
    found: dict[str, int] = {}
    failures = []
    waiting: tuple[WaitingRows, ...] = contributions("waiting")
    for sweep in dict.fromkeys(rows.sweep for rows in waiting if rows.sweep is not None):
        tables = "+".join(sorted(rows.table for rows in waiting if rows.sweep is sweep))
        try:
            found[tables] = await sweep(municipality_id)
        except Exception as error:
            failures.append(error)
        else:
            if found[tables]:
                log.warning("rows were left waiting", tables=tables, rows=found[tables])
    if failures:
        raise ExceptionGroup("sweeping failed", failures)
    return found
