"""What the processes' database role may do: every table, as the slices say, and the grants made of it.

Tables belong to the role that migrates. Web, relay and workers connect as another one, which changes no table's
shape, adds to ledgers and nothing else, and deletes only where deleting is part of the domain. What erasing needs of
the ledgers is one function of the owner's (docs/decisions/0020-two-database-roles.md).
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from backend.platform.slices import ADD, contributed, contributions

LEDGER: Final = ADD
"""Rows of a ledger are only ever added."""


@cache
def rights() -> Mapping[str, str]:
    """What the role may do with each table there is, as the slices say. Raises ValueError for a table said twice."""
    ledgers = contributions("ledgers")
    if twice := contributed("rights").keys() & set(ledgers) or len(set(ledgers)) < len(ledgers):
        raise ValueError(f"the rights to a table are said twice: {twice}")
    return {**dict.fromkeys(ledgers, LEDGER), **contributed("rights")}


def quoted(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def grants(role: str) -> Iterator[str]:
    """The statements that give `role` these rights and no others; for the owner, in one transaction."""
    whom = quoted(role)
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
        yield f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM {whom}"
    yield f"GRANT USAGE ON SCHEMA public TO {whom}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {whom}"
    for table, allowed in rights().items():
        yield f"GRANT {allowed} ON {quoted(table)} TO {whom}"
    for function in contributions("functions"):
        yield f"GRANT EXECUTE ON FUNCTION {function} TO {whom}"
