"""What is alike to a proposal, in memory: looking takes milliseconds, and each reader of its page asks.

Kept only while changes are heard (`is_open`), for one version of a proposal's words, and dropped by the tag
`proposals`: whatever becomes public, changes its words or goes may be alike to any.
"""

from collections import OrderedDict
from collections.abc import Iterable
from time import monotonic

_Key = tuple[int, int, int]
_MOST = 20_000
# How common each gram is, and so how alike texts are, changes slowly without a change that is heard.
_CACHE_SECONDS = 3_600.0


class SimilarCache:
    """Ids of what is alike, the most alike first, by municipality, proposal and version."""

    def __init__(self) -> None:
        self._found: OrderedDict[_Key, tuple[float, tuple[int, ...]]] = OrderedDict()
        self._is_open = False
        self.changes = 0

    def get(self, municipality_id: int, proposal_id: int, version: int) -> tuple[int, ...] | None:
        """The ids, if they are known here."""
        key = (municipality_id, proposal_id, version)
        until, found = self._found.get(key, (0.0, None))
        if found is not None and until > monotonic():
            self._found.move_to_end(key)
            return found
        return None

    def put(
        self, municipality_id: int, proposal_id: int, version: int, found: tuple[int, ...], moment: int
    ) -> None:
        """Keep what was looked for after `changes` stood at `moment`, unless something changed since."""
        if self._is_open and moment == self.changes:
            self._found[municipality_id, proposal_id, version] = (monotonic() + _CACHE_SECONDS, found)
            while len(self._found) > _MOST:
                self._found.popitem(last=False)

    def on_tags(self, tags: Iterable[str]) -> None:
        """Forget everything when these tags name the public proposals."""
        if "proposals" in tags:
            self.changes += 1
            self._found.clear()

    def set_listening(self, *, up: bool) -> None:
        """Open while changes are heard; what was kept before a silence is forgotten."""
        self._is_open = up
        self.changes += 1
        self._found.clear()


similar_cache = SimilarCache()
"""What this process has looked for."""
