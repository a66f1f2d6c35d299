"""What a person is called here: their own choice, changeable, with a history that moderators may read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from backend.accounts.name_reading import NO_CASE, case_about, record_names_read
from backend.accounts.reserved_names import check_not_reserved, check_not_staffs
from backend.platform.authz import LOGIN_NEEDED, Actor, logged_in, moderate_somewhere, require
from backend.platform.database import execute, fetch, fetch_row, unit_of_work
from backend.platform.errors import Invalid
from backend.platform.tags import changed
from backend.text.checks import refuse_personal_data
from backend.text.clean import clean_text
from backend.text.skeleton import skeleton

NameKind = Literal["real", "first", "pseudonym"]
KINDS = ("real", "first", "pseudonym")
GIVEN_NAME_KIND: NameKind = "real"
"""The kind of a name that the provider gave (employees speak under their own)."""

_LENGTH = (2, 60)
_HISTORY_MAX = 100


@dataclass(frozen=True, slots=True)
class NameRow:
    """A name the person used from `created_at` until the next one's."""

    id: int
    display_name: str
    name_kind: NameKind
    created_at: datetime


def display_name(text: str, *, is_staff: bool) -> str:
    """`text` as a name that may be shown. Raises Invalid or PersonalData, naming the field."""
    name = clean_text(text, multiline=False)
    least, most = _LENGTH
    if not least <= len(name) <= most:
        raise Invalid(
            "name_length", "Navnet må ha mellom {least} og {most} tegn.", field="name", least=least, most=most
        )
    if not any(character.isalpha() for character in name):
        raise Invalid("name_without_letters", "Navnet må ha minst én bokstav.", field="name")
    refuse_personal_data(text, "name", multiline=False)
    check_not_reserved(name, is_staff=is_staff)
    return name


def usable_name(given: str | None) -> str | None:
    """The name a provider gave, or None when it gave none that may be shown."""
    if not given:
        return None
    try:
        return display_name(given, is_staff=True)
    except Invalid:
        return None


async def choose_name(actor: Actor, kind: str, text: str) -> str:
    """Show the person under this name from now on; returns it as it is shown.

    What kind of name it is, is the person's own word. Raises Unauthenticated, Invalid, PersonalData.
    """
    require(logged_in(actor, None))
    if kind not in KINDS:
        raise Invalid("name_kind", "Velg fullt navn, fornavn eller kallenavn.", field="kind")
    name = display_name(text, is_staff=actor.is_staff)
    async with unit_of_work():
        before = await fetch_row(
            """SELECT id, display_name, name_kind FROM account
               WHERE municipality_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE""",
            actor.municipality_id,
            actor.account_id,
        )
        if before is None:
            raise LOGIN_NEEDED.as_error()
        # A namesake's own name stays theirs when somebody of that name comes to work here.
        if skeleton(name) != skeleton(before["display_name"]):
            own_ids = [each for each in (actor.account_id, actor.bound_account_id) if each is not None]
            await check_not_staffs(actor.municipality_id, name, own_ids=own_ids)
        await execute(
            """UPDATE account SET display_name = $3, name_kind = $4,
                   welcomed_at = coalesce(welcomed_at, now())
               WHERE municipality_id = $1 AND id = $2""",
            actor.municipality_id,
            before["id"],
            name,
            kind,
        )
        if (before["display_name"], before["name_kind"]) != (name, kind):
            await remember_name(actor.municipality_id, before["id"], name, kind)
        await changed([f"account:{before['id']}"])
    return name


async def remember_name(municipality_id: int, account_id: int, name: str, kind: str) -> None:
    """Add a name to the history; part of the caller's unit of work."""
    await execute(
        """INSERT INTO account_display_name (municipality_id, account_id, display_name, name_kind)
           VALUES ($1, $2, $3, $4)""",
        municipality_id,
        account_id,
        name,
        kind,
    )


async def name_history(actor: Actor, account_id: int) -> list[NameRow]:
    """The names an account has used, newest first, at most 100.

    For the person's own, and for moderators who have a case about the person, which is noted. Raises
    Unauthenticated, Forbidden.
    """
    require(logged_in(actor, None))
    if actor.account_id != account_id:
        require(moderate_somewhere(actor, None))
        case_id = await case_about(actor, account_id)
        if case_id is None:
            raise NO_CASE.as_error()
        await record_names_read(actor, [(account_id, case_id)])
    rows = await fetch(
        """SELECT id, display_name, name_kind, created_at FROM account_display_name
           WHERE municipality_id = $1 AND account_id = $2 ORDER BY id DESC LIMIT $3""",
        actor.municipality_id,
        account_id,
        _HISTORY_MAX,
    )
    return [
        NameRow(row["id"], row["display_name"], cast(NameKind, row["name_kind"]), row["created_at"])
        for row in rows
    ]
