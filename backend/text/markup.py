"""A small Markdown for what people write: paragraphs, emphasis, lists, quotes, links, code, headings.

No images, no HTML, no entities (they could bring back characters that cleaning took away). The parser cannot
make anything else, and the sanitiser behind it lets nothing else through.
"""

from collections.abc import Iterator, Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, list_block
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from backend.text.clean import clean_text
from backend.text.links import address_end, reads_as_other_address, web_address
from backend.text.lists import lists_as_typed

__all__ = ["clean_text", "comparable_text", "plain_text", "render_markdown", "rendered_blocks"]

# Levels of quotes (one each) and lists (two each); deeper ones are shown as they were typed.
_MAX_DEPTH = 6
# The parser's own limit, where it drops text: kept out of reach of blocks by _MAX_DEPTH. It also bounds how
# often brackets are read again, so the work per character grows with it.
_MAX_NESTING = 8

# Marks what the author did not write.
_ADDED = {"added": True}
_LONGEST_SCHEME = len("https")
_BLOCKS = frozenset({"paragraph_close", "heading_close"})
_LIST_ENDS = frozenset({"ordered_list_close", "bullet_list_close"})


def render_markdown(source: str) -> str:
    """Safe HTML of `source`; tags p, br, em, strong, ul, ol, li, blockquote, a, code, h3 to h5 only.

    Links go to http and https only, with rel="nofollow ugc noopener". Never raises; linear in the length.
    """
    return _SANITISER.clean(_PARSER.render(clean_text(source, multiline=True)))


def plain_text(source: str) -> str:
    """The words of `source` without markup, a line for each paragraph, heading and list item with its number.

    Not HTML: escape it as any other text. Of a link only what it says stays.
    """
    return "".join(_plain(_PARSER.parse(clean_text(source, multiline=True)))).strip()


def comparable_text(source: str) -> str:
    """What `source` shows, for comparing with another: as plain_text, with where each link leads in brackets.

    A blank line stands between paragraphs, and a point before what is listed without numbers.
    """
    return "".join(_comparable(_PARSER.parse(clean_text(source, multiline=True)))).strip()


def _comparable(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield from _with_addresses(token.children or ())
        elif token.type in _BLOCKS:
            # What is hidden is a paragraph in a list whose items stand close together.
            yield "\n" if token.hidden else "\n\n"
        elif token.type == "list_item_open":
            yield f"{token.info}. " if token.info else "• "
        elif token.type in _LIST_ENDS:
            yield "\n"


def _with_addresses(children: Sequence[Token]) -> Iterator[str]:
    href, label = "", ""
    for token in children:
        shown = "".join(_plain([token]))
        label += shown
        if token.type == "link_open":
            href, label = str(token.attrs["href"]), ""
        elif token.type == "link_close" and _normalized(label) != href:
            shown = f" ({_PARSER.normalizeLinkText(href)})"
        yield shown


def rendered_blocks(cleaned: str) -> Iterator[tuple[str, int, int]]:
    """What each paragraph, heading and list item of a cleaned source shows, and where its lines begin and end.

    Without the addresses that are shown beside a link's own words.
    """
    lines = [0, *(at + 1 for at, sign in enumerate(cleaned) if sign == "\n"), len(cleaned)]
    for token in _PARSER.parse(cleaned):
        if token.type == "inline" and token.map and token.children:
            begin, end = token.map
            written = [child for child in token.children if not child.meta]
            yield "".join(_plain(written)), lines[begin], lines[min(end, len(lines) - 1)]


def _plain(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in _BLOCKS or token.type in {"softbreak", "hardbreak"}:
            yield "\n"
        elif token.type == "list_item_open" and token.info:
            yield f"{token.info}. "
        elif token.children is not None:
            yield from _plain(token.children)
        else:
            yield token.content


def _shallow_quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    return state.level < _MAX_DEPTH and blockquote(state, start, end, silent)


def _shallow_list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    return state.level < _MAX_DEPTH and list_block(state, start, end, silent)


def _lower_headings(state: StateCore) -> None:
    """The page's own headings are h1 and h2: the highest one used becomes h3, and no level is skipped."""
    used = sorted({token.tag for token in state.tokens if token.type == "heading_open"})
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{3 + min(used.index(token.tag), 2)}"


def _bare_address(state: StateInline, silent: bool) -> bool:
    """An address pasted as it is becomes a link, whole: nothing in it is emphasis. Not inside another link."""
    if state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    before = state.src[max(0, state.pos - _LONGEST_SCHEME - 1) : state.pos]
    scheme = before[-_LONGEST_SCHEME:] if before.lower().endswith("https") else before[-4:]
    end = address_end(state.src, state.pos + 1)
    if scheme.lower() not in {"http", "https"} or before[: -len(scheme)].isalnum() or end is None:
        return False
    shown = scheme + state.src[state.pos : end]
    href = _normalized(shown)
    if not _is_web_address(href):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme)]
        state.push("link_open", "a", 1).attrs = {"href": href}
        state.push("text", "", 0).content = shown
        state.push("link_close", "a", -1)
    state.pos = end
    return True


def _show_where_links_lead(state: StateCore) -> None:
    """A link that says another address than its own, or nothing, says its own."""
    for block in state.tokens:
        if block.type == "inline" and block.children and "](" in block.content:
            block.children = list(_honest(block.children))


def _honest(children: Sequence[Token]) -> Iterator[Token]:
    opened: Token | None = None
    label: list[Token] = []
    for token in children:
        if token.type == "link_open":
            opened, label = token, []
        elif opened is None:
            yield token
        elif token.type != "link_close":
            label.append(token)
        else:
            yield from _link(opened, label, token)
            opened = None


def _link(opened: Token, label: list[Token], closed: Token) -> Iterator[Token]:
    href = str(opened.attrs["href"])
    text = "".join(_plain(label))
    if text.strip() and not reads_as_other_address(text, href):
        yield from (opened, *label, closed)
        return
    address = Token("text", "", 0, content=_PARSER.normalizeLinkText(href), meta=_ADDED)
    if not text.strip():
        yield from (opened, address, closed)
        return
    yield from label
    yield Token("text", "", 0, content=" (", meta=_ADDED)
    yield from (opened, address, closed)
    yield Token("text", "", 0, content=")", meta=_ADDED)


def _normalized(url: str) -> str:
    """The address as an attribute holds it; what is no web address comes out as one that _is_web_address refuses."""
    address = web_address(url)
    return _NORMALIZE(address) if address else ""


def _is_web_address(url: str) -> bool:
    return web_address(url) is not None


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"maxNesting": _MAX_NESTING, "breaks": True})
    parser.enable(["blockquote", "list", "heading", "newline", "escape", "backticks"])
    parser.enable(["emphasis", "link", "autolink"])
    # "alt" names the blocks that a rule may interrupt; replacing a rule forgets what the library had there.
    parser.block.ruler.at("blockquote", _shallow_quote, {"alt": ["paragraph", "blockquote", "list"]})
    parser.block.ruler.at("list", _shallow_list, {"alt": ["paragraph", "blockquote"]})
    parser.core.ruler.push("lower_headings", _lower_headings)
    parser.core.ruler.after("block", "lists_as_typed", lists_as_typed)
    parser.core.ruler.push("show_where_links_lead", _show_where_links_lead)
    parser.inline.ruler.before("newline", "bare_address", _bare_address)
    # A plain function on the instance is how the library lets its users decide about links.
    parser.validateLink = _is_web_address  # type: ignore[method-assign]
    parser.normalizeLink = _normalized  # type: ignore[method-assign]
    return parser


_NORMALIZE = MarkdownIt("zero").normalizeLink
_PARSER = _make_parser()
_SANITISER = nh3.Cleaner(
    tags={"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "a", "code", "h3", "h4", "h5"},
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https"},
    url_relative="deny",
    link_rel="nofollow ugc noopener",
)
