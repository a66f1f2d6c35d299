"""All kinds of content there are. An unknown one is an error."""

from collections.abc import Mapping
from functools import cache

from backend.content.kinds import Content, ContentKind
from backend.platform.slices import contributions


@cache
def kinds() -> Mapping[str, ContentKind]:
    """Every kind by its name, in the order of `backend/slices.py`.

    Kinds stand on moderation and notifications, which ask for them.
    """
    found: tuple[ContentKind, ...] = contributions("CONTENT_KINDS")
    by_name = {kind.name: kind for kind in found}
    if len(by_name) != len(found):
        raise ValueError("two kinds of content have one name")
    return by_name


def kind_of(name: str) -> ContentKind:
    """The kind of this name. Raises LookupError when there is none."""
    try:
        return kinds()[name]
    except KeyError:
        raise LookupError(f"no kind of content is called {name}") from None


async def load_content(municipality_id: int, kind: str, content_id: int) -> Content | None:
    """The content, locked until the unit of work ends; None when it is gone."""
    return await kind_of(kind).load(municipality_id, content_id)
