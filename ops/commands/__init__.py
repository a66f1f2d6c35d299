"""The commands of `samskap`, one file each.

A module here offers `register(app: typer.Typer) -> None` and imports what it needs inside its command, so
that `samskap --help` stays quick. Modules whose name starts with an underscore are helpers.
"""
