"""Readers tell that content breaks the rules."""

import asyncio

import pytest

from backend.comments.service import withdraw_comment
from backend.moderation.decisions import Decision, Ruling, decide
from backend.moderation.details import reports_of
from backend.moderation.reasons import GROUNDS, ReasonCode
from backend.moderation.reports import REPORTS_A_DAY, report_content
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch, fetch_value
from backend.platform.errors import (
    Conflict,
    Forbidden,
    Invalid,
    LimitExceeded,
    NotFound,
    PersonalData,
    Unauthenticated,
)
from tests.comments.support import commented, handed_in, many_comments
from tests.moderation.support import case
from tests.proposals.support import draft, published


async def test_reports_about_one_thing_gather_in_one_case(fresh, person, topic_id) -> None:
    proposal_id = await published(await person(), await topic_id())
    readers = [await person(name=f"Leser {n}") for n in range(5)]
    await asyncio.gather(
        *(
            report_content(reader, "proposal", proposal_id, ReasonCode.SPAM, "Dette er reklame.")
            for reader in readers
        )
    )
    (row,) = await fetch("SELECT id, state, origin, reasons FROM moderation_case WHERE origin = 'report'")
    assert (row["state"], row["reasons"]) == ("waiting", [])
    reports = (await reports_of(3201, [row["id"]]))[row["id"]]
    assert {report.reporter_id for report in reports} == {reader.account_id for reader in readers}
    assert {report.text for report in reports} == {"Dette er reklame."}


async def test_one_report_from_each_person_until_it_is_decided(fresh, person, topic_id) -> None:
    reader = await person()
    proposal_id = await published(await person(), await topic_id())
    tried = [report_content(reader, "proposal", proposal_id, ReasonCode.HATE) for _ in range(3)]
    answers = await asyncio.gather(*tried, return_exceptions=True)
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 2
    first = await fetch_value("SELECT max(id) FROM moderation_case WHERE origin = 'report'")
    await decide(await person(role=Role.MODERATOR), first, Ruling(Decision.DISMISS, 1))
    await report_content(reader, "proposal", proposal_id, ReasonCode.HATE)
    second = await fetch_value("SELECT max(id) FROM moderation_case WHERE origin = 'report'")
    assert second > first
    assert (await case(second))["state"] == "waiting"


async def test_sent_twice_with_one_key_is_one_report(fresh, person, topic_id) -> None:
    reader = await person()
    proposal_id = await published(await person(), await topic_id())
    sent = [report_content(reader, "proposal", proposal_id, ReasonCode.SPAM, key="k") for _ in range(3)]
    assert len(set(await asyncio.gather(*sent))) == 1


async def test_what_one_may_not_see_cannot_be_reported(fresh, person, topic_id) -> None:
    author, reader, topic = await person(), await person(), await topic_id()
    hidden = await draft(author, topic)
    proposal_id = await published(author, topic)
    waiting = await handed_in(author, proposal_id)
    gone = await commented(author, proposal_id, "Denne angrer jeg straks på.")
    await withdraw_comment(author, gone)
    for subject in (("proposal", hidden), ("comment", waiting), ("comment", gone), ("proposal", 999_999)):
        with pytest.raises(NotFound) as refused:
            await report_content(reader, *subject, ReasonCode.SPAM)
        assert refused.value.code == "subject_not_found"
    with pytest.raises(Unauthenticated):
        await report_content(Actor(municipality_id=3201), "proposal", proposal_id, ReasonCode.SPAM)
    assert await fetch_value("SELECT count(*) FROM report") == 0


async def test_nobody_reports_their_own(fresh, person, topic_id) -> None:
    author = await person()
    proposal_id = await published(author, await topic_id())
    comment_id = await commented(author, proposal_id)
    for subject in (("proposal", proposal_id), ("comment", comment_id)):
        with pytest.raises(Forbidden) as refused:
            await report_content(author, *subject, ReasonCode.SPAM)
        assert refused.value.code == "own_content"


@pytest.mark.parametrize(
    ("code", "text", "error"),
    [
        (ReasonCode.OTHER, "", Invalid),
        (ReasonCode.OTHER, "\u200b", Invalid),
        (ReasonCode.SPAM, "x" * 2_001, Invalid),
        (ReasonCode.PERSONAL_DATA, "Nummeret 412 34 567 står der.", PersonalData),
    ],
)
async def test_texts_of_reports_are_checked(fresh, person, topic_id, code, text, error) -> None:
    proposal_id = await published(await person(), await topic_id())
    with pytest.raises(error):
        await report_content(await person(), "proposal", proposal_id, code, text)
    assert await fetch_value("SELECT count(*) FROM report") == 0


async def test_there_is_a_limit_to_reports(fresh, person, topic_id) -> None:
    author, reader = await person(), await person()
    proposal_id = await published(author, await topic_id())
    ids = await many_comments(author, proposal_id, REPORTS_A_DAY + 3)
    tried = (report_content(reader, "comment", comment_id, ReasonCode.SPAM) for comment_id in ids)
    answers = await asyncio.gather(*tried, return_exceptions=True)
    assert sum(isinstance(answer, int) for answer in answers) == REPORTS_A_DAY
    assert sum(isinstance(answer, LimitExceeded) for answer in answers) == 3


async def test_the_database_knows_every_ground(fresh, person, topic_id) -> None:
    proposal_id = await published(await person(), await topic_id())
    assert set(GROUNDS) == set(ReasonCode)
    for code in ReasonCode:
        reader = await person()
        await report_content(reader, "proposal", proposal_id, code, "Fordi det er slik.")
    await execute("UPDATE report SET reason_code = 'other'")
