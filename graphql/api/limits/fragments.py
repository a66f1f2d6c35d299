"""In which order fragments can be measured, so that each finds those it spreads already measured."""

from collections.abc import Iterable

from graphql import FragmentDefinitionNode, FragmentSpreadNode, SelectionSetNode


def spreads(selection_set: SelectionSetNode | None) -> set[str]:
    """Names of the fragments spread anywhere in a selection, not through other fragments."""
    found: set[str] = set()
    waiting = [selection_set]
    while waiting:
        current = waiting.pop()
        for selection in current.selections if current else ():
            if isinstance(selection, FragmentSpreadNode):
                found.add(selection.name.value)
            else:
                waiting.append(getattr(selection, "selection_set", None))
    return found


def measuring_order(fragments: dict[str, FragmentDefinitionNode]) -> list[str]:
    """Every fragment's name, those it spreads before it; a circle is cut where it closes.

    Without recursion: a chain of fragments may be longer than the interpreter's stack is deep.
    """
    uses = {name: spreads(fragment.selection_set) & fragments.keys() for name, fragment in fragments.items()}
    order: list[str] = []
    seen: set[str] = set()
    for root in fragments:
        waiting = [(root, False)]
        while waiting:
            name, used_are_done = waiting.pop()
            if used_are_done:
                order.append(name)
            elif name not in seen:
                seen.add(name)
                waiting.append((name, True))
                waiting.extend((used, False) for used in uses[name])
    return order


def unreached(roots: Iterable[SelectionSetNode], fragments: dict[str, FragmentDefinitionNode]) -> set[str]:
    """Fragments that no operation comes to: they are validated, though never executed."""
    left = set(fragments)
    waiting = [name for root in roots for name in spreads(root)]
    while waiting:
        name = waiting.pop()
        if name in left:
            left.discard(name)
            waiting.extend(spreads(fragments[name].selection_set))
    return left
