"""Maps of proposals: all that match, up to a bound that is said, in the reader's language."""

import json
import re
from html import unescape
from typing import Any

from backend.platform.database import execute
from backend.platform.settings import Settings
from backend.proposals import on_map
from backend.proposals.listing import ProposalFilter
from backend.proposals.on_map import points_of
from tests.fixtures.server import Served
from tests.imports.test_stream import fill


async def _filled(settings: Settings, count: int) -> None:
    await fill(settings, count)
    await execute(
        "UPDATE proposal SET longitude = 10.4 + (id % 100) / 1000.0, latitude = 59.9 WHERE id % 10 <> 0"
    )


def _features(page: str) -> list[dict[str, Any]]:
    found = re.search(r'id="kartdata">(.*?)</script>', page, re.DOTALL)
    assert found
    features: list[dict[str, Any]] = json.loads(found[1])["features"]
    return features


async def test_the_map_shows_all_that_match(served: Served) -> None:
    await _filled(served.settings, 60)
    page = await served.http.get("/nb/forslag?vis=kart")
    features = _features(page.text)
    assert len(features) == 54
    assert "Kartet viser alle de 54 forslagene som har et punkt." in page.text
    assert set(features[0]["properties"]) == {"kind", "title", "number", "language"}
    assert all(feature["properties"]["title"] for feature in features)
    none = await served.http.get("/nb/forslag?vis=kart&status=besvart")
    assert "Ingen av forslagene har et punkt på kartet." in none.text


async def test_there_is_a_bound_and_it_is_said(served: Served, monkeypatch: Any) -> None:
    monkeypatch.setattr(on_map, "MOST_POINTS", 20)
    await _filled(served.settings, 60)
    page = await served.http.get("/nb/forslag?vis=kart")
    assert len(_features(page.text)) == 20
    assert (
        "Kartet viser 20 av 54 forslag som har et punkt: de som er skrevet her, og så de nyeste." in page.text
    )


async def test_a_filter_is_the_lists_own(fresh: Settings, topic_id: Any) -> None:
    await _filled(fresh, 20)
    other = await topic_id("klimastrategi-2030")
    assert (await points_of(3201, ProposalFilter(topic_id=other))).total == 0
    await execute(
        "UPDATE proposal SET topic_id = $1 WHERE id = (SELECT min(id) FROM proposal WHERE id % 10 <> 0)",
        other,
    )
    found = await points_of(3201, ProposalFilter(topic_id=other))
    assert (found.total, len(found.points)) == (1, 1)


async def test_a_map_speaks_the_readers_language(served: Served) -> None:
    await _filled(served.settings, 5)
    for language, words in (("nb", "Zoom inn"), ("nn", "Bruk to fingrar"), ("en", "Use two fingers")):
        page = await served.http.get(f"/{language}/forslag?vis=kart")
        found = re.search(r'data-words="(.*?)"', page.text)
        assert found
        settings_of_map = json.loads(unescape(found[1]))
        assert words in json.dumps(settings_of_map, ensure_ascii=False)
        assert len(settings_of_map["locale"]) == 9


async def test_a_title_cannot_leave_the_data(served: Served) -> None:
    await _filled(served.settings, 3)
    await execute("UPDATE proposal SET title = '</script><b>x' WHERE id % 10 <> 0")
    page = await served.http.get("/nb/forslag?vis=kart")
    assert "</script><b>x" not in page.text
    assert _features(page.text)[0]["properties"]["title"] == "</script><b>x"
