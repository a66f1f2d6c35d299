"""Proposals as long and as varied as people's: made up from the demo content's words, the same in every run.

Words come as often as words do (Zipf), and rare compounds are put together from what is there, so that an index over
words or grams is as large, and its lists as uneven, as over what people write.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random

from backend.proposals.content import ProposalText, indexed_text
from ops import demo

_CONTENT = Path(demo.__file__).parent / "content"
_WORD = re.compile(r"[a-zæøå]+", re.IGNORECASE)
# One word in so many is a compound of two others, as Norwegian makes them at any time.
_COMPOUNDS = 12
_TITLE, _BODY = (3, 8), (25, 110)


def made_up(count: int) -> Iterator[ProposalText]:
    """So many proposals in bokmål, with their search words and grams."""
    random = Random(3201)
    for _ in range(count):
        yield indexed_text(_sentence(random, _TITLE), _sentence(random, _BODY) + ".", "nb")


def _sentence(random: Random, length: tuple[int, int]) -> str:
    vocabulary, weights = _vocabulary()
    words = random.choices(vocabulary, cum_weights=weights, k=random.randint(*length))
    for at, word in enumerate(words):
        if random.randrange(_COMPOUNDS) == 0:
            words[at] = word + random.choice(vocabulary)
    return " ".join(words).capitalize()


@cache
def _vocabulary() -> tuple[list[str], list[float]]:
    """Every word of the demo content, the most frequent first, with weights that add up as they go."""
    texts = [
        json.dumps(json.loads(path.read_text()), ensure_ascii=False)
        for path in sorted(_CONTENT.glob("*.json"))
    ]
    counted = Counter(word.lower() for text in texts for word in _WORD.findall(text))
    words = [word for word, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))]
    return words, list(accumulate(1 / (place + 3) for place in range(len(words))))
