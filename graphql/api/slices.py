"""The slices of the API, and what each exports from its `__init__.py`: names of classes, loaded when all are there.

QUERIES, MUTATIONS     classes that become part of the roots, as "module:Class"
CONTENT                the type of each kind of content that it has, by the kind's name
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import resolve_name
from typing import Any, Final

SLICES: Final = (
    "api.content",
    "api.topics",
    "api.proposals",
    "api.comments",
    "api.follows",
    "api.moderation",
    "api.accounts",
    "api.notifications",
    "api.imports",
    "api.administration",
)


def exported_classes(what: str) -> tuple[Any, ...]:
    """All classes that slices export under this name, in the order of slices."""
    return tuple(
        resolve_name(f"{name}.{place}") for name in SLICES for place in getattr(import_module(name), what, ())
    )


@cache
def content_places() -> Mapping[str, str]:
    """Where the type of each kind of content is, as "module:Class"; the class has the type's name."""
    return {
        kind: f"{name}.{place}"
        for name in SLICES
        for kind, place in getattr(import_module(name), "CONTENT", {}).items()
    }


def content_types() -> Mapping[str, str]:
    """The name of the type of each kind of content."""
    return {kind: place.rpartition(":")[2] for kind, place in content_places().items()}
