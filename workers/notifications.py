"""Jobs that tell people what happened."""

from typing import Any

from backend.notifications.fan_out import deliver_event
from backend.notifications.sending import send_deliveries, sweep
from backend.platform.settings import get_settings
from workers.job import RetryLaterError, job


@job("notify_event")
async def notify_event(payload: dict[str, Any]) -> None:
    """Write the deliveries of an event, from the account it has come to."""
    await deliver_event(payload["municipality_id"], payload["event_id"], after=payload.get("after", 0))


@job("send_mail", transactional=False)
async def send_mail(payload: dict[str, Any]) -> None:
    """Send a few mails; each is locked on its own, so two runs send none twice."""
    if not await send_deliveries(get_settings(), payload["municipality_id"], payload["delivery_ids"]):
        raise RetryLaterError


@job("sweep_sending")
async def sweep_sending(payload: dict[str, Any]) -> None:
    """Find mails that were left behind."""
    await sweep(payload["municipality_id"])
