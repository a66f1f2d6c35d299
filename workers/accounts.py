"""Jobs of accounts: a person's data as a file, and a person forgotten."""

from typing import Any

from backend.accounts.my_data import run_deletion, run_export
from workers.job import job


@job("export_my_data", transactional=False)
async def export_my_data(payload: dict[str, Any]) -> None:
    """Make the export a person asked for, table by table."""
    await run_export(payload["municipality_id"], payload["request_id"])


@job("erase_account", transactional=False)
async def erase_account(payload: dict[str, Any]) -> None:
    """Delete the account of a person who asked for it, step by step."""
    await run_deletion(payload["municipality_id"], payload["request_id"])
