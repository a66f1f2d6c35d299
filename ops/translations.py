"""`python -m ops.translations`: bring the catalogs up to date with the source, and tell what is missing.

With `--check` nothing is written, and the exit code is 1 when a text lacks a translation.
"""

import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from backend.platform.i18n import LANGUAGES, SOURCE, po_file
from ops.message_sources import error_places, texts_in

ROOT = Path(__file__).parent.parent
FOLDERS = ("ops", "backend", "graphql/api", "workers", "web")
_TEMPLATE_WORDS: dict[str, tuple[int, ...] | None] = {"_": None, "gettext": None, "ngettext": (1, 2)}
_TEMPLATE_OPTIONS = {
    "silent": "false",
    "trimmed": "true",
    "newstyle_gettext": "true",
    "extensions": "jinja2.ext.do",
}
_WIDTH = 100
# Refusals are filled in as str.format does, texts in templates as the % operator does.
_PLACEHOLDER = re.compile(r"\{\w*|%\(\w+\)\w")


def collect(root: Path = ROOT) -> Catalog:
    """Every text of the project with the files it stands in.

    Raises ValueError naming the file and line of a text that no catalog could hold.
    """
    catalog = Catalog(project="samskap", charset="utf-8")
    for path, text, plural in sorted(_in_python(root)) + sorted(_in_templates(root)):
        catalog.add((text, plural) if plural else text, locations=[(path, 1)])
    return catalog


def _in_python(root: Path) -> Iterator[tuple[str, str, str]]:
    sources = {path: ast.parse(path.read_bytes()) for path in _files(root, "*.py")}
    errors = error_places(sources.values())
    for path, tree in sources.items():
        name = path.relative_to(root).as_posix()
        try:
            for found in texts_in(tree, errors):
                yield name, found.text, found.plural or ""
        except ValueError as error:
            raise ValueError(f"{name}, {error}") from None


def _in_templates(root: Path) -> Iterator[tuple[str, str, str]]:
    for path in (*_files(root, "templates/**/*.html"), *_files(root, "templates/**/*.xml")):
        name = path.relative_to(root).as_posix()
        # By name: the template engine brings this extractor itself, and the domain does not know the engine.
        found = extract(
            "jinja2", io.BytesIO(path.read_bytes()), keywords=_TEMPLATE_WORDS, options=_TEMPLATE_OPTIONS
        )
        for _line, message, _comments, _context in found:
            text, plural = (message, "") if isinstance(message, str) else (message[0], message[1])
            yield name, text, plural


def _files(root: Path, pattern: str) -> Iterator[Path]:
    for folder in FOLDERS:
        # What others have written says nothing of ours.
        yield from (p for p in sorted((root / folder).rglob(pattern)) if "node_modules" not in p.parts)


def read_catalog(language: str) -> Catalog:
    """The catalog of a language as it is stored; an empty one when there is none yet."""
    path = po_file(language)
    if not path.exists():
        return Catalog(locale=language, project="samskap", charset="utf-8")
    with path.open("rb") as source:
        return read_po(source, locale=language, charset="utf-8")


def update(language: str, found: Catalog) -> Catalog:
    """The stored catalog with exactly the texts that were found; what is new has no translation yet."""
    catalog = read_catalog(language)
    catalog.update(found, no_fuzzy_matching=True, update_creation_date=False)
    return catalog


def missing(catalog: Catalog) -> list[str]:
    """The texts that lack a translation."""
    return [_source(message) for message in catalog if message.id and not _is_translated(message)]


def differing(catalog: Catalog) -> list[str]:
    """The texts whose translation has other placeholders than the source."""
    return [
        _source(message)
        for message in catalog
        if message.id and _is_translated(message) and _places(message.string) != _places(message.id)
    ]


def _source(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _is_translated(message: Message) -> bool:
    texts = _texts(message.string)
    return bool(texts) and all(texts) and not message.fuzzy


def _texts(stored: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (stored,) if isinstance(stored, str) else tuple(stored or ())


def _places(stored: str | list[str] | tuple[str, ...] | None) -> set[str]:
    return {place for text in _texts(stored) for place in _PLACEHOLDER.findall(text)}


def _write(language: str, catalog: Catalog) -> None:
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=_WIDTH, sort_output=True, ignore_obsolete=True, include_lineno=False)
    # Dates, tool versions and empty names would make every run a change.
    useful = (b'"Language:', b'"MIME', b'"Content', b'"Plural')
    head, _, rest = buffer.getvalue().partition(b"\n\n")
    lines = [line for line in head.split(b"\n") if line.startswith((b"msg", *useful))]
    path = po_file(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_bytes(b"\n".join(lines) + b"\n\n" + rest)
    fresh.replace(path)


def main(arguments: list[str]) -> int:
    """Update (or with `--check` only compare) every catalog; 1 when something is missing."""
    found = collect()
    lacking = 0
    for language in LANGUAGES:
        if language == SOURCE:
            continue
        catalog = update(language, found)
        if "--check" not in arguments:
            _write(language, catalog)
        complaints = [f"{language}: no translation of: {text}" for text in missing(catalog)]
        complaints += [f"{language}: other placeholders than: {text}" for text in differing(catalog)]
        sys.stdout.writelines(f"{complaint}\n" for complaint in complaints)
        lacking += len(complaints)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
