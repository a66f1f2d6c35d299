"""One function per field of an object type: read, complete, put into the answer."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from operation_compiler.completers import Step
from operation_compiler.frames import Frame
from operation_compiler.kinds import kind_of
from operation_compiler.readers import Reader
from operation_compiler.run import Completer, Run
from operation_compiler.site import Site


def name_step(site: Site) -> Step:
    """`__typename`: known ahead."""
    key, name = site.key, site.parent.name

    def step(_source: Any, _run: Run, _above: Frame | None, answer: dict[str, Any]) -> None:
        answer[key] = name

    return step


class Leaf(NamedTuple):
    """A scalar read off the object: its place in the answer, and what to do with each type of value."""

    key: str
    attribute: str
    quick: "Quick"
    put: Callable[[Any, Run, Frame | None, dict[str, Any]], None]
    """Puts a value into the answer, whatever it is; raises where null may not stand."""


class Quick(dict[type, Callable[[Any], Any] | None]):
    """By type, what makes the answer of a value, None for those that are answered as they are; KeyError for a type
    whose values are unusual here."""

    def __init__(self, serialise: Callable[[Any], Any], unchanged: type | None, nullable: bool) -> None:
        super().__init__()
        self._serialise = serialise
        if unchanged is not None:
            self[unchanged] = None
        if nullable:
            self[type(None)] = None

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        if kind_of(kind):
            raise KeyError(kind)
        self[kind] = self._serialise
        return self._serialise


def leaf_attribute(
    site: Site, attribute: str, complete: Completer, serialise: Callable[[Any], Any], unchanged: type | None
) -> Leaf:
    """A leaf of the field; no frame is made unless something is unusual about the value."""
    key, parent, nodes, nullable = site.key, site.parent.name, site.nodes, site.is_nullable

    def put(value: Any, run: Run, above: Frame | None, answer: dict[str, Any]) -> None:
        frame = (above, key, parent, answer, nullable)
        try:
            answer[key] = complete(value, run, frame)
        except Exception as error:
            answer[key] = None
            run.fail(error, nodes, frame)

    return Leaf(key, attribute, Quick(serialise, unchanged, nullable), put)


def leaves_step(leaves: Sequence[Leaf]) -> Step:
    """Leaves that follow each other, read at once: nearly all of them are as usual."""
    places = tuple((leaf.key, leaf.quick) for leaf in leaves)
    read = attrgetter(*(leaf.attribute for leaf in leaves))

    def step(source: Any, run: Run, above: Frame | None, answer: dict[str, Any]) -> None:
        values: Any = None
        try:
            values = read(source) if len(places) > 1 else (read(source),)
            for (key, quick), value in zip(places, values, strict=True):
                make = quick[type(value)]
                answer[key] = value if make is None else make(value)
        except Exception:
            # Each on its own knows what an unusual value means, and where an error belongs.
            _one_by_one(leaves, source, values, run, above, answer)

    return step


def _one_by_one(
    leaves: Sequence[Leaf],
    source: Any,
    values: Sequence[Any] | None,
    run: Run,
    above: Frame | None,
    answer: dict[str, Any],
) -> None:
    for place, leaf in enumerate(leaves):
        leaf.put(_read(source, leaf) if values is None else values[place], run, above, answer)


def _read(source: Any, leaf: Leaf) -> Any:
    """The value, or the exception that reading it raised: a resolver may give one in place of a value, too."""
    try:
        return getattr(source, leaf.attribute)
    except Exception as error:
        return error


def attribute_step(site: Site, attribute: str, complete: Completer) -> Step:
    """An object or list read off the object."""
    key, parent, nodes, nullable = site.key, site.parent.name, site.nodes, site.is_nullable

    def step(source: Any, run: Run, above: Frame | None, answer: dict[str, Any]) -> None:
        frame = (above, key, parent, answer, nullable)
        try:
            answer[key] = complete(getattr(source, attribute), run, frame)
        except Exception as error:
            answer[key] = None
            run.fail(error, nodes, frame)

    return step


def resolver_step(site: Site, read: Reader, complete: Completer) -> Step:
    """A field with a resolver."""
    key, parent, nodes, nullable = site.key, site.parent.name, site.nodes, site.is_nullable

    def step(source: Any, run: Run, above: Frame | None, answer: dict[str, Any]) -> None:
        frame = (above, key, parent, answer, nullable)
        try:
            answer[key] = complete(read(source, run, frame), run, frame)
        except Exception as error:
            answer[key] = None
            run.fail(error, nodes, frame)

    return step
