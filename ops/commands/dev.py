"""`samskap dev`: everything on one machine, from an empty folder to a page one can log in to."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("dev")(_dev)


def _dev(
    port: Annotated[
        int,
        typer.Option(
            envvar="SAMSKAP_PORT", min=1, max=65000, help="Port of the pages; the next five are used too."
        ),
    ] = 8000,
    home: Annotated[
        Path, typer.Option(envvar="SAMSKAP_HOME", help="Folder that keeps the database, mail and secrets.")
    ] = Path(".samskap"),
    demo: Annotated[
        bool,
        typer.Option("--demo/--no-demo", help="Fill an empty place with invented proposals and comments."),
    ] = True,
) -> None:
    """Run PostgreSQL, Redis, the pages, the workers and a trial login here, until Ctrl-C."""
    from ops.commands._dev_environment import make_environment
    from ops.commands._dev_ground import hold, require_free_ports, require_python
    from ops.embedded_server import make_home

    require_python()
    home = make_home(home)
    with hold(home):
        require_free_ports(port)
        os.environ.update(make_environment(home, port))
        # Takes a second to import, and a refusal should not wait for it.
        from ops.commands._dev_run import run

        raise typer.Exit(asyncio.run(run(home, port, demo=demo)))
