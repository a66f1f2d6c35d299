"""The word lists that people edit: plain text files beside this module, read once a process."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files


def _lines(name: str) -> Iterator[list[str]]:
    text = files("backend.text").joinpath("words", name).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line.split()


@cache
def words(name: str) -> frozenset[str]:
    """Every word of words/<name>, as written there."""
    return frozenset(word for line in _lines(name) for word in line)


@cache
def pairs(name: str) -> dict[str, str]:
    """Words/<name> with two words a line, as a mapping from the first to the second."""
    return {line[0]: line[1] for line in _lines(name)}
