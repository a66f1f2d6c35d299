"""The names in the lists of slices, and the tables, before anything reads them: a plugin of the run that proves it."""

import asyncpg

import api.slices
import backend.slices
from backend.platform import provision
from backend.platform.database import connection_parameters
from backend.platform.settings import Settings
from tests.kinds.notice.tables import TABLES

backend.slices.SLICES = (*backend.slices.SLICES, "tests.kinds.notice")  # type: ignore[misc]
api.slices.SLICES = (*api.slices.SLICES, "tests.kinds.notice.api")  # type: ignore[misc]
_migrate = provision.migrate


async def _with_notices(settings: Settings) -> None:
    """As a migration among the others would."""
    await _migrate(settings)
    held = await asyncpg.connect(**connection_parameters(settings.database_owner_url))
    await held.execute(";".join(TABLES))
    await held.close()


provision.migrate = _with_notices
