"""Forgetting what is no longer needed."""

from backend.platform.database import execute, unit_of_work

# Jobs that were done; failed ones stay until somebody has looked at them.
_DONE_JOBS = "DELETE FROM outbox WHERE done_at < now() - interval '7 days'"
_OF_A_MUNICIPALITY = (
    # A client that retries does so within hours.
    "DELETE FROM idempotency_key WHERE municipality_id = $1 AND created_at < now() - interval '7 days'",
    "DELETE FROM login_attempt WHERE municipality_id = $1 AND expires_at < now() - interval '1 day'",
    "DELETE FROM account_session WHERE municipality_id = $1 AND expires_at < now() - interval '90 days'",
    # What has ended may be asked about for a year: who could use it, and until when.
    """DELETE FROM access_token WHERE municipality_id = $1
       AND least(ended_at, expires_at) < now() - interval '1 year'""",
    # An address that nobody confirmed may be a stranger's.
    """UPDATE account SET pending_email = NULL, email_secret_hash = NULL, email_expires_at = NULL
       WHERE municipality_id = $1 AND email_expires_at < now()""",
    """UPDATE account SET email_asked_at = NULL WHERE municipality_id = $1 AND email_asked_at IS NOT NULL
       AND now() - interval '1 hour' > ALL(email_asked_at)""",
    "UPDATE data_request SET result = NULL WHERE municipality_id = $1 AND expires_at < now() AND result IS NOT NULL",
)


async def clear_expired(municipality_id: int) -> None:
    """Delete what has expired, and nothing else.

    Done jobs and idempotency keys of a week ago, login attempts of yesterday, sessions 90 days past their time,
    access tokens that ended a year ago, addresses that were not confirmed in time, exports past their time.
    """
    async with unit_of_work():
        await execute(_DONE_JOBS)
        for statement in _OF_A_MUNICIPALITY:
            await execute(statement, municipality_id)
