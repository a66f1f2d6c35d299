"""How a file is to be read, between a form, the API and a run that was tried."""

from collections.abc import Mapping
from typing import Any, Final

from web.page.forms import Form
from web.page.planning_labels import COLUMN_TEXTS

OWN: Final = "egne"
"""The choice of one's own columns, among the names of mappings."""


def mapping_of(form: Form) -> dict[str, Any] | None:
    """The API's mapping for `tilordning`: none, a shipped one's name, or the form's own columns."""
    if form["tilordning"] != OWN:
        options = {
            "name": form.text("tilordning"),
            "source": form.text("kilde"),
            "language": form.text("sprak"),
        }
        return options if any(options.values()) else None
    columns = {field: form.text(f"kolonne-{field}") for field in COLUMN_TEXTS}
    return {
        "source": form.text("kilde"),
        "key": [name.strip() for name in form["nokkelkolonner"].split(",") if name.strip()],
        "columns": [
            {"field": field, "column": name or ""}
            for field, name in columns.items()
            if name or field == "TITLE"
        ],
        "delimiter": {"tab": "\t"}.get(form["skilletegn"], form["skilletegn"] or None),
        "decimal": form.text("desimaltegn"),
        "encoding": form.text("tegnsett"),
        "language": form.text("sprak"),
    }


def begin_with(form: Form, file: Mapping[str, Any]) -> None:
    """Fill in what the file's headings say; where they say no title, one has to choose the columns."""
    guessed = {f"kolonne-{each['field']}": [each["column"]] for each in file["fields"]}
    form.values |= {**guessed, "nokkelkolonner": file["key"], "kilde": [file["source"] or ""]}
    has_title = "kolonne-TITLE" in guessed or file["mapping"] not in ("plain", "regneark")
    form.values["tilordning"] = [OWN if file["columns"] and not has_title else ""]


def mapping_again(tried: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What a run was told, to tell another the same."""
    return None if tried is None else dict(tried)
