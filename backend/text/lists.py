"""Lists whose numbers are those that were typed: dates, storeys, years and school years stay what they are."""

from collections.abc import Iterator, Sequence

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_LISTS = frozenset({"ordered_list_open", "bullet_list_open"})


def lists_as_typed(state: StateCore) -> None:
    """Make text of a list that would be shown otherwise than it was typed; before the inline parser.

    A list is one of `-` or `*`, or of numbers with a point that count upwards by one. `17. mai` alone, `3. 5. 7.`
    under one another, `1)`, `01.` and `+` are lines of text.
    """
    unlike = {
        id(token)
        for opened, items in _lists(state.tokens)
        if not _is_list(items)
        for token in (opened, *items)
    }
    if unlike:
        state.tokens = list(_as_text(state.tokens, unlike))


def _lists(tokens: Sequence[Token]) -> Iterator[tuple[Token, list[Token]]]:
    """Every list with the openings of its items."""
    open_lists: list[tuple[Token, list[Token]]] = []
    for token in tokens:
        if token.type in _LISTS:
            open_lists.append((token, []))
        elif token.type == "list_item_open":
            open_lists[-1][1].append(token)
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            yield open_lists.pop()


def _is_list(items: Sequence[Token]) -> bool:
    if items[0].markup in {"-", "*"}:
        return True
    begin = int(items[0].info or 0)
    counted = [str(begin + at) for at in range(len(items))]
    return items[0].markup == "." and len(items) > 1 and [item.info for item in items] == counted


def _as_text(tokens: Sequence[Token], unlike: set[int]) -> Iterator[Token]:
    """The tokens without what opens and closes these lists; each item begins with what was typed before it."""
    opened: list[bool] = []
    typed = ""
    for token in tokens:
        if token.nesting == 1:
            opened.append(id(token) in unlike)
        is_left_out = opened[-1] if opened else False
        if token.nesting == -1:
            opened.pop()
        if token.type == "list_item_open" and is_left_out:
            if typed:
                yield from _paragraph(typed, token)
            typed = token.info + token.markup
        elif is_left_out and token.nesting:
            if typed:
                yield from _paragraph(typed, token)
            typed = ""
        elif typed and token.type == "inline":
            token.content = f"{typed} {token.content}"
            typed = ""
            yield token
        else:
            if typed and token.type not in {"paragraph_open", "inline"}:
                yield from _paragraph(typed, token)
                typed = ""
            if token.type.startswith("paragraph_") and _directly_in(opened, token):
                # Short items hide their paragraphs; these are items no more.
                token.hidden = False
            yield token


def _directly_in(opened: Sequence[bool], token: Token) -> bool:
    """Whether what the paragraph stands in is left out."""
    around = opened[:-1] if token.nesting == 1 else opened
    return bool(around) and around[-1]


def _paragraph(text: str, near: Token) -> Iterator[Token]:
    yield Token("paragraph_open", "p", 1, block=True)
    yield Token("inline", "", 0, content=text, children=[], block=True, map=near.map)
    yield Token("paragraph_close", "p", -1, block=True)
