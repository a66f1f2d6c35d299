"""A small Markdown for what people write: paragraphs, emphasis, lists, quotes, links, code, headings.

No images, no HTML, no entities (they could bring back characters that cleaning took away). The parser cannot
make anything else, and the sanitiser behind it lets nothing else through.
"""

import re
from collections.abc import Iterator, Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, list_block
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from backend.text.clean import clean_text

__all__ = ["clean_text", "plain_text", "render_markdown"]

# Levels of quotes (one each) and lists (two each); deeper ones are shown as they were typed.
_MAX_DEPTH = 6
# The parser's own limit, where it drops text: kept out of reach of blocks by _MAX_DEPTH. It also bounds how
# often brackets are read again, so the work per character grows with it.
_MAX_NESTING = 8

_BARE_LINK = re.compile(r"https?://[^\s<>\"“”«»]+[^\s<>\"“”«».,:;!?')\]*_~]")
_BLOCKS = frozenset({"paragraph_close", "heading_close"})


def render_markdown(source: str) -> str:
    """Safe HTML of `source`; tags p, br, em, strong, ul, ol, li, blockquote, a, code, h3 to h5 only.

    Links go to http and https only, with rel="nofollow ugc noopener". Never raises; linear in the length.
    """
    return _SANITISER.clean(_PARSER.render(clean_text(source, multiline=True)))


def plain_text(source: str) -> str:
    """The words of `source` without markup, a line for each paragraph, heading and list item.

    Not HTML: escape it as any other text. Of a link only what it says stays.
    """
    return "".join(_plain(_PARSER.parse(clean_text(source, multiline=True)))).strip()


def _plain(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in _BLOCKS or token.type in {"softbreak", "hardbreak"}:
            yield "\n"
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


def _link_addresses(state: StateCore) -> None:
    """Addresses pasted as they are become links, except inside one."""
    for block in state.tokens:
        if block.type == "inline" and block.children and "://" in block.content:
            block.children = list(_linked(block.children))


def _linked(children: Sequence[Token]) -> Iterator[Token]:
    inside = 0
    for token in children:
        inside += token.nesting if token.type in {"link_open", "link_close"} else 0
        if inside or token.type != "text":
            yield token
        else:
            yield from _split_addresses(token)


def _split_addresses(text: Token) -> Iterator[Token]:
    at = 0
    for match in _BARE_LINK.finditer(text.content):
        if not _is_web_address(match[0]):
            continue
        yield Token("text", "", 0, content=text.content[at : match.start()])
        yield Token("link_open", "a", 1, attrs={"href": _PARSER.normalizeLink(match[0])})
        yield Token("text", "", 0, content=match[0])
        yield Token("link_close", "a", -1)
        at = match.end()
    yield Token("text", "", 0, content=text.content[at:])


def _is_web_address(url: str) -> bool:
    """Whether it goes to the web by a host in plain view: https://baerum.no@example.org does not."""
    scheme, _, rest = url.partition("://")
    return scheme.lower() in {"http", "https"} and "@" not in rest.partition("/")[0]


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"maxNesting": _MAX_NESTING, "breaks": True})
    parser.enable(["blockquote", "list", "heading", "newline", "escape", "backticks"])
    parser.enable(["emphasis", "link", "autolink"])
    # "alt" names the blocks that a rule may interrupt; replacing a rule forgets what the library had there.
    parser.block.ruler.at("blockquote", _shallow_quote, {"alt": ["paragraph", "blockquote", "list"]})
    parser.block.ruler.at("list", _shallow_list, {"alt": ["paragraph", "blockquote"]})
    parser.core.ruler.push("lower_headings", _lower_headings)
    parser.core.ruler.push("link_addresses", _link_addresses)
    # A plain function on the instance is how the library lets its users decide about links.
    parser.validateLink = _is_web_address  # type: ignore[method-assign]
    return parser


_PARSER = _make_parser()
_SANITISER = nh3.Cleaner(
    tags={"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "a", "code", "h3", "h4", "h5"},
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https"},
    url_relative="deny",
    link_rel="nofollow ugc noopener",
)
