"""Where in the answer a value stands."""

from typing import Any, TypeAlias

from graphql.pyutils import Path

# The frame above (None under the root), the key in it, the object type that the key is a field of (None for
# an item of a list), the dict or list that holds the value, and whether null may stand there.
# A bare tuple, because one is made for every object and list of an answer.
Frame: TypeAlias = tuple[Any, str | int, str | None, Any, bool]


def path_of(frame: Frame | None) -> list[str | int]:
    """Keys from the root of the answer to the frame."""
    keys: list[str | int] = []
    while frame is not None:
        keys.append(frame[1])
        frame = frame[0]
    keys.reverse()
    return keys


def linked_path(frame: Frame | None) -> Path | None:
    """The same as graphql-core's linked path, for resolvers that ask for it."""
    path: Path | None = None
    frames: list[Frame] = []
    while frame is not None:
        frames.append(frame)
        frame = frame[0]
    for _, key, type_name, _, _ in reversed(frames):
        path = Path(path, key, type_name)
    return path


def field_frame(frame: Frame) -> Frame:
    """The frame of the field that a list's item, or an item of its items, belongs to."""
    while frame[2] is None:
        frame = frame[0]
    return frame
