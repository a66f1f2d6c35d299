"""What administrators see of the platform as a whole."""

from typing import Final

from backend.platform.slices import Manifest

MANIFEST: Final = Manifest()
