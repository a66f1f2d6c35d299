"""`samskap migrate`: bring the database up to date, or compare the models with the migrations."""

import asyncio
from typing import Annotated

import typer

from ops.commands._errors import CommandError


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("migrate")(_migrate)


def _migrate(
    check: Annotated[
        bool, typer.Option("--check", help="Touch nothing; fail when models and migrations differ.")
    ] = False,
    make: Annotated[
        bool,
        typer.Option("--make", help="Write a migration for the difference; read it before use."),
    ] = False,
) -> None:
    """Bring the database up to date: its tables and the municipality. Several at once wait for each other."""
    if check and make:
        raise typer.BadParameter("--check and --make exclude each other.")
    if check:
        _check()
    elif make:
        _make()
    else:
        _run()


def _run() -> None:
    from backend.platform.provision import provision
    from backend.platform.settings import get_settings

    try:
        asyncio.run(provision(get_settings()))
    except OSError as error:
        raise CommandError(f"The database of SAMSKAP_DATABASE_URL does not answer: {error}.") from None
    typer.echo("The database is up to date.")


def _check() -> None:
    from ops.commands._migrations import differences

    found = asyncio.run(differences())
    if found:
        typer.echo("The models have changed and no migration says so; run `make migrations`:", err=True)
        typer.echo("\n".join(found), err=True)
        raise typer.Exit(1)
    typer.echo("The migrations are in step with the models.")


def _make() -> None:
    from ops.commands._migrations import write

    written = asyncio.run(write())
    typer.echo("\n".join(written) if written else "The migrations are in step with the models.")
