"""Making a database fit to start from: its tables, the rows that everything else stands on, and who may do what."""

import asyncpg

from backend.platform.database import connection_parameters, migrate, owner_url
from backend.platform.locks import Lock
from backend.platform.rights import grants, quoted
from backend.platform.scram import scram_verifier
from backend.platform.settings import Settings, SettingsError


async def provision(settings: Settings) -> None:
    """Migrate, store the municipality and give the processes' role its rights; again, and by several at once, too.

    Raises SettingsError where the roles are not two, which only a trial may do, or where one cannot be made.
    """
    role = connection_parameters(settings.database_url)
    owner = connection_parameters(owner_url(settings))
    if role["user"] == owner["user"] and not settings.is_trial:
        raise SettingsError(
            "SAMSKAP_DATABASE_OWNER_URL is not set, or names the role of SAMSKAP_DATABASE_URL: tables belong to one "
            "role and are used by another. docs/deploy.md says how."
        )
    await migrate(settings)
    held = await asyncpg.connect(**owner)
    try:
        async with held.transaction():
            await held.execute("SELECT pg_advisory_xact_lock($1)", Lock.PROVISION)
            await _store_municipality(held, settings)
            if role["user"] != owner["user"]:
                await _make_role(held, role["user"], role["password"])
                for statement in grants(role["user"]):
                    await held.execute(statement)
    finally:
        await held.close()


async def _make_role(held: asyncpg.Connection, name: str, password: str | None) -> None:
    """The role, with this password from now on; left as it is where the owner may make no roles."""
    may_make = await held.fetchval(
        "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    )
    is_there = await held.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", name)
    if not is_there and not may_make:
        raise SettingsError(
            f"The role {name} is not there, and the owner may make none: CREATE ROLE {quoted(name)} LOGIN PASSWORD '…'."
        )
    if not is_there:
        try:
            async with held.transaction():
                await held.execute(f"CREATE ROLE {quoted(name)} LOGIN")
        except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
            pass  # Roles are the whole server's, and another database's migration made it meanwhile.
    if password and may_make:
        await held.execute(f"ALTER ROLE {quoted(name)} PASSWORD '{scram_verifier(password)}'")


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
