"""The `samskap` command: finds the commands in `ops.commands` and tells errors in one sentence."""

import sys
from importlib import import_module
from pkgutil import iter_modules
from typing import NoReturn

import typer

from backend.platform.settings import SettingsError
from ops import commands
from ops.commands._dev_running import stopped_dev, use_running_dev
from ops.commands._errors import CommandError
from ops.embedded_server import EmbeddedError

USAGE_ERROR = 2


def make_app() -> typer.Typer:
    """The command with every subcommand there is, in alphabetical order."""
    app = typer.Typer(
        name="samskap",
        help="Samskap: where a municipality and its residents shape things together.",
        epilog="Settings come from the environment as SAMSKAP_… variables; backend/platform/settings.py lists them.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_before)
    for module in sorted(iter_modules(commands.__path__), key=lambda found: found.name):
        if not module.name.startswith("_"):
            import_module(f"{commands.__name__}.{module.name}").register(app)
    return app


def _before(context: typer.Context) -> None:
    use_running_dev(context.invoked_subcommand)


def main() -> None:
    """Run the command line; an error that people can mend is one sentence and exit code 2."""
    try:
        make_app()()
    except SettingsError as error:
        _refuse(f"{error}{stopped_dev()}")
    except (CommandError, EmbeddedError) as error:
        _refuse(str(error))


def _refuse(sentence: str) -> NoReturn:
    typer.echo(f"samskap: {sentence}", err=True)
    sys.exit(USAGE_ERROR)


if __name__ == "__main__":
    main()
