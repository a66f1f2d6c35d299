"""Moderators' pages over HTTP: the queue, a case, deciding it, and who may not."""

from typing import Any

import pytest

from api.node_ids import to_global_id
from backend.moderation.decisions import Decision, Ruling, decide
from backend.moderation.queue import claim
from backend.moderation.reasons import ReasonCode
from backend.moderation.service import screen_content
from backend.platform.authz import Role
from backend.platform.database import execute
from backend.proposals.service import edit_proposal
from tests.moderation.support import GROUND, approve_first, case, held_comment, held_proposal
from tests.proposals.support import OTHER_WORDS, WORDS, published

NOTHING = {"csrf": ""}
OURS = {"sec-fetch-site": "same-origin"}
REJECT = {"avgjorelse": "REJECT", "grunn": "OFF_TOPIC", "begrunnelse": GROUND, "versjon": "1"}


@pytest.fixture
async def moderator(served, person, session_cookie) -> Any:
    """A moderator who is logged in with this test's client."""
    actor = await person(name="Rettferdig Vekt", role=Role.MODERATOR)
    served.http.cookies.update(await session_cookie(actor))
    return actor


async def test_the_queue_shows_what_waits_and_narrows(served, moderator, person, topic_id) -> None:
    author = await person(name="Ivrig <b>Skribent</b>")
    topic = await topic_id()
    _, number = await held_proposal(author, topic)
    page = (await served.http.get("/nb/moderering")).text
    assert f'href="/nb/moderering/{number}"' in page
    assert "1 sak venter" in page
    assert "Ivrig &lt;b&gt;" in page
    narrowed = (await served.http.get(f"/nb/moderering?type=forslag&tema={topic}&kilde=kontroll")).text
    assert f"/nb/moderering/{number}?type=forslag" in narrowed
    for nothing in ("type=kommentar", "kilde=melding", "mine=ja"):
        assert "Ingen saker venter her" in (await served.http.get(f"/nb/moderering?{nothing}")).text
    # What is made up narrows nothing, and is no fault of ours.
    assert (await served.http.get("/nb/moderering?type=x&tema=²&kilde=")).status_code == 200
    assert (await served.http.get("/nb/moderering?etter=tull")).status_code == 400


async def test_the_queue_is_for_moderators(served, person, session_cookie, topic_id) -> None:
    _, number = await held_proposal(await person(), await topic_id())
    addresses = ["/nb/moderering", f"/nb/moderering/{number}", "/nb/moderering/avgjort"]
    for address in addresses:
        assert (await served.http.get(address)).status_code == 401
    served.http.cookies.update(await session_cookie(await person()))
    for address in addresses:
        assert (await served.http.get(address)).status_code == 403
    assert (await served.http.get("/nb/moderering/antall")).status_code == 204
    sent = await served.http.post(f"/nb/moderering/{number}/avgjor", data=REJECT, headers=OURS)
    assert sent.status_code == 403
    assert (await case(number))["state"] == "waiting"


async def test_how_many_wait_is_shown_in_a_word(served, moderator, person, topic_id) -> None:
    await held_proposal(await person(), await topic_id())
    answer = await served.http.get("/nb/moderering/antall", headers={"hx-request": "true"})
    assert answer.text.strip() == "1 sak venter"
    assert answer.headers["cache-control"] == "private, no-store"


async def test_a_case_shows_the_words_and_marks_them(served, moderator, person, topic_id) -> None:
    author = await person()
    about = await published(author, await topic_id(), OTHER_WORDS)
    _, number = await held_comment(
        await person(), about, await topic_id(), "Du er en idiot <script>alert(1)</script>"
    )
    page = (await served.http.get(f"/nb/moderering/{number}")).text
    assert "<mark>idiot<" in page
    assert "<script>alert" not in page
    assert OTHER_WORDS.title in page
    assert (await served.http.get("/nb/moderering/999999")).status_code == 404
    assert (await served.http.get(f"/nb/moderering/{10**25}")).status_code == 404


async def test_a_case_is_taken_and_given_back(served, moderator, person, topic_id) -> None:
    _, number = await held_proposal(await person(), await topic_id())
    taken = await served.http.post(f"/nb/moderering/{number}/ta", headers=OURS, data=NOTHING)
    assert taken.headers["location"] == f"/nb/moderering/{number}"
    assert "Du har saken til" in (await served.http.get(f"/nb/moderering/{number}")).text
    given = await served.http.post(f"/nb/moderering/{number}/slipp?mine=ja", headers=OURS, data=NOTHING)
    assert given.headers["location"] == "/nb/moderering?mine=ja"
    assert (await case(number))["state"] == "waiting"
    again = await served.http.post(f"/nb/moderering/{number}/slipp", headers=OURS, data=NOTHING)
    assert again.status_code == 409


async def test_deciding_leads_on_to_the_next(served, moderator, person, topic_id) -> None:
    topic = await topic_id()
    _, first = await held_proposal(await person(), topic)
    _, then = await held_proposal(await person(), topic, OTHER_WORDS)
    sent = await served.http.post(f"/nb/moderering/{first}/avgjor?type=forslag", data=REJECT, headers=OURS)
    assert sent.status_code == 303
    assert sent.headers["location"] == f"/nb/moderering/{then}?type=forslag"
    decided = await case(first)
    assert (decided["decision"], decided["reason_code"], decided["reason_text"]) == (
        "reject",
        "off_topic",
        GROUND,
    )
    # A ground that stands in the form is no part of an approval.
    approved = await served.http.post(
        f"/nb/moderering/{then}/avgjor", data=REJECT | {"avgjorelse": "APPROVE"}, headers=OURS
    )
    assert approved.headers["location"] == "/nb/moderering"
    assert "den siste som ventet" in (await served.http.get("/nb/moderering")).text
    assert (await case(then))["reason_text"] is None


async def test_what_the_author_would_be_shown_is_shown_and_nothing_is_decided(
    served, moderator, person, topic_id
) -> None:
    _, number = await held_proposal(await person(), await topic_id())
    sent = await served.http.post(
        f"/nb/moderering/{number}/avgjor", data=REJECT | {"forhandsvis": "ja"}, headers=OURS
    )
    assert sent.status_code == 200
    assert "Forslaget ditt ble ikke publisert" in sent.text
    assert sent.text.count(GROUND) == 2
    assert (await case(number))["state"] == "waiting"


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({"avgjorelse": ""}, "Velg hva du avgjør."),
        ({"avgjorelse": "BURN"}, "Velg hva du avgjør."),
        ({"begrunnelse": " "}, "må begrunnes"),
        ({"grunn": "FUN"}, "må begrunnes"),
        ({"begrunnelse": "å" * 2001}, "tegn"),
        ({"begrunnelse": "Ring 13097248022 om dette."}, "personopplysninger"),
    ],
)
async def test_a_decision_without_its_parts_keeps_what_was_typed(
    served, moderator, person, topic_id, changed: dict[str, str], shown: str
) -> None:
    _, number = await held_proposal(await person(), await topic_id())
    sent = await served.http.post(f"/nb/moderering/{number}/avgjor", data=REJECT | changed, headers=OURS)
    assert sent.status_code == 400
    assert shown in sent.text
    assert 'class="ds-error-summary"' in sent.text
    assert (changed.get("begrunnelse") or GROUND) in sent.text
    assert (await case(number))["state"] == "waiting"


async def test_who_comes_second_is_shown_and_keeps_the_words(served, moderator, person, topic_id) -> None:
    topic, other = await topic_id(), await person(name="Rask Moderator", role=Role.MODERATOR)
    _, number = await held_proposal(await person(), topic)
    await claim(other, number)
    late = await served.http.post(f"/nb/moderering/{number}/avgjor", data=REJECT, headers=OURS)
    assert late.status_code == 409
    assert "En annen moderator har tatt saken." in late.text
    assert "Rask Moderator har saken til" in late.text
    assert GROUND in late.text
    assert (
        await served.http.post(f"/nb/moderering/{number}/ta", headers=OURS, data=NOTHING)
    ).status_code == 409
    await decide(other, number, Ruling(Decision.APPROVE, 1))
    later = await served.http.post(f"/nb/moderering/{number}/avgjor", data=REJECT, headers=OURS)
    assert later.status_code == 409
    assert "Saken er allerede avgjort." in later.text
    assert GROUND in later.text


async def test_a_text_that_was_changed_is_read_again(served, moderator, person, topic_id) -> None:
    proposal_id, number = await held_proposal(await person(), await topic_id())
    await execute("UPDATE proposal SET version = 2 WHERE id = $1", proposal_id)
    sent = await served.http.post(f"/nb/moderering/{number}/avgjor", data=REJECT, headers=OURS)
    assert sent.status_code == 409
    assert "endret siden du leste den" in sent.text
    assert 'name="versjon" value="2"' in sent.text
    assert GROUND in sent.text


async def test_a_session_that_ended_loses_nothing(served, person, topic_id) -> None:
    proposal_id, number = await held_proposal(await person(), await topic_id())
    sent = await served.http.post(f"/nb/moderering/{number}/avgjor", data=REJECT, headers=OURS)
    assert sent.status_code == 401
    assert GROUND in sent.text
    assert 'target="_blank"' in sent.text
    assert to_global_id("Proposal", proposal_id) not in sent.text
    assert "Sykkelvei" not in sent.text


async def test_forms_of_other_sites_decide_nothing(served, moderator, person, topic_id) -> None:
    _, number = await held_proposal(await person(), await topic_id())
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://ond.example"}, {}):
        for deed in ("avgjor", "ta", "slipp", "gjenopprett"):
            sent = await served.http.post(f"/nb/moderering/{number}/{deed}", data=REJECT, headers=headers)
            assert sent.status_code == 403
    assert (await case(number))["state"] == "waiting"


async def test_hidden_content_is_found_and_shown_again(served, moderator, person, topic_id) -> None:
    topic = await topic_id()
    proposal_id = await published(await person(), topic, OTHER_WORDS)
    await execute(
        """INSERT INTO moderation_case (municipality_id, subject_type, subject_id, subject_version, topic_id, origin,
                                        reasons, state)
           VALUES (3201, 'proposal', $1, 1, $2, 'moderator', '{}', 'waiting')""",
        proposal_id,
        topic,
    )
    page = (await served.http.get("/nb/moderering")).text
    number = int(page.split('data-key-item href="/nb/moderering/')[1].split('"')[0])
    await decide(moderator, number, Ruling(Decision.HIDE, 1, ReasonCode.OTHER, GROUND))
    assert f"/nb/moderering/{number}" in (await served.http.get("/nb/moderering/avgjort")).text
    assert "Vis innholdet igjen" in (await served.http.get(f"/nb/moderering/{number}")).text
    address = f"/nb/moderering/{number}/gjenopprett"
    subject = {"innhold": to_global_id("Proposal", proposal_id)}
    long = await served.http.post(address, data=subject | {"hvorfor": "å" * 2001}, headers=OURS)
    assert long.status_code == 400
    why = subject | {"hvorfor": "Feil sak."}
    assert (await served.http.post(address, data=why, headers=OURS)).status_code == 303
    assert (await served.http.post(address, data=subject, headers=OURS)).status_code == 409
    assert (await served.http.post(address, data=NOTHING, headers=OURS)).status_code == 400


async def test_one_steps_through_the_queue(served, moderator, person, topic_id) -> None:
    topic = await topic_id()
    _, first = await held_proposal(await person(), topic)
    _, then = await held_proposal(await person(), topic, OTHER_WORDS)
    onward = await served.http.get(f"/nb/moderering/{first}/neste?kilde=kontroll")
    assert onward.headers["location"] == f"/nb/moderering/{then}?kilde=kontroll"
    back = await served.http.get(f"/nb/moderering/{then}/forrige")
    assert back.headers["location"] == f"/nb/moderering/{first}"
    await claim(await person(role=Role.MODERATOR), then)
    assert (await served.http.get(f"/nb/moderering/{first}/neste")).headers["location"] == "/nb/moderering"


async def test_an_edit_stands_beside_the_text_in_force(
    served, moderator, person, topic_id, session_cookie
) -> None:
    author, topic = await person(name="Ivrig Retter"), await topic_id()
    proposal_id = await published(author, topic)
    await approve_first(topic)
    await edit_proposal(author, proposal_id, OTHER_WORDS, expected_version=1)
    held = await screen_content(3201, "edit", proposal_id, 2)
    assert held is not None
    queue = (await served.http.get("/nb/moderering?type=endring")).text
    assert f"/nb/moderering/{held.case_id}" in queue
    assert "Endring av forslag" in queue
    page = (await served.http.get(f"/nb/moderering/{held.case_id}")).text
    # The words are a moderator's, and say for which choice a ground is needed.
    assert "Temaet er satt opp slik" in page
    assert page.count("Trengs bare når du velger «Ikke publiser».") == 2
    assert page.index(OTHER_WORDS.title) < page.index("Teksten som gjelder nå") < page.rindex(WORDS.title)
    address = f"/nb/moderering/{held.case_id}/avgjor"
    previewed = await served.http.post(address, data={**REJECT, "forhandsvis": "ja"}, headers=OURS)
    assert "Endringen av forslaget ditt ble ikke publisert" in previewed.text
    stale = await served.http.post(address, data=REJECT, headers=OURS)
    assert stale.status_code == 409
    done = await served.http.post(address, data={**REJECT, "versjon": "2"}, headers=OURS)
    assert done.status_code == 303
    assert OTHER_WORDS.title in (await served.http.get(f"/nb/moderering/{held.case_id}")).text
    served.http.cookies.clear()
    served.http.cookies.update(await session_cookie(author))
    page = (await served.http.get(f"/nb/forslag/{proposal_id}")).text
    for words in ("Endringen ble ikke publisert", GROUND, WORDS.title, OTHER_WORDS.title):
        assert words in page
    put_aside = await served.http.post(
        f"/nb/forslag/{proposal_id}/trekk-endring", data={"csrf": "", "versjon": "2"}, headers=OURS
    )
    assert "edit-withdrawn" in put_aside.headers["set-cookie"]
    assert "Endringen ble ikke publisert" not in (await served.http.get(f"/nb/forslag/{proposal_id}")).text
