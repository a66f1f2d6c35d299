"""What was imported, as people see it: it has no author here, and an answer may have been given elsewhere."""

from pathlib import Path
from typing import Any

import pytest

from backend.imports.mapping import load_mapping
from backend.imports.plan import read_proposals
from backend.imports.store import import_plan
from backend.platform.database import execute
from backend.platform.tags import changed
from backend.proposals.statistics import FiguresRow, count_figures, figures_of_topics, overall_figures
from tests.fixtures.server import WORDS, Served

ROWS = """key,title,body,state,outcome
1,Benker ved elva,Det er for få steder å sitte.,answered,accepted
2,Lys i lysløypa,Lysene er slukket for tidlig.,answered,declined
3,Flere søppelkasser,Det flyter av søppel i parken.,under_way,partly
4,Badeplass på Kadettangen,Stranda trenger en brygge.,done,accepted
5,Skøytebane om vinteren,Vann på grusbanen er nok.,published,
6,Ny tursti rundt Dælivann,Stien er gjengrodd.,withdrawn,
"""


@pytest.fixture
async def imported(served: Served, tmp_path: Path) -> list[str]:
    """The titles of a file that has been imported, answered ones among them."""
    path = tmp_path / "forslag.csv"
    path.write_text(ROWS, encoding="utf-8")
    mapping = load_mapping("plain").with_constants(topic="mobilitetsstrategi", source="papirskjema")
    await import_plan(served.settings, read_proposals(path, mapping), file_name=path.name)
    return [line.split(",")[1] for line in ROWS.splitlines()[1:]]


async def test_the_front_page_stands_with_imported_answers(served: Served, imported: list[str]) -> None:
    for language in ("nb", "nn", "en"):
        page = await served.http.get(f"/{language}/")
        assert page.status_code == 200


async def test_what_was_imported_says_where_from(served: Served, imported: list[str]) -> None:
    for address in ("/nb/forslag", "/nb/forslag/1", "/nb/forslag/1/versjoner", "/nb/tema/mobilitetsstrategi"):
        page = await served.http.get(address)
        assert "Hentet inn fra papirskjema" in page.text, address
        assert "Tidligere bruker" not in page.text, address


async def test_an_answer_given_elsewhere_says_so(served: Served, imported: list[str]) -> None:
    page = await served.http.get("/nb/forslag/2")
    assert "Begrunnelsen står der det kommer fra" in page.text


async def _counts(topic: int, *, imported: bool) -> None:
    await execute("UPDATE topic SET counts_imported = $2 WHERE id = $1", topic, imported)
    await changed(["topics"])
    await count_figures(3201)


async def test_figures_leave_out_what_was_imported(
    served: Served, imported: list[str], published: int, topic_id: Any
) -> None:
    topic = await topic_id()
    await count_figures(3201)
    assert (await overall_figures(3201)).figures == FiguresRow(1, 0, 1, 0, 0, None, 5)
    assert (await figures_of_topics(3201, [topic]))[topic] == FiguresRow(1, 0, 1, 0, 0, None, 5)
    page = await served.http.get("/nb/")
    assert "I tillegg er 5 forslag hentet inn fra andre steder" in page.text


async def test_figures_have_them_where_the_topic_says_so(
    served: Served, imported: list[str], published: int, topic_id: Any
) -> None:
    await _counts(await topic_id(), imported=True)
    assert (await overall_figures(3201)).figures == FiguresRow(6, 4, 2, 0, 0, None, 0)
    assert "hentet inn fra andre steder" not in (await served.http.get("/nb/")).text


async def test_what_was_imported_is_no_news(served: Served, imported: list[str], published: int) -> None:
    for address in ("/nb/", "/nb/forslag/atom.xml", "/nb/tema/mobilitetsstrategi/atom.xml"):
        page = await served.http.get(address)
        assert WORDS.title in page.text, address
        assert not [title for title in imported if title in page.text], address
    # It is found all the same.
    page = await served.http.get("/nb/forslag?status=besvart")
    assert imported[0] in page.text


async def test_it_is_news_where_the_topic_says_so(
    served: Served, imported: list[str], published: int, topic_id: Any
) -> None:
    await _counts(await topic_id(), imported=True)
    for address in ("/nb/", "/nb/forslag/atom.xml", "/nb/tema/mobilitetsstrategi/atom.xml"):
        page = await served.http.get(address)
        assert WORDS.title in page.text, address
        assert imported[0] in page.text, address
