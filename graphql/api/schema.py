"""Assembles the slices into one schema; no logic.

`python -m api.schema` prints the SDL; `--write` stores it and the manifest of trusted documents where their
snapshots are kept, `--check` compares.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from api.errors import PROBLEMS
from api.fields import require_scopes
from api.manifest import MANIFEST, manifest_text
from api.root import NodeQueries
from api.scalars import SCALARS
from api.slices import exported_classes
from api.subscriptions import Subscriptions

SNAPSHOT = Path(__file__).parents[1] / "schema.graphql"

Query = merge_types("Query", (NodeQueries, *exported_classes("QUERIES")))
MUTATIONS = exported_classes("MUTATIONS")
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
