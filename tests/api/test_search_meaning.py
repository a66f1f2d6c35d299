"""A search that finds nothing: what its words are taken for is worked out once for a list and its heading."""

from typing import Any

import pytest

from api.execute import Executor
from backend.platform.authz import Actor
from tests.fixtures.counting import count_queries
from tests.fixtures.documents import ad_hoc
from tests.proposals.support import WORDS, published

STRANGER = Actor(municipality_id=3201)
LONGEST = max(WORDS.title.split(), key=len)
# The first statement of working it out.
UNKNOWN_WORDS = "AS asked (query, number)"


@pytest.mark.parametrize("within", ["%s", 'topic(slug: "mobilitetsstrategi") { %s }'])
@pytest.mark.parametrize("word", ["qwertyuiop", f"{LONGEST} qwertyuiop"])
async def test_the_words_are_understood_once(
    fresh: Any, person: Any, topic_id: Any, within: str, word: str
) -> None:
    await published(await person(), await topic_id())
    narrowed = f'filter: {{search: "{word}"}}'
    fields = f"proposals({narrowed}) {{ nodes {{ title }} }} proposalSearch({narrowed}) {{ count isPartial }}"
    executor = Executor(fresh)
    text = f"{{ {within % fields} }}"
    async with count_queries() as statements:
        answer = await executor.run(
            ad_hoc(executor, text),
            {},
            STRANGER,
            language="nb",
            request_id="",
        )
    assert answer.errors == []
    found = answer.data if within == "%s" else answer.data["topic"]
    hits = int(LONGEST in word)
    assert len(found["proposals"]["nodes"]) == found["proposalSearch"]["count"] == hits
    assert found["proposalSearch"]["isPartial"] == bool(hits)
    assert sum(UNKNOWN_WORDS in sent for sent in statements.sent) == 1
