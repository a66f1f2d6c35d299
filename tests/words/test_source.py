"""Which texts are found in source code."""

import ast

import pytest

from ops.message_sources import error_places, texts_in


def found(source: str) -> list[str | tuple[str, str]]:
    tree = ast.parse(source)
    return [(f.text, f.plural) if f.plural else f.text for f in texts_in(tree, error_places([tree]))]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('raise Invalid("code", "En tekst {n}.", field="x", n=1)', ["En tekst {n}."]),
        ('raise errors.NotFound("code", "Del én. " "Del to.")', ["Del én. Del to."]),
        ('Refusal("code", "Nei.", (("a", 1),), Conflict)', ["Nei."]),
        ('Refusal(code="code", message="Nei.")', ["Nei."]),
        ('a = _("En"); b = N_("To")', ["En", "To"]),
        ('translate(language, "Hei, {name}.", name=name)', ["Hei, {name}."]),
        ('ngettext("{count} sak", "{count} saker", n)', [("{count} sak", "{count} saker")]),
        ('OFF = "Avslått."\ntranslate(language, OFF)', ["Avslått."]),
        ('GOALS = {1: "Først", 2: "Så"}\ntranslate(language, GOALS[n])', ["Først", "Så"]),
        ('ROW_MESSAGES: Final = {"a": "Feil {n}."}', ["Feil {n}."]),
        ('class Broken(Invalid): ...\nclass Worse(Broken): ...\nraise Worse("c", "Verre.")', ["Verre."]),
        ('def no(code, message):\n    return Refusal(code, message)\nno("c", "Lukket.")', ["Lukket."]),
        (
            'class A:\n    def no(self, text):\n        raise Conflict("c", text)\nA().no("Opptatt.")',
            ["Opptatt."],
        ),
        ('log.error("not for people")\nother("code", "nor this")', []),
        ('raise Invalid("code only")', []),
    ],
)
def test_what_is_found(source, expected) -> None:
    assert found(source) == expected


@pytest.mark.parametrize("message", ['f"Hei {name}"', '"Hei " + name', '"Hei %s" % name'])
def test_a_text_put_together_on_the_spot_is_an_error(message) -> None:
    with pytest.raises(ValueError, match=r"line 2: the text of Conflict must be a plain literal"):
        found(f'name = "x"\nraise Conflict("code", {message})')
