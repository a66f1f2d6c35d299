"""`samskap demo`: invented content to try the platform with, where people are invented too."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from backend.platform.settings import Settings
    from ops.demo.seeding import Seeded


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("demo")(_demo)


def _demo() -> None:
    """Store invented proposals, comments and people, once; refused outside dev and test."""
    from ops.commands._data import with_database

    async def work(settings: "Settings") -> "Seeded | None":
        from ops.demo.seeding import seed_demo

        return await seed_demo(settings)

    typer.echo(seed_summary(with_database(work)))


def seed_summary(seeded: "Seeded | None") -> str:
    """What came of it, as a line."""
    if seeded is None:
        return "The demo content is there already."
    return f"{seeded.proposals} proposals, {seeded.comments} comments and {seeded.supports} supports are there now."
