"""Finding content of whatever kind: by words, and by what says much the same."""

from collections.abc import Iterable, Sequence

from backend.content.kinds import ContentRef, RootKind
from backend.content.registry import kinds
from backend.text.similarity import Match


async def matching_content(
    municipality_id: int, words: str, language: str, *, limit: int
) -> list[ContentRef]:
    """What everybody may see and has all these words, the best match first, whatever kind it is of."""
    found = [
        (kind, await kind.matching(municipality_id, words, language, limit=limit)) for kind in _with_pages()
    ]
    return _best(found, limit)


async def similar_content(municipality_id: int, title: str, body: str, *, limit: int) -> list[ContentRef]:
    """What everybody may see and says much the same, the most alike first, whatever kind it is of."""
    found = [(kind, await kind.similar(municipality_id, title, body, limit=limit)) for kind in _with_pages()]
    return _best(found, limit)


def _with_pages() -> list[RootKind]:
    return [kind for kind in kinds().values() if isinstance(kind, RootKind)]


def _best(found: Iterable[tuple[RootKind, Sequence[Match]]], limit: int) -> list[ContentRef]:
    scored = [(match.score, ContentRef(kind.name, match.id)) for kind, matches in found for match in matches]
    return [ref for _, ref in sorted(scored, key=lambda each: (-each[0], each[1]))[:limit]]
