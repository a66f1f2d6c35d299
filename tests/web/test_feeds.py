"""Feeds whose times move with what changes, and nothing that stays in caches once it was hidden."""

from typing import Any
from xml.etree import ElementTree

import pytest

from backend.moderation.service import screen_content
from backend.platform.authz import Actor
from backend.platform.database import execute, unit_of_work
from backend.proposals.queries import proposal_for_update
from backend.proposals.service import ProposalInput, edit_proposal
from backend.proposals.states import Capacity, ProposalState
from backend.proposals.transitions import apply_transition
from tests.fixtures.server import Served
from tests.proposals.support import OTHER_WORDS, WORDS, published

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
async def author(person: Any) -> Actor:
    actor: Actor = await person(name="Forfatter")
    return actor


@pytest.fixture
async def two(served: Served, author: Actor, topic_id: Any) -> tuple[int, int]:
    topic = await topic_id()
    return await published(author, topic, WORDS), await published(author, topic, OTHER_WORDS)


async def _feed(served: Served, path: str) -> tuple[str, dict[str, tuple[str, str]]]:
    """The feed's time, and of each entry by its number when it was published and updated."""
    answer = await served.http.get(path)
    assert answer.status_code == 200
    root = ElementTree.fromstring(answer.text)
    entries = {
        str(entry.findtext(f"{ATOM}id")).rpartition("/")[2]: (
            str(entry.findtext(f"{ATOM}published")),
            str(entry.findtext(f"{ATOM}updated")),
        )
        for entry in root.iter(f"{ATOM}entry")
    }
    return str(root.findtext(f"{ATOM}updated")), entries


@pytest.mark.parametrize(
    "path",
    [
        "/nb/forslag/atom.xml",
        "/nb/forslag/atom.xml?sorter=mest-stottet",
        "/nb/tema/mobilitetsstrategi/atom.xml",
    ],
)
async def test_an_entrys_time_moves_with_an_edit_and_the_feeds_is_the_latest(
    path, served, author, two
) -> None:
    older, newer = two
    await execute("UPDATE proposal SET published_at = published_at - interval '1 day' WHERE id = $1", older)
    feed, before = await _feed(served, path)
    assert feed == max(updated for _, updated in before.values())
    changed = ProposalInput(title=WORDS.title, body=f"{WORDS.body} Og lys langs hele veien.", language="nb")
    await edit_proposal(author, older, changed, expected_version=1)
    assert await _feed(served, path) == (feed, before), "an edit that waits changes nothing"
    screened = await screen_content(3201, "edit", older, 2)
    assert screened is not None
    assert screened.reasons == ()
    feed, after = await _feed(served, path)
    assert after[str(newer)] == before[str(newer)]
    published_at, updated_at = after[str(older)]
    assert published_at == before[str(older)][0] < before[str(older)][1] < updated_at == feed


async def test_an_empty_feed_has_a_time(served) -> None:
    feed, entries = await _feed(served, "/nb/forslag/atom.xml?sok=finnesikkenoesteder")
    assert (feed, entries) == ("1970-01-01T00:00:00+00:00", {})
    assert (await served.http.get("/nb/tema/finnes-ikke/atom.xml")).status_code == 404


async def test_what_is_hidden_is_in_no_cache(served, two) -> None:
    older, _ = two
    addresses = ("/nb/forslag/atom.xml", f"/nb/forslag/{older}/kort.png")
    validators = {}
    for address in addresses:
        answer = await served.http.get(address)
        assert answer.headers["cache-control"] == "public, max-age=0, must-revalidate"
        validators[address] = {"if-none-match": answer.headers["etag"]}
        assert (await served.http.get(address, headers=validators[address])).status_code == 304
    async with unit_of_work():
        proposal = await proposal_for_update(3201, older)
        assert proposal is not None
        await apply_transition(3201, proposal, ProposalState.HIDDEN, Capacity.MODERATOR, actor_id=None)
    feed, card = [await served.http.get(a, headers=validators[a]) for a in addresses]
    assert feed.status_code == 200
    assert f"/forslag/{older}<" not in feed.text
    assert (card.status_code, card.headers["cache-control"]) == (404, "private, no-store")
