"""`samskap schema`: the API's schema in GraphQL's own language."""

import typer

from ops.commands._exec import become


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("schema")(_schema)


def _schema() -> None:
    """Print the API's schema (SDL); `make schema` keeps it."""
    become("api.schema")
