"""What a person decides about their account beside the name."""

from backend.authz import Actor, logged_in, require
from backend.database import execute, unit_of_work
from backend.errors import Invalid
from backend.tags import changed

LANGUAGES = ("nb", "nn", "en")


async def choose_language(actor: Actor, language: str) -> None:
    """Read and be written to in this language from now on. Raises Unauthenticated, Invalid."""
    require(logged_in(actor, None))
    if language not in LANGUAGES:
        raise Invalid("language_unknown", "Språket er ikke blant dem vi kjenner.", field="language")
    async with unit_of_work():
        await execute(
            "UPDATE account SET language = $3 WHERE municipality_id = $1 AND id = $2",
            actor.municipality_id,
            actor.account_id,
            language,
        )
        await changed([f"account:{actor.account_id}"])
