"""Topics in memory: there are tens of them, and nearly every answer names some.

Kept only while changes are heard (`is_open`), dropped by the tags `topics` and `topic:<id>`.
"""

from collections.abc import Iterable

from backend.topics.queries import TopicRow

_Key = tuple[int, str, int]
_MOST = 5_000


class TopicCache:
    """Topic rows by municipality, language and id."""

    def __init__(self) -> None:
        self._rows: dict[_Key, TopicRow] = {}
        self._is_open = False
        self.changes = 0

    def get(self, municipality_id: int, language: str, topic_id: int) -> TopicRow | None:
        """The topic, if it is known here."""
        return self._rows.get((municipality_id, language, topic_id))

    def put(self, municipality_id: int, language: str, row: TopicRow, moment: int) -> None:
        """Keep a row that was read after `changes` stood at `moment`, unless something changed since."""
        if self._is_open and moment == self.changes and len(self._rows) < _MOST:
            self._rows[municipality_id, language, row.id] = row

    def on_tags(self, tags: Iterable[str]) -> None:
        """Forget what these tags name."""
        named = set(tags)
        ids = {int(tag.removeprefix("topic:")) for tag in named if tag.startswith("topic:")}
        if not ids and "topics" not in named:
            return
        self.changes += 1
        for key in [key for key in self._rows if "topics" in named or key[2] in ids]:
            del self._rows[key]

    def set_listening(self, *, up: bool) -> None:
        """Open while changes are heard; what was kept before a silence is forgotten."""
        self._is_open = up
        self.changes += 1
        self._rows.clear()


topic_cache = TopicCache()
"""This process's topics."""
