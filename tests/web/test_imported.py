"""What was imported, as people see it: it has no author here, and an answer may have been given elsewhere."""

from pathlib import Path

import pytest

from backend.imports.mapping import load_mapping
from backend.imports.plan import read_proposals
from backend.imports.store import import_plan
from tests.fixtures.server import Served

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
