"""Templates: one Jinja environment for each language, with its texts and its ways to write dates and numbers."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.datastructures import QueryParams

from api.node_ids import from_global_id
from backend.platform.i18n import LANGUAGES, translations
from web.page.assets import asset
from web.page.formats import Formats, is_past, iso_local
from web.page.isolation import isolated, isolated_text
from web.page.labels import LABELS, LANGUAGE_NAMES
from web.page.maps import map_data, map_labels, map_points

TEMPLATES = Path(__file__).parents[1] / "templates"


class _Environment(Environment):
    """Templates are given the API's answers, which are dictionaries: a name after a dot is a key first of all."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The key's value where there is such a key, else as Jinja has it."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


@cache
def environment(language: str) -> Environment:
    """The templates as they speak this language. What a template names and nobody gives is an error."""
    made = _Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    # As the extractor reads them.
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.filters |= _filters(language)
    made.tests["past"] = is_past
    made.globals |= _globals(language)
    return made


def _filters(language: str) -> dict[str, Callable[..., Any]]:
    formats = Formats(language)
    return {
        "ago": formats.ago,
        "bdi": isolated,
        "bdi_text": isolated_text,
        "closing": formats.closing,
        "day": formats.day,
        "html": Markup,
        "iso_local": iso_local,
        "moment": formats.moment,
        "number": formats.number,
        "opening": formats.opening,
        "pairs": lambda rows, value, text: [(row[value], row[text]) for row in rows],
        "percent": formats.percent,
        "ref": number_in,
        "short_day": formats.short_day,
        "until": formats.until,
    }


def _globals(language: str) -> dict[str, Any]:
    """What every template may name; `label_of` is for one name of the API, `labels_of` for several of a kind."""
    translate = translations(language).gettext
    return {
        "LANGUAGES": LANGUAGES,
        "LANGUAGE_NAMES": list(LANGUAGE_NAMES.items()),
        "SITE_LANGUAGES": [(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
        "asset": asset,
        "map_data": map_data,
        "map_points": map_points,
        "map_labels": lambda: map_labels(translate),
        "new_key": lambda: uuid4().hex,
        "path": lambda tail="/": f"/{language}{tail}",
        "query_without": query_without,
        "label_of": lambda kind, key: translate(LABELS[kind][key]),
        "labels_of": lambda kind, keys=None: [
            (key, translate(LABELS[kind][key])) for key in keys or LABELS[kind]
        ],
    }


def query_without(query: QueryParams, *names: str) -> str:
    """The query as it stands in an address, with its question mark, without these names."""
    pairs = [(name, value) for name, value in query.multi_items() if name not in names and value]
    return f"?{urlencode(pairs)}" if pairs else ""


def number_in(node_id: str) -> int:
    """The number in an id of the API: addresses have the number alone."""
    return from_global_id(node_id)[1]


def render(language: str, template: str, values: dict[str, Any]) -> str:
    """The template's text with these values."""
    return environment(language).get_template(template).render(values)
