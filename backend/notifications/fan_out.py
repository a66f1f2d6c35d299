"""From an event to one delivery per person and channel."""

from backend.notifications.audience import happening, insert_batch
from backend.platform.database import unit_of_work
from backend.platform.outbox import enqueue, enqueue_many
from backend.platform.tags import changed

# One job takes a few seconds at most; a topic with more followers goes on in a job of its own.
BATCHES_PER_JOB = 5
MAILS_PER_JOB = 20
STALE = "no_longer_so"


async def deliver_event(municipality_id: int, event_id: int, *, after: int = 0) -> None:
    """Tell those concerned whose account comes after `after`; asks for a further job when some are left.

    What is in the app is there at once; mails are asked for. Doing it again tells nobody twice.
    """
    async with unit_of_work():
        event = await happening(municipality_id, event_id)
        if event is None:
            return
        for _ in range(BATCHES_PER_JOB):
            batch = await insert_batch(
                event, after=after, dropped_because=None if event.is_still_so else STALE
            )
            await changed(f"inbox:{account_id}" for account_id in batch.in_app)
            await ask_for_mails(municipality_id, batch.emails)
            if batch.last is None or not batch.is_full:
                return
            after = batch.last
        payload = {"municipality_id": municipality_id, "event_id": event_id, "after": after}
        await enqueue("notify_event", f"event:{event_id}:{after}", payload)


async def ask_for_mails(municipality_id: int, deliveries: list[int]) -> None:
    """Ask for jobs that send these, a few mails each."""
    parts = [deliveries[start : start + MAILS_PER_JOB] for start in range(0, len(deliveries), MAILS_PER_JOB)]
    await enqueue_many(
        "send_mail",
        [
            (f"delivery:{part[0]}", {"municipality_id": municipality_id, "delivery_ids": part})
            for part in parts
        ],
    )
