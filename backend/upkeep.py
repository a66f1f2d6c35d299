"""Forgetting what is no longer needed."""

from backend.database import execute, unit_of_work

# Jobs that were done; failed ones stay until somebody has looked at them.
_DONE_JOBS = "DELETE FROM outbox WHERE done_at < now() - interval '7 days'"
_OF_A_MUNICIPALITY = (
    # A client that retries does so within hours.
    "DELETE FROM idempotency_key WHERE municipality_id = $1 AND created_at < now() - interval '7 days'",
    "DELETE FROM login_attempt WHERE municipality_id = $1 AND expires_at < now() - interval '1 day'",
    "DELETE FROM account_session WHERE municipality_id = $1 AND expires_at < now() - interval '90 days'",
    "UPDATE data_request SET result = NULL WHERE municipality_id = $1 AND expires_at < now() AND result IS NOT NULL",
)


async def clear_expired(municipality_id: int) -> None:
    """Delete what has expired: done jobs, idempotency keys, login attempts, old sessions, fetched exports."""
    async with unit_of_work():
        await execute(_DONE_JOBS)
        for statement in _OF_A_MUNICIPALITY:
            await execute(statement, municipality_id)
