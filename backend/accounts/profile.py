"""What a person decides about their account beside the name."""

from dataclasses import dataclass
from typing import Any, Final

from backend.accounts.emails import choose_email
from backend.accounts.names import choose_name
from backend.platform.authz import Actor, logged_in, require
from backend.platform.database import execute, unit_of_work
from backend.platform.errors import Conflict, Invalid, NotFound
from backend.platform.tags import changed
from backend.platform.validation import all_checked
from backend.topics.queries import places_by_id

LANGUAGES = ("nb", "nn", "en")


class Unchanged:
    """Stands for a part of the profile that is to stay as it is."""


UNCHANGED: Final = Unchanged()


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """What to change; None empties the place or the address. `name` is its kind and the name itself."""

    name: tuple[str, str] | Unchanged = UNCHANGED
    language: str | Unchanged = UNCHANGED
    home_place_id: int | Unchanged | None = UNCHANGED
    email: str | Unchanged | None = UNCHANGED
    lives_here: bool | Unchanged = UNCHANGED


async def update_profile(actor: Actor, change: ProfileChange) -> None:
    """Change all that is given, or nothing.

    A new address has to be confirmed first, see emails.py. Raises Unauthenticated, Invalid, PersonalData (in
    the name), NotFound (no such place), LimitExceeded (letters to confirm an address), Conflict (residence known).
    """
    require(logged_in(actor, None))
    # What is chosen before something else is refused is rolled back with it.
    async with unit_of_work():
        with all_checked() as check:
            if not isinstance(change.name, Unchanged):
                await check.wait(choose_name(actor, *change.name))
            if not isinstance(change.language, Unchanged):
                await check.wait(choose_language(actor, change.language))
            if not isinstance(change.home_place_id, Unchanged):
                await check.wait(choose_home_place(actor, change.home_place_id))
            if not isinstance(change.email, Unchanged) and not check.has_refused:
                await choose_email(actor, change.email)
            if not isinstance(change.lives_here, Unchanged) and not check.has_refused:
                await declare_residence(actor, lives_here=change.lives_here)


async def choose_language(actor: Actor, language: str) -> None:
    """Read and be written to in this language from now on. Raises Unauthenticated, Invalid."""
    require(logged_in(actor, None))
    if language not in LANGUAGES:
        raise Invalid("language_unknown", "Språket er ikke blant dem vi kjenner.", field="language")
    await _store(actor, "language", language)


async def choose_home_place(actor: Actor, place_id: int | None) -> None:
    """Say which place one belongs to, or (None) no longer. Raises Unauthenticated, NotFound."""
    require(logged_in(actor, None))
    if place_id is not None and place_id not in await places_by_id(actor.municipality_id, [place_id]):
        raise NotFound("place_not_found", "Stedet finnes ikke.", field="homePlace")
    await _store(actor, "home_place_id", place_id)


async def declare_residence(actor: Actor, *, lives_here: bool) -> None:
    """Say whether one lives in the municipality. Marked as one's own word wherever it counts.

    Raises Unauthenticated, Conflict where a login or the population register has told: their word is not replaced.
    """
    require(logged_in(actor, None))
    async with unit_of_work():
        stored = await execute(
            """UPDATE account SET home_municipality = $3, residence_source = 'declared', residence_at = now()
               WHERE municipality_id = $1 AND id = $2 AND deleted_at IS NULL
                 AND (residence_source = 'declared' OR home_municipality IS NULL)""",
            actor.municipality_id,
            actor.account_id,
            f"{actor.municipality_id:04d}" if lives_here else None,
        )
        if stored != "UPDATE 1":
            raise Conflict(
                "residence_known", "Vi har fått vite hvor du bor fra innloggingen eller Folkeregisteret."
            )
        await changed([f"account:{actor.account_id}"])


async def _store(actor: Actor, column: str, value: Any) -> None:
    async with unit_of_work():
        await execute(
            f"UPDATE account SET {column} = $3 WHERE municipality_id = $1 AND id = $2 AND deleted_at IS NULL",
            actor.municipality_id,
            actor.account_id,
            value,
        )
        await changed([f"account:{actor.account_id}"])
