"""Figures of a selection, additive over its parts, so that every fragment is measured once."""

from typing import NamedTuple

# Nested fragments double a figure at every level: beyond this it only matters that it is too much.
CEILING = 10**9


class Measure(NamedTuple):
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

    def beside(self, other: "Measure") -> "Measure":
        """The two selected side by side."""
        return Measure(
            max(self.depth, other.depth),
            min(self.aliases + other.aliases, CEILING),
            min(self.directives + other.directives, CEILING),
            max(self.page, other.page),
            min(self.alone + other.alone, CEILING),
            min(self.fixed + other.fixed, CEILING),
            min(self.per_item + other.per_item, CEILING),
        )


def capped(figure: int) -> int:
    """The figure, or the ceiling when it is beyond it."""
    return min(figure, CEILING)
