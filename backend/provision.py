"""Making a database fit to start from: its tables, and the rows that everything else stands on."""

import asyncpg

from backend.database import connection_parameters, migrate
from backend.settings import Settings

_PROVISION_LOCK = 7_265_066


async def provision(settings: Settings) -> None:
    """Migrate, and store the municipality of the settings; may be done again, and by several at once."""
    await migrate(settings)
    held = await asyncpg.connect(**connection_parameters(settings.database_url))
    try:
        async with held.transaction():
            await held.execute("SELECT pg_advisory_xact_lock($1)", _PROVISION_LOCK)
            await _store_municipality(held, settings)
    finally:
        await held.close()


async def _store_municipality(held: asyncpg.Connection, settings: Settings) -> None:
    """The row that every other row refers to, with the name in force, and its window of counting."""
    await held.execute(
        """INSERT INTO municipality (id, name) VALUES ($1, $2)
           ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE municipality.name <> excluded.name""",
        settings.municipality,
        settings.municipality_name,
    )
    await held.execute(
        "INSERT INTO support_window (municipality_id) VALUES ($1) ON CONFLICT DO NOTHING",
        settings.municipality,
    )
