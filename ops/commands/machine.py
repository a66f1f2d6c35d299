"""`samskap machine`: which organisations' machines may call the API, with tokens from Maskinporten."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from backend.platform.settings import Settings

_Organisation = Annotated[
    str, typer.Argument(metavar="ORGNO", help="The organisation's number, nine digits.")
]


class _Role(StrEnum):
    PLANNER = "planner"
    MODERATOR = "moderator"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    group = typer.Typer(
        help="Let machines of other organisations in, or shut them out.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("add")(_add)
    group.command("end")(_end)
    app.add_typer(group, name="machine")


def _add(
    organisation: _Organisation,
    name: Annotated[str, typer.Option(help="What to call it, 1 to 80 characters.")],
    scope: Annotated[
        list[str],
        typer.Option(help="What its tokens may be used for: read, write, export, moderate, plan. Repeat it."),
    ],
    role: Annotated[
        list[_Role] | None, typer.Option(help="What it may do beyond a resident, in all topics. Repeat it.")
    ] = None,
) -> None:
    """Let an organisation's machines in; again, it sets name and scopes anew."""
    from ops.commands._data import with_database

    async def work(settings: "Settings") -> str:
        from backend.accounts.machine import full_scopes, register_machine_client
        from backend.accounts.roles import parse_role

        scopes = full_scopes(settings, scope)
        roles = [parse_role(each.value) for each in role or ()]
        account = await register_machine_client(settings.municipality, organisation, name, scopes, roles)
        return f"{organisation} is account {account}, with the scopes {', '.join(scopes)}."

    typer.echo(with_database(work))


def _end(organisation: _Organisation) -> None:
    """Shut an organisation's machines out, at once."""
    from ops.commands._data import with_database

    async def work(settings: "Settings") -> None:
        from backend.accounts.machine import end_machine_client

        await end_machine_client(settings.municipality, organisation)

    with_database(work)
    typer.echo(f"{organisation} is shut out.")
