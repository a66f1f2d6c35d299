"""People who support and propose while the processes that answer them die."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from api.documents import TrustedDocuments
from api.schema import schema

# Clients that wait for an answer at once, and how long they rest before they ask again.
AT_ONCE = 50
ASK_AGAIN_AFTER = 0.25
_MAY_PASS = {"internal", "database_away", "operation_timeout", "database_closed"}


@dataclass
class Clients:
    """People who send until they are answered, with the same key, to whichever web process answers."""

    ports: list[int]
    topic: str
    proposals: list[str]
    people: list[int]
    supported: list[tuple[int, str]] = field(default_factory=list)
    proposed: dict[str, str] = field(default_factory=dict)
    tries: Counter[str] = field(default_factory=Counter)
    _turns: Iterator[int] = field(default_factory=count)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _moved: asyncio.Condition = field(default_factory=asyncio.Condition)
    _allowed: int = 0

    def __post_init__(self) -> None:
        by_name = TrustedDocuments(schema._schema).by_name
        self._ids = {name: by_name[name].id for name in ("SupportProposal", "CreateProposal")}

    @property
    def answered(self) -> int:
        """How many actions were acknowledged."""
        return len(self.supported) + len(self.proposed)

    async def allow(self, number: int) -> None:
        """Let the actions below this number begin."""
        async with self._moved:
            self._allowed = number
            self._moved.notify_all()

    async def until_answered(self, number: int) -> None:
        """Wait until so many actions are acknowledged."""
        async with self._moved:
            await self._moved.wait_for(lambda: self.answered >= number)

    async def send_all(self) -> None:
        """Send every action, as soon as it is allowed."""
        limits = httpx.Limits(max_connections=AT_ONCE)
        async with (
            httpx.AsyncClient(trust_env=False, timeout=10, limits=limits) as http,
            asyncio.TaskGroup() as group,
        ):
            for number in range(len(self.people)):
                await self._until_allowed(number)
                group.create_task(self._act(http, number))

    async def _until_allowed(self, number: int) -> None:
        async with self._moved:
            await self._moved.wait_for(lambda: number < self._allowed)

    async def _act(self, http: httpx.AsyncClient, number: int) -> None:
        async with self._room:
            await self._do(http, number)
        async with self._moved:
            self._moved.notify_all()

    async def _do(self, http: httpx.AsyncClient, number: int) -> None:
        """The action of this number: every fifth is a proposal, the others are supports, each by one person."""
        person = self.people[number]
        if number % 5 == 0:
            title = f"Benk nummer {number} langs elva"
            words = {
                "title": title,
                "body": f"Ved punkt {number} langs elva trenger de som går tur, en benk.",
            }
            given = {"topic": self.topic, "input": words, "submit": True, "idempotencyKey": f"key-{number}"}
            answer = await self._until_answered(http, person, "CreateProposal", given)
            self.proposed[title] = answer["createProposal"]["proposal"]["id"]
        else:
            proposal = self.proposals[number % len(self.proposals)]
            await self._until_answered(http, person, "SupportProposal", {"id": proposal})
            self.supported.append((person, proposal))

    async def _until_answered(
        self, http: httpx.AsyncClient, person: int, operation: str, given: dict[str, Any]
    ) -> dict[str, Any]:
        body = {"documentId": self._ids[operation], "variables": given}
        while True:
            port = self.ports[next(self._turns) % len(self.ports)]
            try:
                answer = await http.post(
                    f"http://127.0.0.1:{port}/graphql",
                    json=body,
                    headers={"cookie": f"samskap=person-{person}"},
                )
            except httpx.TransportError as error:
                self.tries[type(error).__name__] += 1
                await asyncio.sleep(ASK_AGAIN_AFTER)
                continue
            refusal = _refusal_of(answer)
            if refusal is not None:
                return refusal
            self.tries[f"answered {answer.status_code}"] += 1
            await asyncio.sleep(ASK_AGAIN_AFTER)


def _refusal_of(answer: httpx.Response) -> dict[str, Any] | None:
    """The data of an acknowledged answer; None when the same should be asked again."""
    if answer.status_code >= 500:
        return None
    refusal = answer.json()
    codes = {error.get("extensions", {}).get("code") for error in refusal.get("errors", ())}
    if codes:
        assert codes <= _MAY_PASS, answer.text
        return None
    data: dict[str, Any] = refusal["data"]
    (payload,) = data.values()
    assert payload["__typename"] in ("SupportChanged", "ProposalChanged"), answer.text
    return data
