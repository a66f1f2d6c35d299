"""Forgetting files that were sent in, and runs that nobody is at."""

import orjson

from backend.imports.service import JOB
from backend.platform.database import execute, unit_of_work
from backend.platform.i18n import N_

# A job that is given up leaves its run as it was; so does a file that went with its owner.
_GIVEN_UP = """
    UPDATE import_run r SET state = 'failed', finished_at = now(), problem = $3::jsonb
    WHERE r.municipality_id = $1 AND r.state = 'running' AND r.mapping IS NOT NULL
      AND r.created_at < now() - interval '1 minute'
      AND NOT EXISTS (SELECT FROM outbox o WHERE o.job = $2 AND o.key = 'import_run:' || r.id
                      AND o.done_at IS NULL AND o.failed_at IS NULL)
"""
_STOPPED = N_("Importen stanset. Send inn filen en gang til.")
_OLD_UPLOADS = """
    DELETE FROM import_upload u WHERE u.municipality_id = $1 AND u.created_at < now() - interval '24 hours'
      AND NOT EXISTS (SELECT FROM import_run r WHERE r.municipality_id = $1 AND r.upload_id = u.id
                      AND r.state = 'running')
"""
_OLD_ERRORS = """
    DELETE FROM import_row_error e USING import_run r
    WHERE r.municipality_id = $1 AND r.created_at < now() - interval '90 days'
      AND e.municipality_id = $1 AND e.run_id = r.id
"""


async def settle_imports(municipality_id: int) -> None:
    """Note runs without a job as failed; delete files of yesterday and errors of runs of 90 days ago."""
    problem = {"code": "import_given_up", "message": _STOPPED, "params": {}}
    async with unit_of_work():
        await execute(_GIVEN_UP, municipality_id, JOB, orjson.dumps(problem).decode())
        await execute(_OLD_UPLOADS, municipality_id)
        await execute(_OLD_ERRORS, municipality_id)
