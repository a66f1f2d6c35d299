"""Figures of a selection, additive over its parts, so that every fragment is measured once."""

from dataclasses import dataclass

# Nested fragments double a figure at every level: beyond this it only matters that it is too much.
CEILING = 10**9


@dataclass(frozen=True, slots=True)
class Measure:
    """What a selection amounts to with its fragments spelled out.

    A selection's cost depends on the list it stands in, and a fragment may stand in several. Below a
    connection that is asked for n items, the lists directly beneath (`edges`, `nodes`) hold n items each, so
    the cost is `fixed + per_item * n`; everywhere else it is `alone`.
    `page` is the largest page asked for.
    """

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    page: int = 0
    alone: int = 0
    fixed: int = 0
    per_item: int = 0

    def __add__(self, other: "Measure") -> "Measure":
        """The two selected side by side."""
        return Measure(
            depth=max(self.depth, other.depth),
            aliases=capped(self.aliases + other.aliases),
            directives=capped(self.directives + other.directives),
            page=max(self.page, other.page),
            alone=capped(self.alone + other.alone),
            fixed=capped(self.fixed + other.fixed),
            per_item=capped(self.per_item + other.per_item),
        )


def capped(figure: int) -> int:
    """The figure, or the ceiling when it is beyond it."""
    return min(figure, CEILING)
