"""One function per field of an object type: read, complete, put into the answer."""

from typing import Any

from graphql import is_non_null_type

from api.compiled.completers import Step
from api.compiled.frames import Frame
from api.compiled.readers import Reader
from api.compiled.run import Completer, Run
from api.compiled.site import Site


def name_step(site: Site) -> Step:
    """`__typename`: known ahead."""
    key, name = site.key, site.parent.name

    def step(_source: Any, _run: Run, _above: Frame | None, answer: dict[str, Any]) -> None:
        answer[key] = name

    return step


def leaf_attribute_step(site: Site, attribute: str, complete: Completer, unchanged: type | None) -> Step:
    """A scalar read off the object: no frame is made unless something is unusual about the value."""
    key, parent, nodes, nullable = (
        site.key,
        site.parent.name,
        site.nodes,
        not is_non_null_type(site.field.type),
    )

    def step(source: Any, run: Run, above: Frame | None, answer: dict[str, Any]) -> None:
        try:
            value = getattr(source, attribute)
            if type(value) is unchanged:
                answer[key] = value
            else:
                answer[key] = complete(value, run, (above, key, parent, answer, nullable))
        except Exception as error:
            answer[key] = None
            run.fail(error, nodes, (above, key, parent, answer, nullable))

    return step


def attribute_step(site: Site, attribute: str, complete: Completer) -> Step:
    """An object or list read off the object."""
    key, parent, nodes, nullable = (
        site.key,
        site.parent.name,
        site.nodes,
        not is_non_null_type(site.field.type),
    )

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
    key, parent, nodes, nullable = (
        site.key,
        site.parent.name,
        site.nodes,
        not is_non_null_type(site.field.type),
    )

    def step(source: Any, run: Run, above: Frame | None, answer: dict[str, Any]) -> None:
        frame = (above, key, parent, answer, nullable)
        try:
            answer[key] = complete(read(source, run, frame), run, frame)
        except Exception as error:
            answer[key] = None
            run.fail(error, nodes, frame)

    return step
