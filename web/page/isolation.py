"""Names and titles of people's own in our lines, as filters of templates: see `backend/text/isolation.py`."""

from typing import Any

from markupsafe import Markup

from backend.text.isolation import isolate_text, runs_right_to_left


def isolated(text: Any) -> Any:
    """`text` for HTML, in an element of its own where it must be."""
    return (
        Markup("<bdi>{}</bdi>").format(text) if isinstance(text, str) and runs_right_to_left(text) else text
    )


def isolated_text(text: Any) -> Any:
    """The same where there can be no elements: attributes, the title of a page, feeds."""
    return isolate_text(text) if isinstance(text, str) else text
