"""`samskap recount`: prove the counts from what people did."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from backend.platform.settings import Settings
    from backend.proposals.counting import Drift
    from backend.proposals.restore_supports import Restored


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("recount")(_recount)


def _recount(
    repair: Annotated[bool, typer.Option("--repair", help="Set right what is wrong.")] = False,
    after_restore: Annotated[
        bool, typer.Option("--after-restore", help="After pg_restore: count anew what was restored.")
    ] = False,
) -> None:
    """Compare the stored counts of supports and comments with their ledgers. Exit code 1: some differed."""
    if after_restore:
        _count_restored()
        return
    from ops.commands._data import with_database

    async def work(settings: "Settings") -> "list[Drift]":
        from backend.proposals.counting import recount

        return await recount(settings.municipality, repair=repair)

    drifts = with_database(work)
    for drift in drifts:
        typer.echo(
            f"proposal {drift.proposal_id}: {drift.subject} stored {drift.stored}, derived {drift.derived}"
        )
    if not drifts:
        typer.echo("Every count agrees with its ledger.")
        return
    typer.echo(f"{len(drifts)} counts differed{' and were set right' if repair else ''}.", err=True)
    raise typer.Exit(1)


def _count_restored() -> None:
    from ops.commands._data import with_database

    async def work(settings: "Settings") -> "Restored":
        from backend.proposals.restore_supports import recount_restored

        return await recount_restored(settings.municipality)

    found = with_database(work, as_owner=True)
    typer.echo(f"{found.events} supports marked as restored; {found.proposals} proposals had another count.")
