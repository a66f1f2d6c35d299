"""A file that is there whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ops.commands._errors import CommandError


@contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """Write under a name of its own beside `path`, and take the name only when all went well.

    Raises CommandError when the folder cannot be written to. What stood at `path` stays until then.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        stream = part.open("xb")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from None
    try:
        with stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
