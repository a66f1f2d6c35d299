"""Names that nobody may take: those that pass for the municipality, its staff, or somebody who has left."""

from collections.abc import Sequence
from functools import cache

from backend.platform.database import fetch
from backend.platform.errors import Invalid
from backend.platform.i18n import LANGUAGES, N_, translate
from backend.text.skeleton import skeleton

DELETED_NAME = N_("Slettet bruker")
"""What the API calls somebody whose account was deleted."""

FORMER_NAME = N_("Tidligere bruker")
"""What pages call them."""

# Found anywhere in a name: no one is called something that holds them.
_PARTS = (
    "kommune",
    "municipality",
    "moderator",
    "saksbehandler",
    "saksbehandlar",
    "case worker",
    "administrator",
    "ordfører",
    "ordførar",
    "samskap",
)
# Found as a word, or as all of a name: inside other words they are innocent.
_WORDS = ("admin", "mayor", "rådmannen", "planner", "planlegger", "planleggar", "ansatt", "tilsett")


def check_not_reserved(name: str, *, is_staff: bool) -> None:
    """Raise Invalid at `name` for what is shown where a deleted account's name stood, and for a name that
    passes for the municipality unless it is staff's."""
    key = skeleton(name)
    if any(gone in key for gone in _names_of_deleted()):
        raise Invalid(
            "name_of_deleted",
            "Slik står det der navnet til en slettet konto sto. Velg et annet navn.",
            field="name",
        )
    words = {key, *map(skeleton, name.split())}
    if not is_staff and (
        any(skeleton(part) in key for part in _PARTS) or any(skeleton(word) in words for word in _WORDS)
    ):
        raise _municipal()


async def check_not_staffs(municipality_id: int, name: str, *, own_ids: Sequence[int] = ()) -> None:
    """Raise Invalid at `name` when it passes for that of the municipality or of staff.

    Staff are accounts that hold a role now, other than the person's own (`own_ids`).
    """
    key = skeleton(name)
    rows = await fetch(
        """SELECT a.display_name, true AS is_person FROM account a
           WHERE a.municipality_id = $1 AND a.id <> ALL($2) AND a.deleted_at IS NULL AND a.id IN (
               SELECT account_id FROM role_grant WHERE municipality_id = $1 AND ended_at IS NULL)
           UNION ALL SELECT name, false FROM municipality WHERE id = $1""",
        municipality_id,
        own_ids,
    )
    for row in rows:
        if skeleton(row["display_name"]) == key:
            raise _of_staff() if row["is_person"] else _municipal()


def _municipal() -> Invalid:
    return Invalid("name_reserved", "Navnet kan forveksles med kommunen. Velg et annet.", field="name")


def _of_staff() -> Invalid:
    return Invalid(
        "name_of_staff",
        "Navnet kan forveksles med en som arbeider for kommunen. Velg et annet.",
        field="name",
    )


@cache
def _names_of_deleted() -> frozenset[str]:
    return frozenset(
        skeleton(translate(language, name)) for language in LANGUAGES for name in (DELETED_NAME, FORMER_NAME)
    )
