"""`samskap export`: give out what is public."""

import sys
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from ops.commands._errors import CommandError

if TYPE_CHECKING:
    from backend.imports.stream import ExportFilter
    from backend.platform.settings import Settings


class _Format(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"
    GEOJSON = "geojson"


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(help="Give out what is public.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("proposals")(_proposals)
    app.add_typer(group, name="export")


def _proposals(
    format: Annotated[_Format, typer.Option(help="GeoJSON for maps, CSV for spreadsheets.")] = _Format.CSV,  # noqa: A002 -- the option's name
    topic: Annotated[str | None, typer.Option(help="Slug of the only topic to export.")] = None,
    source: Annotated[
        str | None, typer.Option(help="Only what this source brought, under the source's own keys.")
    ] = None,
    output: Annotated[Path, typer.Option(help="The file to write; - is the standard output.")] = Path("-"),
) -> None:
    """Export the public proposals. A file is complete or not there; a stream ends with its number of rows."""
    from ops.commands._data import with_database

    async def work(settings: "Settings") -> None:
        filters = await _filter(settings, topic, source)
        with _target(output) as stream:
            await _write(settings, filters, format.value, stream)

    try:
        with_database(work)
    except OSError as error:
        raise CommandError(f"The export could not be written to its end: {error.strerror}.") from None


def _target(output: Path) -> AbstractContextManager[BinaryIO]:
    from ops.commands._atomic_file import atomic_file

    return nullcontext(sys.stdout.buffer) if output == Path("-") else atomic_file(output)


async def _filter(settings: "Settings", topic: str | None, source: str | None) -> "ExportFilter":
    from backend.imports.stream import ExportFilter
    from backend.topics.queries import topic_by_slug

    if topic is None:
        return ExportFilter(source=source)
    found = await topic_by_slug(settings.municipality, topic, "nb")
    if found is None:
        raise CommandError(f"There is no topic {topic}.")
    return ExportFilter(found.id, source)


async def _write(settings: "Settings", filters: "ExportFilter", name: str, stream: BinaryIO) -> None:
    from contextlib import aclosing

    from backend.imports.export import encode
    from backend.imports.stream import EXPORT_COLUMNS, stream_proposals

    async with aclosing(stream_proposals(settings.municipality, filters)) as rows:
        async for chunk in encode(name, rows, EXPORT_COLUMNS):
            stream.write(chunk)
    stream.flush()
