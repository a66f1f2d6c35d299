"""The bounds themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may ask for; every figure is the largest that is still allowed.

    `max_cost` is in fields: what a request resolves when every list is as long as it may be.
    `costs` and `sizes` are keyed by "Type.field", where Type is the type that the field is selected on (an
    interface's field is declared under the interface): what resolving the field itself costs, and how many
    items a list without page arguments is assumed to hold.
    `max_repeats` bounds how often one name carries a selection in the document, because the rule that
    compares such fields takes time quadratic in their number. `max_comparisons` bounds what that rule may have to
    compare in all, leaves included: the sum of the squares of how often each name is selected.
    """

    max_characters: int = 20_000
    max_tokens: int = 2_000
    max_depth: int = 12
    max_aliases: int = 15
    max_directives: int = 50
    max_fragments: int = 50
    max_repeats: int = 50
    max_comparisons: int = 40_000
    max_list: int = 100
    max_cost: int = 10_000
    default_size: int = 10
    costs: Mapping[str, int] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
