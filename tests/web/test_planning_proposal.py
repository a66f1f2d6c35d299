"""One proposal as its planner sees it: its next states, notes, and answers to one and to many."""

from typing import Any

from backend.platform.database import fetch_value
from tests.fixtures.server import Served
from tests.web.test_planning import Planner, planner, state

__all__ = ["planner"]

REASON = "Vi bygger **den første delen** av sykkelveien neste år."
ANSWER = {"utfall": "PARTLY", "begrunnelse": REASON, "sprak": "nb"}


async def test_another_topics_proposal_is_refused(planner: Planner) -> None:
    refused = await planner.get(f"/forslag/{planner.other}")
    assert refused.status_code == 403
    assert (await planner.get("/forslag/999999")).status_code == 404


async def test_the_next_states_are_offered_and_set(planner: Planner) -> None:
    page = (await planner.get(f"/forslag/{planner.mine}")).text
    assert 'value="ASSESSMENT"' in page
    assert 'value="DONE"' not in page
    missing = await planner.post(f"/forslag/{planner.mine}/status", status="")
    assert (missing.status_code, "Velg en status" in missing.text) == (400, True)
    response = await planner.post(
        f"/forslag/{planner.mine}/status", status="ASSESSMENT", arsak="Ola har 01817779901"
    )
    assert response.status_code == 400
    assert "<mark>01817779901</mark>" in response.text
    done = await planner.post(f"/forslag/{planner.mine}/status", status="ASSESSMENT", arsak="Vi ser på det.")
    assert (done.status_code, await state(planner.mine)) == (303, "assessment")
    impossible = await planner.post(f"/forslag/{planner.mine}/status", status="DONE")
    assert impossible.status_code == 409
    other = await planner.post(f"/forslag/{planner.other}/status", status="ASSESSMENT")
    assert (other.status_code, await state(planner.other)) == (403, "published")


async def test_notes_are_written_once_and_withdrawn(planner: Planner) -> None:
    page = f"/forslag/{planner.mine}"
    for _ in range(2):
        assert (await planner.post(f"{page}/notat", notat="Ring veivesenet.", nokkel="k")).status_code == 303
    assert await fetch_value("SELECT count(*) FROM proposal_note") == 1
    assert "Ring veivesenet." in (await planner.get(page)).text
    number = await fetch_value("SELECT id FROM proposal_note")
    empty = await planner.post(f"{page}/notat", notat=" ")
    assert empty.status_code == 400
    long = await planner.post(f"{page}/notat", notat="a" * 4001)
    assert (long.status_code, "a" * 4001 in long.text) == (400, True)
    for _ in range(2):
        assert (await planner.post(f"{page}/notat/{number}/trekk")).status_code == 303
    shown = (await planner.get(page)).text
    assert "Notatet er trukket." in shown
    assert "Ring veivesenet." not in shown


async def test_an_answer_is_looked_at_and_then_given_once(planner: Planner) -> None:
    shown = await planner.post("/svar", steg="forhandsvis", ids=planner.mine, nokkel="k", **ANSWER)
    assert shown.status_code == 200
    assert "<strong>den første delen</strong>" in shown.text
    assert "1 person får beskjed" in shown.text
    assert await state(planner.mine) == "published"
    back = await planner.post("/svar", steg="endre", ids=planner.mine, nokkel="k", **ANSWER)
    assert REASON in back.text
    for _ in range(2):
        given = await planner.post("/svar", steg="send", ids=planner.mine, nokkel="k", **ANSWER)
        assert given.headers["location"] == f"/nb/saksbehandling/forslag/{planner.mine}"
    assert await fetch_value("SELECT count(*) FROM proposal_answer") == 1
    page = (await planner.get(f"/forslag/{planner.mine}")).text
    assert "Tas delvis til følge" in page
    assert "Ta svaret tilbake" in page


async def test_what_is_wrong_with_an_answer_is_shown_with_everything_preserved(planner: Planner) -> None:
    for changed, response in (
        ({"utfall": "MAYBE"}, "Velg hva kommunen svarer."),
        ({"begrunnelse": "Nei."}, "mellom 20 og 10000 tegn"),
        ({"begrunnelse": f"{REASON} 01817779901"}, "<mark>01817779901</mark>"),
        ({"begrunnelse": "a" * 10_001}, "mellom 20 og 10000 tegn"),
        ({"sprak": "tull"}, 'href="#sprak"'),
    ):
        filled: dict[str, Any] = {**ANSWER, **changed}
        for step in ("forhandsvis", "send"):
            answer = await planner.post("/svar", steg=step, ids=planner.mine, **filled)
            assert answer.status_code == 400
            assert response in answer.text
            assert filled["begrunnelse"] in answer.text
    assert await state(planner.mine) == "published"


async def test_many_are_answered_and_the_others_lose_nothing(planner: Planner) -> None:
    both = [planner.mine, planner.other]
    shown = await planner.post("/svar", steg="forhandsvis", ids=both, **ANSWER)
    assert "Disse kan ikke besvares nå" in shown.text
    response = await planner.post("/svar", steg="send", ids=both, nokkel="k", **ANSWER)
    assert response.status_code == 200
    assert "1 av 2 forslag er besvart" in response.text
    assert "Dette krever en rolle du ikke har." in response.text
    assert REASON in response.text
    assert f'name="ids" value="{planner.other}"' in response.text
    assert f'name="ids" value="{planner.mine}"' not in response.text
    assert 'value="k"' not in response.text
    assert (await state(planner.mine), await state(planner.other)) == ("answered", "published")


async def test_what_was_typed_outlives_the_session(served: Served, planner: Planner) -> None:
    served.http.cookies.clear()
    for tail, field in (
        ("/svar", "begrunnelse"),
        (f"/forslag/{planner.mine}/notat", "notat"),
        (f"/forslag/{planner.mine}/status", "arsak"),
    ):
        sent = await planner.post(tail, **{field: REASON, "ids": planner.mine, "nokkel": "k"})
        assert sent.status_code == 401
        assert REASON in sent.text
        assert 'target="_blank"' in sent.text
        assert f'name="ids" value="{planner.mine}"' in sent.text
        assert "Sykkelvei" not in sent.text
