"""What the demo content says is fit to be said here, and covers everything that can be seen."""

import pytest

from backend.accounts.names import display_name
from backend.comments.service import BODY
from backend.comments.states import CommentState
from backend.moderation.decisions import REASON_TEXT
from backend.moderation.reports import REPORT_TEXT
from backend.platform.database import fetch, fetch_value
from backend.platform.settings import Settings
from backend.proposals.assessment import REASON, STATUS_REASON
from backend.proposals.content import proposal_text
from backend.proposals.similar import similar_proposals
from backend.proposals.states import Capacity, Outcome, ProposalState
from backend.text.checks import official_text, validate_text
from ops.demo.screened import screened
from ops.demo.script import Scene, read_cast, read_scenes

SCENES = read_scenes()
MISLABELLED = "wrong-language"
"""The one proposal that is held because its language is another than it says."""


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.key)
def test_every_text_passes_the_rules(scene: Scene) -> None:
    proposal_text(scene.title, scene.body, scene.language)
    if scene.earlier:
        proposal_text(scene.earlier.title, scene.earlier.body, scene.language)
    for turn in scene.turns:
        bounds = REASON if turn.outcome else STATUS_REASON
        if turn.text is not None:
            official_text(turn.text, bounds, "reason", multiline=True)
    for remark in scene.all_remarks:
        validate_text(remark.text, BODY, "body", multiline=True)
        if remark.ground:
            official_text(remark.ground.text, REASON_TEXT, "reasonText", multiline=True)
    for report in (*scene.reports, *(report for remark in scene.all_remarks for report in remark.reports)):
        validate_text(report.text, REPORT_TEXT, "text", multiline=True)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.key)
def test_the_language_is_recognised(scene: Scene) -> None:
    screening, _ = screened(scene.title, scene.body, scene.language, "hold_risky")
    (found,) = (outcome.detail for outcome in screening.signals if outcome.name == "language")
    assert (found["detected"] == scene.language) is (scene.key != MISLABELLED)


def test_names_are_names_that_people_may_choose() -> None:
    extras = read_cast().extras
    assert len(extras) > 10
    for extra in extras:
        assert display_name(extra.name, is_staff=False) == extra.name


def test_keys_are_unique_and_languages_are_mixed() -> None:
    assert len({scene.key for scene in SCENES}) == len(SCENES) >= 40
    written = [scene.language for scene in SCENES]
    assert written.count("nb") >= 22
    assert written.count("nn") >= 12
    assert written.count("en") >= 6


async def test_every_state_and_outcome_is_there(demo: Settings) -> None:
    states = {row["state"] for row in await fetch("SELECT DISTINCT state FROM proposal")}
    assert states == {state.value for state in ProposalState} - {"none"}
    comments = {row["state"] for row in await fetch("SELECT DISTINCT state FROM comment")}
    assert comments == {state.value for state in CommentState}
    outcomes = {row["outcome"] for row in await fetch("SELECT DISTINCT outcome FROM proposal_answer")}
    assert outcomes == {outcome.value for outcome in Outcome}
    parts = {row["actor_role"] for row in await fetch("SELECT DISTINCT actor_role FROM proposal_transition")}
    assert parts == {part.value for part in Capacity} - {"import"}
    assert await fetch_value("SELECT count(*) FROM comment WHERE is_staff") >= 5
    assert await fetch_value("SELECT count(*) FROM comment WHERE parent_id IS NOT NULL") >= 20
    assert await fetch_value("SELECT count(*) FROM proposal_version WHERE is_amendment") >= 2
    assert await fetch_value("SELECT count(*) FROM proposal_invitation") >= 5


async def test_positions_are_inside_the_municipality(demo: Settings) -> None:
    outside = await fetch_value(
        """SELECT count(*) FROM proposal p JOIN place w ON w.slug = 'baerum'
           WHERE p.longitude IS NOT NULL AND (p.longitude NOT BETWEEN w.west AND w.east
               OR p.latitude NOT BETWEEN w.south AND w.north)"""
    )
    assert outside == 0


async def test_search_and_similarity_know_the_words(demo: Settings) -> None:
    found = await fetch("SELECT title FROM proposal WHERE search @@ to_tsquery('simple', 'bysykler:*')")
    assert any("Bysykler" in row["title"] for row in found)
    similar = await similar_proposals(demo.municipality, "Bysykkel fra Rykkinn til Sandvika", "", limit=3)
    assert "Bysykler mellom Rykkinn senter og Sandvika" in [row.title for row in similar]
