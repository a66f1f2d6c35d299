"""Jobs of accounts: a person's data as a file, a person forgotten, an address to be confirmed."""

from typing import Any

from backend.accounts import supervision
from backend.accounts.my_data import run_deletion, run_export
from backend.notifications.confirmation import send_confirmation
from backend.platform.settings import get_settings
from workers.job import RetryLaterError, job


@job("export_my_data", transactional=False)
async def export_my_data(payload: dict[str, Any]) -> None:
    """Make the export a person asked for, table by table."""
    await run_export(payload["municipality_id"], payload["request_id"])


@job("erase_account", transactional=False)
async def erase_account(payload: dict[str, Any]) -> None:
    """Delete the account of a person who asked for it, step by step."""
    await run_deletion(payload["municipality_id"], payload["request_id"])


@job("lapse_access")
async def lapse_access(payload: dict[str, Any]) -> None:
    """End what a login gave to those who log in no more."""
    await supervision.lapse_access(get_settings(), payload["municipality_id"])


@job("confirm_email", transactional=False)
async def confirm_email(payload: dict[str, Any]) -> None:
    """Write to the address that a person chose, so that they can say that it is theirs."""
    if not await send_confirmation(get_settings(), payload["municipality_id"], payload["account_id"]):
        raise RetryLaterError
