"""The small Markdown: what it makes, what it refuses, and what hostile text costs."""

import re
from html import unescape
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.text.markup import comparable_text, plain_text, render_markdown
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
        ("17. mai feires.\n20. mai rydder vi.", "<p>17. mai feires.</p><p>20. mai rydder vi.</p>"),
        ("17. mai feires.", "<p>17. mai feires.</p>"),
        ("3. klasse\n5. klasse\n7. klasse", "<p>3. klasse</p><p>5. klasse</p><p>7. klasse</p>"),
        ("2. etasje\n\n1. etasje", "<p>2. etasje</p><p>1. etasje</p>"),
        ("1) en\n2) to", "<p>1) en</p><p>2) to</p>"),
        ("01. en\n02. to", "<p>01. en</p><p>02. to</p>"),
        ("Så:\n1. en\n1. to", "<p>Så:</p><p>1. en</p><p>1. to</p>"),
        ("+ 5 grader\n+ 6 grader", "<p>+ 5 grader</p><p>+ 6 grader</p>"),
        ("- a\n  1. en\n  3. tre", "<ul><li>a<p>1. en</p><p>3. tre</p></li></ul>"),
        ("17. - a\n20. # b", "<p>17.</p><ul><li>a</li></ul><p>20.</p><h3>b</h3>"),
        ("1.\n3.", "<p>1.</p><p>3.</p>"),
        ("3. a\n   1. b\n   2. c\n5. d", "<p>3. a</p><ol><li>b</li><li>c</li></ol><p>5. d</p>"),
        ("1. a\n   - b\n2. c", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
    ],
)
def test_what_it_makes(source: str, html: str) -> None:
    assert render_markdown(source).replace("\n", "") == html


@pytest.mark.parametrize(
    "typed",
    [
        "17. mai\n20. mai",
        "1. en\n2. to",
        "1) en\n2) to",
        "2024. Da\n2025. Nå",
        "- a",
        "4. etasje",
        "3. a\n4. b\n6. c",
    ],
)
def test_numbers_stay_in_plain_text(typed: str) -> None:
    assert plain_text(typed) == typed.removeprefix("- ")


@pytest.mark.parametrize(
    ("source", "addresses"),
    [
        ("https://no.wikipedia.org/wiki/Ring_(vei)", ["https://no.wikipedia.org/wiki/Ring_(vei)"]),
        ("(se https://no.wikipedia.org/wiki/Ring_(vei)).", ["https://no.wikipedia.org/wiki/Ring_(vei)"]),
        ("https://a.no/*b*/c og *d*", ["https://a.no/*b*/c"]),
        ("**https://a.no/b**", ["https://a.no/b"]),
        ("https://a.no/b… og https://a.no/c’", ["https://a.no/b", "https://a.no/c"]),
        ("«https://a.no/L’Aquila»", ["https://a.no/L’Aquila"]),
        ("Https://a.no og HTTPS://a.no/B", ["Https://a.no", "HTTPS://a.no/B"]),
        ("https://a.no/b_c_d?e=[1]&f=2#g!", ["https://a.no/b_c_d?e=[1]&f=2#g"]),
        ("https://a.no,https://b.no", ["https://a.no,https://b.no"]),
        ("https://a.no:8080/b", ["https://a.no:8080/b"]),
        ("xhttps://a.no http:// https://@a.no https://a.no@b.no https://xn--a.no", []),
    ],
)
def test_a_pasted_address_is_a_link_to_all_of_it(source: str, addresses: list[str]) -> None:
    html = render_markdown(source)
    assert [unescape(text) for text in re.findall(r"<a [^>]*>([^<]*)</a>", html)] == addresses
    hrefs = [unquote(unescape(href)) for href in re.findall(r'href="([^"]*)"', html)]
    assert [href.lower() for href in hrefs] == [address.lower() for address in addresses]


@pytest.mark.parametrize("host", ["blåbær.no", "BLÅBÆR.no", "bla\u030abær.no", "xn--blbr-roah.no"])
def test_hosts_with_norwegian_letters_lead_there(host: str) -> None:
    for source in (f"https://{host}/å", f"[her](https://{host}/å)", f"<https://{host}/å>"):
        assert f'<a href="https://xn--blbr-roah.no/%C3%A5" {REL}>' in render_markdown(source)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("[https://a.no](https://b.no)", "https://a.no (>https://b.no<)"),
        ("[www.a.no](https://b.no/c)", "www.a.no (>https://b.no/c<)"),
        ("[**baerum.kommune.no**](https://b.no)", "<strong>baerum.kommune.no</strong> (>https://b.no<)"),
        ("[se bærum.no her](https://b.no)", "se bærum.no her (>https://b.no<)"),
        ("[a.no.b.no](https://a.no)", "a.no.b.no (>https://a.no<)"),
        ("[](https://b.no/å)", ">https://b.no/å<"),
        ("[https://a.no](https://www.a.no/b)", ">https://a.no<"),
        ("[a.no](https://sak.a.no)", ">a.no<"),
        ("[les mer i vedlegg.pdf](https://b.no)", ">les mer i vedlegg.pdf<"),
    ],
)
def test_a_link_does_not_pass_for_another(source: str, shown: str) -> None:
    assert shown in re.sub(
        r"<a [^>]*>|</a>", lambda tag: ">" if tag[0][1] == "a" else "<", render_markdown(source)
    )


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
    assert "<a rel" not in html, "a link that leads nowhere"
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
        "- a\n", "> a\n", "> - a\n", "1. a\n", "1. a\n2. b\n", "1. - 1. a\n", "+ a\n", "https://a@", "https://a(",
        "https://å.no ", "[https://", "://", "[a.no](https://b.no)",
    ],
)  # fmt: skip
def test_hostile_input_takes_linear_time(piece: str) -> None:
    assert_linear(lambda length: render_markdown(piece * (length // len(piece))), 10_000)


def test_quotes_over_many_lazy_lines_take_linear_time() -> None:
    assert render_markdown(">" * 50 + "a\n" + "b\n" * 5_000).count("b") >= 5_000
    assert_linear(lambda lines: render_markdown(">" * 50 + "a\n" + "b\n" * lines), 5_000)


def test_what_is_compared_is_what_is_shown_and_where_links_lead() -> None:
    assert comparable_text("Vi **vil** ha [bru](https://a.no/x)\\!") == "Vi vil ha bru (https://a.no/x)!"
    assert comparable_text("Se https://a.no, [](https://b.no)") == "Se https://a.no, https://b.no"
    assert comparable_text("- en\n- to\n\n# Tittel\n\n17. mai") == "• en\n• to\n\nTittel\n\n17. mai"
    assert comparable_text("[bru](https://a.no)") != comparable_text("[bru](https://b.no)")
