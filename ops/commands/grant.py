"""`samskap grant`: give an account a role from the server itself; so the first administrator comes."""

import asyncio
from enum import StrEnum
from typing import Annotated

import typer

from ops.commands._errors import CommandError


class _Role(StrEnum):
    PLANNER = "planner"
    MODERATOR = "moderator"
    ADMIN = "admin"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("grant")(_grant)


def _grant(
    role: Annotated[_Role, typer.Argument(help="What the person may do from now on.")],
    account: Annotated[int | None, typer.Option(help="The account's number.")] = None,
    email: Annotated[str | None, typer.Option(help="The account's e-mail address.")] = None,
    topic: Annotated[str | None, typer.Option(help="Only for this topic (its short name).")] = None,
) -> None:
    """Give an account a role, for one topic or for all."""
    if (account is None) == (email is None):
        raise typer.BadParameter("Name the account by --account or by --email.")
    typer.echo(asyncio.run(_run(role.value, account, email, topic)))


async def _run(role: str, account: int | None, email: str | None, topic: str | None) -> str:
    from backend.accounts.queries import accounts_by_email
    from backend.accounts.roles import grant_as_operator, parse_role, topic_by_slug
    from backend.platform.database import open_database
    from backend.platform.errors import DomainError
    from backend.platform.settings import get_settings

    settings = get_settings()
    async with open_database(settings):
        if email is not None:
            found = await accounts_by_email(settings.municipality, email)
            if len(found) != 1:
                raise CommandError("There is not exactly one account with that address; use --account.")
            account = found[0]
        topic_id = await topic_by_slug(settings.municipality, topic) if topic else None
        if topic and topic_id is None:
            raise CommandError(f"There is no topic called {topic}.")
        try:
            grant_id = await grant_as_operator(
                settings.municipality, account or 0, parse_role(role), topic_id
            )
        except DomainError as error:
            raise CommandError(str(error)) from None
    return f"Account {account} has the role {role} (grant {grant_id})."
