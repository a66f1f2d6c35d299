"""What `samskap dev` prints when everything runs: where things are, and who can log in."""

import json
import os
from importlib.resources import files
from pathlib import Path

from ops.commands._dev_environment import trial_address


def guide(home: Path, port: int) -> str:
    """The whole text, for a terminal."""
    base = os.environ["SAMSKAP_BASE_URL"]
    places = {
        "Pages": base,
        "GraphiQL": f"{base}/graphql",
        "Trial login": trial_address(port),
        "Mail sent": str(home / "mail"),
        "Other commands": "samskap import, export, recount, ... in this folder, in another terminal",
        "PostgreSQL": os.environ["SAMSKAP_DATABASE_URL"],
        "Figures": ", ".join(f"http://localhost:{number}/metrics" for number in range(port + 2, port + 6)),
    }
    lines = ["", "Samskap runs.", "", *(f"  {name:<14} {place}" for name, place in places.items())]
    lines += [
        "",
        f"Log in at {base} as one of these; all are invented:",
        "",
        *_people(),
        "",
        "Ctrl-C stops it.",
    ]
    return "\n".join(lines)


def _people() -> list[str]:
    source = files("backend").joinpath("topics", "seed", "people.json")
    people = json.loads(source.read_text(encoding="utf-8"))["people"]
    return [f"  {person['name']:<22} {person['kind']:<9} {person['note']}" for person in people]
