"""What an import tells on the screen."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from backend.imports.errors import RowError
    from backend.imports.outcome import ImportReport

_MOST_LINES = 50
_TITLES = {
    "rows_read": "rows read",
    "rows_refused": "rows refused",
    "rows_held_back": "rows held back with them",
    "proposals": "proposals to import",
    "created": "  created",
    "updated": "  updated",
    "unchanged": "  unchanged",
    "keys_settled": "repeated keys with differing values",
    "warnings": "rows to look at",
    "masked": "personal data masked",
    "states_kept": "states that differ and were kept",
    "links_without_target": "links without a target, left out",
}


def show_errors(errors: "Sequence[RowError]") -> None:
    """Every bad row with line, column and value on stderr; beyond fifty only how many more."""
    from backend.imports.outcome import error_json

    for error in errors[:_MOST_LINES]:
        fields = error_json(error)
        place = f"line {fields['line']}" + (f", {fields['column']}" if fields["column"] else "")
        value = f" {fields['value']!r}" if fields["value"] else ""
        typer.echo(f"{place}:{value} {fields['message']}", err=True)
    if len(errors) > _MOST_LINES:
        typer.echo(f"... and {len(errors) - _MOST_LINES} more; --report FILE keeps them all.", err=True)


def show_report(report: "ImportReport") -> None:
    """A table of the figures; those that are zero and would only say that nothing was wrong are left out."""
    figures = report.figures
    always = {"rows_read", "proposals", "created", "updated", "unchanged"}
    if report.dry_run:
        typer.echo("Nothing was written (--dry-run). It would be:")
    for name, title in _TITLES.items():
        if figures[name] or name in always:
            typer.echo(f"  {title:<36}{figures[name]:>9}")
    if figures["keys_settled"]:
        rule = report.plan.mapping.repeats
        typer.echo(
            f"Of rows that repeat a key with other values, the {rule} one won; --report FILE lists each case."
        )
    if report.plan.ignored_columns:
        typer.echo(f"Columns not used: {', '.join(report.plan.ignored_columns)}.")
    if report.seconds:
        typer.echo(f"{report.done} proposals in {report.seconds:.1f} s.")
