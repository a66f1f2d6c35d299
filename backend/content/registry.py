"""All kinds of content there are. An unknown one is an error."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from backend.content.kinds import Content, ContentKind, ContentRef, Discussion, RootKind, Summary
from backend.platform.authz import Actor
from backend.platform.database import fetch_value
from backend.platform.slices import contributions


@cache
def kinds() -> Mapping[str, ContentKind]:
    """Every kind by its name, in the order of `backend/slices.py`.

    Kinds stand on moderation and notifications, which ask for them.
    """
    found: tuple[ContentKind, ...] = contributions("content_kinds")
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


def root_kind(name: str) -> RootKind:
    """The kind of this name, which has pages of its own. Raises LookupError when there is none."""
    kind = kind_of(name)
    if not isinstance(kind, RootKind):
        raise LookupError(f"content of the kind {name} has no page of its own")
    return kind


async def state_of(municipality_id: int, ref: ContentRef | None) -> str | None:
    """How the content stands now; None without content, or when it is gone."""
    if ref is None:
        return None
    state: str | None = await fetch_value(
        f"SELECT state FROM ({kind_of(ref.kind).current_sql('$2')}) now", municipality_id, ref.id
    )
    return state


async def load_content(municipality_id: int, kind: str, content_id: int) -> Content | None:
    """The content, locked until the unit of work ends; None when it is gone."""
    return await kind_of(kind).load(municipality_id, content_id)


async def summaries_of(actor: Actor, refs: Iterable[ContentRef]) -> dict[ContentRef, Summary]:
    """Those of these, all with pages of their own, that the actor may know of; one statement for each kind."""
    return {
        summary.ref: summary
        for name, ids in _by_kind(refs).items()
        for summary in (await root_kind(name).summaries(actor, sorted(ids))).values()
    }


async def discussions_of(actor: Actor, refs: Iterable[ContentRef]) -> dict[ContentRef, Discussion]:
    """How the actor stands to what is written below those of these that they may see; one statement for each kind."""
    return {
        discussion.ref: discussion
        for name, ids in _by_kind(refs).items()
        for discussion in (await root_kind(name).discussions(actor, sorted(ids))).values()
    }


async def access_root(actor: Actor, ref: ContentRef) -> Summary:
    """The content, which has a page of its own, once the actor may know of it. Raises NotFound."""
    kind = root_kind(ref.kind)
    found = (await kind.summaries(actor, [ref.id])).get(ref.id)
    if found is None:
        raise kind.not_found.as_error()
    return found


def _by_kind(refs: Iterable[ContentRef]) -> dict[str, set[int]]:
    ids: dict[str, set[int]] = defaultdict(set)
    for ref in refs:
        ids[ref.kind].add(ref.id)
    return ids
