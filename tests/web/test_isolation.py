"""Names and titles that run from right to left stay in their place: in every template, by one filter."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from jinja2 import nodes

from web.page.isolation import isolated, isolated_text
from web.page.rendering import TEMPLATES, environment

PEOPLES_OWN = {"displayName", "title", "subjectLabel"}
# What a login provider is called is the municipality's, and one line of it.
OURS = {"provider.title"}
SAFE = {"bdi", "bdi_text", "urlencode"}
HEBREW, ARABIC = "\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627"
TEMPLATE_NAMES = sorted(
    path.relative_to(TEMPLATES).as_posix()
    for path in TEMPLATES.rglob("*.*")
    if path.suffix in {".html", ".xml"}
)


def _shown(
    node: nodes.Node, filters: frozenset[str] = frozenset()
) -> Iterator[tuple[str, int, frozenset[str]]]:
    """What people wrote that comes out of an expression, its line and the filters it passes."""
    if isinstance(node, nodes.Getattr) and node.attr in PEOPLES_OWN:
        name = f"{node.node.name}.{node.attr}" if isinstance(node.node, nodes.Name) else node.attr
        if name not in OURS:
            yield name, node.lineno, filters
    elif isinstance(node, nodes.Filter):
        if node.node is not None:
            yield from _shown(node.node, filters | {node.name})
    else:
        for child in _parts(node):
            yield from _shown(child, filters)


def _parts(node: nodes.Node) -> Iterator[nodes.Node]:
    """What of an expression may come out of it."""
    if isinstance(node, nodes.CondExpr):
        yield from (branch for branch in (node.expr1, node.expr2) if branch is not None)
    elif isinstance(node, nodes.Call):
        # Macros are looked at where they write what they are given; gettext writes it itself.
        if isinstance(node.node, nodes.Name) and node.node.name in {"gettext", "ngettext", "_"}:
            yield from node.iter_child_nodes()
    elif not isinstance(node, nodes.Compare | nodes.Test | nodes.Not):
        yield from node.iter_child_nodes()


def _faults(source: str, *, is_feed: bool = False) -> list[str]:
    tree = environment("nb").parse(source)
    titles = {
        id(output)
        for block in tree.find_all(nodes.Block)
        if block.name == "title"
        for output in _outputs(block)
    }
    faults, before = [], ""
    for output in _outputs(tree):
        for part in output.nodes:
            if isinstance(part, nodes.TemplateData):
                before = (before + part.data)[-2000:]
                continue
            in_tag = before.rfind("<") > before.rfind(">") or before.rstrip().endswith("<title>")
            for name, line, filters in _shown(part):
                filter_name = "bdi_text" if is_feed or in_tag or id(output) in titles else "bdi"
                if not filters & SAFE or ("bdi" in filters and filter_name == "bdi_text"):
                    faults.append(f"line {line}: {name} wants | {filter_name}")
    return faults


def _outputs(tree: nodes.Node) -> Iterator[nodes.Output]:
    yield from tree.find_all(nodes.Output)


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_a_template_isolates_every_name_and_title(name: str) -> None:
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    assert _faults(source, is_feed=name.endswith(".xml")) == []


@pytest.mark.parametrize(
    ("source", "filter_name"),
    [
        ("<p>{{ proposal.title }}</p>", "bdi"),
        ("<p>{{ a.b.displayName or 'x' }}</p>", "bdi"),
        ("{% trans name=author.displayName %}Hei, {{ name }}{% endtrans %}", "bdi"),
        ("{% macro m(x) %}{% if x %}{{ x.title | upper }}{% endif %}{% endmacro %}", "bdi"),
        ('<a title="{{ proposal.title | bdi }}">', "bdi_text"),
        ("{% block title %}{{ proposal.title | bdi }}{% endblock %}", "bdi_text"),
    ],
)
def test_the_walk_finds_what_is_not_isolated(source: str, filter_name: str) -> None:
    (fault,) = _faults(source)
    assert fault.endswith(f"wants | {filter_name}")


@pytest.mark.parametrize("text", [HEBREW, f"Nei {ARABIC}", "\U0001e900", "\u07ca", f"{HEBREW} (12)"])
def test_what_runs_back_is_isolated(text: str) -> None:
    assert isolated(text) == f"<bdi>{text}</bdi>"
    assert isolated_text(text) == f"\u2068{text}\u2069"


@pytest.mark.parametrize("text", ["Gågate i Sandvika", "", "Привет 😀", "学校", None, 7])
def test_what_runs_forward_stays_as_it_is(text: object) -> None:
    assert isolated(text) is text
    assert isolated_text(text) is text


def test_isolating_does_not_let_markup_in() -> None:
    assert isolated(f"<b>{HEBREW}") == f"<bdi>&lt;b&gt;{HEBREW}</bdi>"
    made = environment("nb").from_string('{{ x | bdi }}<a title="{{ x | bdi_text }}">')
    assert "<b>" not in made.render(x=f'<b>"{HEBREW}')


def _macro(call: str, **values: object) -> str:
    source = f'{{% import "layout/parts.html" as parts with context %}}{{{{ parts.{call} }}}}'
    return environment("nb").from_string(source).render(language="nb", **values).strip()


def test_names_are_isolated_with_their_badge_outside() -> None:
    author = {"displayName": HEBREW, "hasLeft": False, "isStaff": True}
    shown = _macro("author_name(author)", author=author)
    assert shown.startswith(f"<bdi>{HEBREW}</bdi> <span")
    assert "Ansatt i kommunen" in shown
    assert _macro("author_name(author, badge=false)", author=author) == f"<bdi>{HEBREW}</bdi>"
    assert _macro("author_name(author)", author={**author, "isStaff": False}) == f"<bdi>{HEBREW}</bdi>"
    assert _macro("author_name(author)", author={**author, "hasLeft": True}) == "Tidligere bruker"
    proposal = {"author": author, "source": None}
    assert _macro("proposal_author(proposal, plain=true)", proposal=proposal) == f"\u2068{HEBREW}\u2069"


def test_the_way_here_isolates_titles() -> None:
    shown = _macro("breadcrumbs([('/a', title)], title)", title=HEBREW)
    assert len(re.findall(f"<bdi>{HEBREW}</bdi>", unescape(shown))) == 2
