"""`samskap serve`: the pages and the API."""

from typing import Annotated

import typer

from backend.platform.settings import get_settings
from ops.commands._exec import become


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("serve")(_serve)


def _serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; SAMSKAP_HOST if not given.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; SAMSKAP_PORT if not given.")] = None,
) -> None:
    """Serve /graphql, /health, login and exports until it is stopped; for more processes, start more."""
    get_settings()
    chosen = {"SAMSKAP_HOST": host, "SAMSKAP_PORT": port}
    become("web", environment={name: str(value) for name, value in chosen.items() if value is not None})
