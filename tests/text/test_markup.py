"""The small Markdown: what it makes, what it refuses, and what hostile text costs."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.text.markup import plain_text, render_markdown
from tests.growth import assert_linear

REL = 'rel="nofollow ugc noopener"'
ALLOWED = {"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "a", "code", "h3", "h4", "h5"}
TAG = re.compile(r"</?([a-z0-9]+)((?: [a-z]+=\"[^\"<>]*\")*)>")


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("Hei *du* og **dere**", "<p>Hei <em>du</em> og <strong>dere</strong></p>"),
        ("en\nto\n\ntre", "<p>en<br>to</p><p>tre</p>"),
        ("- a\n- b\n  - c", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
        ("3. tre\n4. fire", '<ol start="3"><li>tre</li><li>fire</li></ol>'),
        ("Så:\n- a", "<p>Så:</p><ul><li>a</li></ul>"),
        ("> sitat", "<blockquote><p>sitat</p></blockquote>"),
        ("`a < b`", "<p><code>a &lt; b</code></p>"),
        ("# En\n\n### To", "<h3>En</h3><h4>To</h4>"),
        ("[her](https://example.org/a?b=1)", f'<p><a href="https://example.org/a?b=1" {REL}>her</a></p>'),
        ("<http://example.org>", f'<p><a href="http://example.org" {REL}>http://example.org</a></p>'),
        (
            "Se https://example.org/a_b_c.",
            f'<p>Se <a href="https://example.org/a_b_c" {REL}>https://example.org/a_b_c</a>.</p>',
        ),
        ("", ""),
    ],
)
def test_what_it_makes(source: str, html: str) -> None:
    assert render_markdown(source).replace("\n", "") == html


@pytest.mark.parametrize(
    "source",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,x)",
        "[x](/relativ)",
        "[x](//example.org)",
        "[x](https://baerum.kommune.no@example.org)",
        "<mailto:a@example.org>",
        "`https://example.org`",
        "[x]\n\n[x]: /relativ",
    ],
)
def test_what_becomes_no_link(source: str) -> None:
    assert "<a" not in render_markdown(source)


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![bilde](https://example.org/a.png)",
        '[a](https://example.org "tittel" onclick=x)',
        '[a](https://example.org/"onmouseover="x)',
        "<a href='javascript:x'>a</a>",
        "<!-- kommentar -->",
        "`</code><script>`",
    ],
)
def test_only_allowed_tags_and_attributes(source: str) -> None:
    _assert_safe(render_markdown(source))


def test_entities_stay_as_typed() -> None:
    assert render_markdown("&#x202e;&lt;b&gt;") == "<p>&amp;#x202e;&amp;lt;b&amp;gt;</p>\n"


@given(
    st.text(alphabet=st.sampled_from("ab *_`[]()<>!#>-1.\\&;:/\"'\n\t@htps\ud800\u202e\u0300é"), max_size=120)
)
def test_any_text_is_safe_and_raises_nothing(source: str) -> None:
    _assert_safe(render_markdown(source))
    plain_text(source)


def _assert_safe(html: str) -> None:
    rest = TAG.sub("", html)
    assert "<" not in rest
    for name, attributes in TAG.findall(html):
        assert name in ALLOWED
        for key, value in re.findall(r' ([a-z]+)="([^"]*)"', attributes):
            assert key in {"href", "rel", "start"}
            assert key != "href" or value.lower().startswith(("http://", "https://"))


def test_plain_text_is_the_words_alone() -> None:
    source = "# Tittel\n\nHei **du**, se [siden](https://example.org).\n\n- en\n- `to`\n\n> sitat <b>"
    assert plain_text(source) == "Tittel\nHei du, se siden.\nen\nto\nsitat <b>"


@pytest.mark.parametrize(
    "source", ["> " * 3_000 + "bunnen", "- " * 3_000 + "bunnen", ">- " * 2_000 + "bunnen"]
)
def test_text_nested_too_deep_is_not_lost(source: str) -> None:
    html = render_markdown(source)
    assert "bunnen" in html
    assert "bunnen" in plain_text(source)
    assert html.count("<blockquote>") + 2 * html.count("<ul>") <= 7


@pytest.mark.parametrize(
    "piece",
    [
        "a", ">", "> ", "- ", ">- ", "1. ", "# ", "[", "![", "[a](", "](", "[<", "[*", "[a](<", '[a](b "',
        "*", "*a", "**a *", "_a", "`a", "<", "<http:", "&", "\\", "\n", " ", "\t", "https://",
        "- a\n", "> a\n", "> - a\n",
    ],
)  # fmt: skip
def test_hostile_input_takes_linear_time(piece: str) -> None:
    assert_linear(lambda length: render_markdown(piece * (length // len(piece))), 10_000)


def test_quotes_over_many_lazy_lines_take_linear_time() -> None:
    assert render_markdown(">" * 50 + "a\n" + "b\n" * 5_000).count("b") >= 5_000
    assert_linear(lambda lines: render_markdown(">" * 50 + "a\n" + "b\n" * lines), 5_000)
