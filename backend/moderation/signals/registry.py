"""The signals that screening runs. A new one is a file with a `SIGNAL`, and a line here and in `reasons`."""

from backend.moderation.signals import language, links, repetition, word_list
from backend.moderation.signals.model import Signal

SIGNALS: tuple[Signal, ...] = (word_list.SIGNAL, links.SIGNAL, repetition.SIGNAL, language.SIGNAL)
