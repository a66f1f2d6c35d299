"""`samskap import`: take in what others have collected."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from backend.imports.errors import ImportRefused
    from backend.imports.outcome import ImportReport
    from backend.imports.plan import ImportPlan
    from backend.imports.schema import ImportMapping
    from backend.platform.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(help="Take in what others have collected.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("proposals")(_proposals)
    app.add_typer(group, name="import")


def _proposals(
    file: Annotated[Path, typer.Argument(help="CSV, JSON, GeoJSON or JSON Lines.")],
    mapping: Annotated[
        str | None,
        typer.Option(help="A mapping file, or the name of a shipped one; found by the header if not given."),
    ] = None,
    topic: Annotated[str | None, typer.Option(help="Slug of the topic for every row.")] = None,
    source: Annotated[str | None, typer.Option(help="Where the keys come from; the mapping's name.")] = None,
    create_topic: Annotated[
        bool, typer.Option("--create-topic", help="Create the topic if it ships with the mapping.")
    ] = False,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Import the sound proposals although others are bad.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would happen; write nothing.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="Write the whole report to this file, as JSON.")] = None,
) -> None:
    """Import proposals. Run it again to go on after a crash, or to take in what has changed.

    Exit code 1: bad rows, and nothing was imported. Personal data in the texts is masked and reported.
    """
    from backend.imports.errors import ImportRefused as Refused
    from ops.commands._data import with_database
    from ops.commands._import_summary import show_errors, show_report

    chosen = _mapping(file, mapping, topic=topic, source=source)
    plan = _read(file, chosen)

    async def work(settings: "Settings") -> "ImportReport | ImportRefused":
        from backend.imports.topics import create_topic as create

        slugs = sorted({row.topic for row in plan.proposals})
        if create_topic and not dry_run:
            for slug in slugs:
                await create(settings, slug)
        await _require_topics(settings, slugs)
        return await _import(settings, plan, file.name, skip_bad=skip_bad, dry_run=dry_run)

    outcome = with_database(work)
    if isinstance(outcome, Refused):
        show_errors(outcome.errors)
        _write(report, _refusal(plan, outcome))
        typer.echo(f"{file.name}: {len(outcome.errors)} errors; nothing was imported.", err=True)
        raise typer.Exit(1)
    show_errors([*outcome.errors, *outcome.warnings])
    show_report(outcome)
    _write(report, outcome.as_json())


def _mapping(file: Path, name: str | None, **constants: str | None) -> "ImportMapping":
    from backend.imports.mapping import load_mapping, mapping_for
    from backend.platform.errors import DomainError
    from ops.commands._data import sentence
    from ops.commands._errors import CommandError

    try:
        chosen = load_mapping(name) if name else mapping_for(file)
        return chosen.with_constants(**{field: text for field, text in constants.items() if text})
    except DomainError as error:
        raise CommandError(sentence(error)) from None


def _read(file: Path, mapping: "ImportMapping") -> "ImportPlan":
    from backend.imports.plan import read_proposals
    from backend.platform.errors import DomainError
    from ops.commands._data import sentence
    from ops.commands._errors import CommandError

    try:
        return read_proposals(file, mapping)
    except DomainError as error:
        raise CommandError(sentence(error)) from None


async def _require_topics(settings: "Settings", slugs: list[str]) -> None:
    """Raise CommandError for the first topic that is not there, saying what to type instead."""
    from backend.imports.topics import is_shipped
    from backend.topics.queries import topic_by_slug
    from ops.commands._errors import CommandError

    for slug in slugs:
        if await topic_by_slug(settings.municipality, slug, "nb") is None:
            remedy = "it comes with Samskap, so add --create-topic" if is_shipped(slug) else "make it first"
            raise CommandError(
                f"The topic {slug} is not there: {remedy}, or name one that is there with --topic SLUG."
            )


async def _import(
    settings: "Settings", plan: "ImportPlan", file_name: str, **choices: bool
) -> "ImportReport | ImportRefused":
    """The report, or the refusal as a value: it is told row by row rather than as one sentence."""
    from backend.imports.errors import ImportRefused as Refused
    from backend.imports.store import import_plan

    with typer.progressbar(length=len(plan.proposals), label=file_name) as bar:

        def on_progress(done: int, _total: int) -> None:
            bar.update(done - bar.pos)

        try:
            return await import_plan(settings, plan, file_name=file_name, on_progress=on_progress, **choices)
        except Refused as refused:
            return refused


def _refusal(plan: "ImportPlan", refused: "ImportRefused") -> dict[str, Any]:
    from backend.imports.outcome import error_json

    return {
        "source": plan.mapping.source,
        "sha256": plan.digest,
        "imported": False,
        "errors": [error_json(error) for error in refused.errors],
    }


def _write(path: Path | None, content: dict[str, Any]) -> None:
    if path is not None:
        path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
