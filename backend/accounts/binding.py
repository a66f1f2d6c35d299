"""The two accounts of one person: as a resident, known by a national number, and as an employee.

Rules about own content and own cases compare persons. The person binds the accounts by logging in to both in one
browser. Nobody ends a binding: whoever could would judge their own case in between. It goes with the account that
is deleted.
"""

from dataclasses import dataclass
from datetime import datetime

from backend.platform.authz import Actor, logged_in, require
from backend.platform.database import execute, fetch, fetch_row, unit_of_work
from backend.platform.errors import Conflict
from backend.platform.slices import contributions
from backend.platform.tags import changed


@dataclass(frozen=True, slots=True)
class BindingRow:
    """That a person's accounts are bound, since when, and whether the one that asks is the employee's."""

    since: datetime
    is_employee: bool


async def bind_accounts(municipality_id: int, account_id: int, other_id: int) -> None:
    """Bind two accounts of one person; done already, nothing changes.

    What the employee supports moves to the resident, so that the person counts once. Raises Conflict when they are
    one account, when not exactly one of them has a national number, or when either is bound to another.
    """
    async with unit_of_work():
        resident_id, employee_id = await _sides(municipality_id, account_id, other_id)
        await execute(
            """INSERT INTO account_binding (municipality_id, resident_id, employee_id) VALUES ($1, $2, $3)
               ON CONFLICT DO NOTHING""",
            municipality_id,
            resident_id,
            employee_id,
        )
        if not await fetch(
            """SELECT FROM account_binding
               WHERE municipality_id = $1 AND resident_id = $2 AND employee_id = $3""",
            municipality_id,
            resident_id,
            employee_id,
        ):
            raise Conflict(
                "bound_to_another",
                "En av kontoene er alt knyttet til en annen konto. Ta kontakt med kommunen.",
            )
        for move in contributions("movers"):
            await move(municipality_id, employee_id, resident_id)
        await changed([f"account:{resident_id}", f"account:{employee_id}"])


async def _sides(municipality_id: int, account_id: int, other_id: int) -> tuple[int, int]:
    """The resident's account and the employee's. Both stay locked, so that neither is deleted meanwhile."""
    if account_id == other_id:
        raise Conflict(
            "binding_same_account", "Du logget inn på den samme kontoen. Velg den andre måten å logge inn på."
        )
    rows = await fetch(
        """SELECT a.id, EXISTS (SELECT FROM account_identity i WHERE i.municipality_id = $1 AND i.account_id = a.id
               AND i.number_hash IS NOT NULL) AS has_number
           FROM account a WHERE a.municipality_id = $1 AND a.id = ANY($2) AND a.deleted_at IS NULL
           ORDER BY a.id FOR NO KEY UPDATE OF a""",
        municipality_id,
        [account_id, other_id],
    )
    residents = [row["id"] for row in rows if row["has_number"]]
    employees = [row["id"] for row in rows if not row["has_number"]]
    if len(residents) != 1 or len(employees) != 1:
        raise Conflict(
            "binding_not_a_pair",
            "Bare en konto fra ID-porten og en jobbkonto kan knyttes sammen, og de må tilhøre samme person.",
        )
    return residents[0], employees[0]


async def own_binding(actor: Actor) -> BindingRow | None:
    """The binding of the account that asks. Raises Unauthenticated."""
    require(logged_in(actor, None))
    row = await fetch_row(
        """SELECT created_at, employee_id = $2 AS is_employee FROM account_binding
           WHERE municipality_id = $1 AND $2 IN (resident_id, employee_id)""",
        actor.municipality_id,
        actor.account_id,
    )
    return BindingRow(*row.values()) if row else None
