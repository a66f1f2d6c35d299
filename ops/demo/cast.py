"""The accounts behind the demo content: people one can log in as, invented voices, and a crowd that supports."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.accounts.claims import LoginClaims
from backend.accounts.identities import account_for
from backend.accounts.identity_hash import NationalNumber
from backend.accounts.roles import sync_provider_roles
from backend.accounts.trial_people import Person, load_people, pairwise_subject
from backend.platform.database import execute
from backend.platform.settings import ProviderSettings, Settings
from ops.demo.rows import Rows, reserve
from ops.demo.script import Cast

PLANNER = "linjal"
MODERATORS = ("vektskal", "fyrlykt")
NEWCOMERS = ("paraply", "nokkelknippe")
"""People of the trial login who have not been here yet: their first login is there to be seen."""

_CROWD = 210
_JOINED_DAYS = 140
_PROFILES = {"resident": "idporten", "employee": "entra"}


@dataclass(frozen=True, slots=True)
class Members:
    """Account ids by key, each one's language, and the ids of the crowd."""

    ids: Mapping[str, int]
    languages: Mapping[str, str]
    crowd: tuple[int, ...]


def languages_of(cast: Cast) -> dict[str, str]:
    """What language each of the people writes."""
    return {extra.key: extra.language for extra in cast.extras} | {
        person.key: person.language for person in load_people()
    }


async def join(settings: Settings, cast: Cast, rows: Rows, now: datetime) -> Members:
    """Make the accounts: those of the trial login at once, as their login would, the others as rows."""
    joined = now - timedelta(days=_JOINED_DAYS)
    ids: dict[str, int] = {}
    free = await reserve("account", len(cast.extras) + _CROWD)
    trial = [person for person in load_people() if person.key not in NEWCOMERS]
    for person in trial:
        ids[person.key] = await _log_in(settings, person, joined) or await _make_up(rows, person, joined)
    for extra in cast.extras:
        ids[extra.key] = _add(rows, free, joined, extra.name, extra.name_kind, extra.language, extra.born)
    crowd = [
        _add(rows, free, joined, f"Innbygger {7001 + 13 * number}", "pseudonym", "nb", 1945 + number * 7 % 62)
        for number in range(_CROWD)
    ]
    return Members(ids, languages_of(cast), tuple(crowd))


async def _log_in(settings: Settings, person: Person, joined: datetime) -> int | None:
    """The account that the person's login finds; None where no provider knows the person."""
    for provider in settings.providers:
        if provider.profile == _PROFILES[person.kind]:
            claims = _claims(provider, person)
            account_id, is_new = await account_for(settings, provider, claims)
            if claims.groups is not None:
                await sync_provider_roles(settings, account_id, provider, claims.groups)
            if is_new:
                await _settle_in(settings, person, account_id, joined)
            return account_id
    return None


def _claims(provider: ProviderSettings, person: Person) -> LoginClaims:
    """As the trial login tells them, but for the address: demo content sends no mail."""
    number = person.national_identity_number
    is_employee = person.kind == "employee"
    return LoginClaims(
        subject=pairwise_subject(provider.profile, provider.client_id, person),
        number=NationalNumber(number) if number and not is_employee else None,
        birth_year=person.birth_date.year if person.birth_date and not is_employee else None,
        home_municipality=person.municipality_number if not is_employee else None,
        name=person.name,
        language=person.language if not is_employee else "nb",
        groups=frozenset(person.groups) if is_employee else None,
    )


async def _settle_in(settings: Settings, person: Person, account_id: int, joined: datetime) -> None:
    await execute(
        """UPDATE account SET created_at = $3, welcomed_at = $3, is_demo = true, language = $4,
               home_place_id = (SELECT id FROM place WHERE municipality_id = $1 AND slug = $5)
           WHERE municipality_id = $1 AND id = $2""",
        settings.municipality,
        account_id,
        joined,
        person.language,
        person.place,
    )
    await execute(
        "UPDATE account_display_name SET created_at = $3 WHERE municipality_id = $1 AND account_id = $2",
        settings.municipality,
        account_id,
        joined,
    )


async def _make_up(rows: Rows, person: Person, joined: datetime) -> int:
    """An account without an identity, where there is no provider to log in at."""
    born = person.birth_date.year if person.birth_date else 1980
    return _add(rows, await reserve("account", 1), joined, person.name, "real", person.language, born)


def _add(
    rows: Rows, free: Iterator[int], joined: datetime, name: str, name_kind: str, language: str, born: int
) -> int:
    account_id = next(free)
    rows.add(
        "account",
        id=account_id,
        display_name=name,
        name_kind=name_kind,
        language=language,
        birth_year=born,
        home_municipality=f"{rows.municipality_id:04}",
        created_at=joined,
        welcomed_at=joined,
        is_demo=True,
    )
    rows.add(
        "account_display_name",
        account_id=account_id,
        display_name=name,
        name_kind=name_kind,
        created_at=joined,
    )
    return account_id
