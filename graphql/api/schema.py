"""Assembles the slices into one schema; no logic.

`python -m api.schema` prints the SDL; `--write` stores it and the manifest of trusted documents where their
snapshots are kept, `--check` compares.
"""

import argparse
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, Final

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from api.errors import PROBLEMS
from api.fields import require_scopes
from api.manifest import MANIFEST, manifest_text
from api.root import NodeQueries
from api.scalars import SCALARS
from api.subscriptions import Subscriptions

SLICES: Final = (
    "topics",
    "proposals",
    "comments",
    "follows",
    "moderation",
    "accounts",
    "notifications",
    "imports",
    "administration",
)
"""Each says in its `__init__.py` which queries and mutations it has, as module and class: loaded when all are there."""
SNAPSHOT = Path(__file__).parents[1] / "schema.graphql"


def _exported(what: str) -> tuple[type, ...]:
    """The classes that slices export as QUERIES or MUTATIONS, in the order of slices."""
    return tuple(
        resolve_name(f"api.{name}.{place}")
        for name in SLICES
        for place in getattr(import_module(f"api.{name}"), what, ())
    )


Query = merge_types("Query", (NodeQueries, *_exported("QUERIES")))
MUTATIONS = _exported("MUTATIONS")
require_scopes(MUTATIONS)
Mutation = merge_types("Mutation", MUTATIONS)
Subscription = merge_types("Subscription", (Subscriptions,))

schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=PROBLEMS,
    config=StrawberryConfig(auto_camel_case=True, scalar_map=SCALARS),
)


def sdl() -> str:
    """The schema in GraphQL's own words."""
    return schema.as_str() + "\n"


def introspection() -> dict[str, Any]:
    """The schema as the introspection query answers."""
    return schema.introspect()


def stale_snapshots() -> list[str]:
    """The names of the files that no longer say what the schema and the trusted documents are."""
    return [path.name for path, text in _snapshots().items() if not path.exists() or path.read_text() != text]


def _snapshots() -> dict[Path, str]:
    return {SNAPSHOT: sdl(), MANIFEST: manifest_text(schema._schema)}


def main(arguments: list[str] | None = None) -> int:
    """Print, write or check the SDL and the manifest; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m api.schema", description="The API's schema as SDL.")
    parser.add_argument("--write", action="store_true", help="store the snapshots")
    parser.add_argument("--check", action="store_true", help="fail when a snapshot is stale")
    chosen = parser.parse_args(arguments)
    if chosen.write:
        for path, text in _snapshots().items():
            path.write_text(text)
    elif chosen.check:
        if stale := stale_snapshots():
            sys.stderr.write(f"{', '.join(stale)}: stale. Run `make schema` and look at the difference.\n")
            return 1
    else:
        sys.stdout.write(sdl())
    return 0


if __name__ == "__main__":
    sys.exit(main())
