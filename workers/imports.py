"""Jobs of imports: a planner's file taken in, and files that are left over."""

from dataclasses import replace
from typing import Any

from backend.imports.retention import settle_imports
from backend.imports.running import BusyError, run_import
from backend.platform.settings import get_settings
from workers.job import RetryLaterError, job


@job("import_upload", transactional=False)
async def import_upload(payload: dict[str, Any]) -> None:
    """Check and take in what a planner sent; waits for its turn while its source is imported from."""
    settings = replace(get_settings(), municipality=payload["municipality_id"])
    try:
        await run_import(settings, payload["run_id"])
    except BusyError:
        raise RetryLaterError from None


@job("settle_imports")
async def clear_imports(payload: dict[str, Any]) -> None:
    """Forget files that nobody took in, and tell of runs that were given up."""
    await settle_imports(payload["municipality_id"])
