"""What is alike, as a proposal's page asks for it."""

from typing import Any

import pytest

from api.execute import Executor, OperationResult
from api.node_ids import to_global_id
from backend.platform.authz import Actor
from backend.platform.database import unit_of_work
from backend.platform.settings import Settings
from backend.proposals import similar
from backend.proposals.states import Capacity, ProposalState
from backend.proposals.transitions import apply_transition
from tests.fixtures.counting import count_queries
from tests.fixtures.documents import ad_hoc
from tests.fixtures.people import MakePerson
from tests.proposals.many import fill
from tests.proposals.support import OTHER_WORDS, published, read


@pytest.fixture(autouse=True)
def _forget_frequencies(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this process remembers of how common words are belongs to another test's database."""
    monkeypatch.setattr(similar, "_frequencies", similar._Frequencies())


async def _ask(settings: Settings, text: str, **variables: Any) -> OperationResult:
    executor = Executor(settings)
    prepared = ad_hoc(executor, text)
    return await executor.run(prepared, variables, Actor(3201), language="nb")


async def _similar(settings: Settings, number: int, first: int = 5) -> OperationResult:
    text = "query ($id: ID!, $first: Int! = 5) { proposal(id: $id) { similar(first: $first) { id } } }"
    return await _ask(settings, text, id=_id(number), first=first)


def _id(number: int) -> str:
    return to_global_id("Proposal", number)


async def test_what_is_alike_and_public_but_not_itself(
    fresh: Settings, person: MakePerson, topic_id: Any
) -> None:
    topic = await topic_id()
    first = await published(await person(), topic)
    other = await published(await person(), topic, OTHER_WORDS)
    third = await published(await person(), topic)
    found = await _similar(fresh, first)
    assert found.data == {"proposal": {"similar": [{"id": _id(third)}]}}
    assert f"proposal:{third}" in found.tags
    assert (await _similar(fresh, other)).data == {"proposal": {"similar": []}}
    for size in (0, 21):
        assert (await _similar(fresh, first, size)).errors[0]["extensions"]["code"] == "page_size"
    async with unit_of_work():
        await apply_transition(
            3201, await read(third), ProposalState.HIDDEN, Capacity.MODERATOR, actor_id=None
        )
    assert (await _similar(fresh, first)).data == {"proposal": {"similar": []}}


async def test_a_few_cost_as_many_statements_as_one_and_many_are_refused(
    fresh: Settings, person: MakePerson
) -> None:
    author = await person()
    await fill(60, author.account_id or 0)
    text = "query ($first: Int!) { proposals(first: $first) { nodes { similar { id } } } }"
    await _ask(fresh, text, first=1)  # how common words are is read once
    counts = []
    for first in (1, 5):
        async with count_queries() as statements:
            assert (await _ask(fresh, text, first=first)).errors == []
        counts.append(statements.count)
    assert counts == [2, 2]
    refused = await _ask(fresh, text, first=6)
    assert refused.errors[0]["extensions"]["problem"]["limit"] == "5"
