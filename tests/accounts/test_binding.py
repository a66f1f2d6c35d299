"""One person with two accounts: bound by logging in to both in one browser, and counted once."""

import asyncio
from dataclasses import replace

import pytest

from api.node_ids import to_global_id
from backend.accounts.actors import forget_all_actors
from backend.accounts.binding import bind_accounts, own_binding
from backend.accounts.erasure import erase_account
from backend.moderation.reasons import ReasonCode
from backend.moderation.reports import report_content
from backend.platform.database import execute, fetch, fetch_value
from backend.platform.errors import Conflict, Forbidden
from backend.proposals.queries import proposals_by_id, supported_by
from backend.proposals.supports import support, withdraw_support
from tests.accounts.conftest import reason
from tests.fixtures.operations import ask_all
from tests.proposals.support import OTHER_WORDS, WORDS, published, refused_with


async def _bind(browser, person: str, provider: str):
    """The whole way from the page of one's accounts; the answer to the callback."""
    started = await browser.http.post(f"{browser.settings.base_url}/login/{provider}/bind")
    assert started.status_code == 303, started.text
    return await browser.http.get(await browser.choose(started.headers["location"], person))


async def test_an_employee_binds_their_two_accounts(site, browser, new_browser) -> None:
    employee = await browser.entered("linjal", "entra")
    assert not employee.has_national_number
    answer = await _bind(browser, "linjal", "idporten")
    assert (answer.status_code, answer.headers["location"]) == (303, "/nb/min-side/kontoer")
    forget_all_actors()
    bound = await browser.actor()
    resident = await (await new_browser()).entered("linjal")
    assert (bound.account_id, bound.bound_account_id) == (employee.account_id, resident.account_id)
    assert (resident.bound_account_id, resident.has_national_number) == (employee.account_id, True)
    assert resident.grants == frozenset()
    assert {grant.role for grant in bound.grants} == {grant.role for grant in employee.grants} != set()
    again = await _bind(browser, "linjal", "idporten")
    assert again.status_code == 303
    assert await fetch_value("SELECT count(*) FROM account_binding") == 1
    shown = [await ask_all(site, actor, "ShowMyAccounts") for actor in (bound, resident)]
    assert [each["viewer"]["accountBinding"]["isEmployee"] for each in shown] == [True, False]
    page = await browser.http.get(f"{site.base_url}/nb/min-side/kontoer")
    assert "Kontoene er knyttet sammen" in page.text


async def test_it_is_bound_from_the_resident_s_side_too(site, browser) -> None:
    resident = await browser.entered("linjal")
    assert (await _bind(browser, "linjal", "entra")).status_code == 303
    forget_all_actors()
    assert (await browser.actor()).account_id == resident.account_id
    assert (await browser.actor()).bound_account_id is not None


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        (("linjal", "entra"), ("linjal", "entra"), "den samme kontoen"),
        (("fiolin", "idporten"), ("lykt", "idporten"), "samme person"),
        (("linjal", "entra"), ("vektskal", "entra"), "samme person"),
    ],
)
async def test_what_is_no_pair_is_not_bound(site, browser, first, second, shown) -> None:
    await browser.entered(*first)
    accounts = await fetch_value("SELECT count(*) FROM account")
    answer = await _bind(browser, *second)
    assert answer.status_code == 409
    assert shown in reason(answer)
    assert await fetch_value("SELECT count(*) FROM account_binding") == 0
    # Whoever was here for the first time leaves nothing behind.
    assert await fetch_value("SELECT count(*) FROM account") == accounts


async def test_nobody_binds_without_being_logged_in_all_the_way(site, browser, new_browser) -> None:
    address = f"{site.base_url}/login/idporten/bind"
    assert (await browser.http.post(address)).status_code == 401
    await browser.entered("linjal", "entra")
    other_site = await browser.http.post(address, headers={"Sec-Fetch-Site": "cross-site"})
    assert other_site.status_code == 403
    started = await browser.http.post(address)
    await execute("UPDATE account_session SET ended_at = now()")
    forget_all_actors()
    answer = await browser.http.get(await browser.choose(started.headers["location"], "linjal"))
    assert answer.status_code == 401
    assert "logget ut underveis" in reason(answer)
    assert await fetch_value("SELECT count(*) FROM account_binding") == 0


async def test_an_account_is_bound_to_one_other(fresh, person) -> None:
    resident, other = await person(), await person()
    employees = [await person(number=False) for _ in range(3)]
    answers = await asyncio.gather(
        *(bind_accounts(3201, resident.account_id, each.account_id) for each in employees),
        return_exceptions=True,
    )
    assert answers.count(None) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 2
    taken = employees[answers.index(None)]
    assert (await refused_with(Conflict, bind_accounts(3201, other.account_id, taken.account_id))).code == (
        "bound_to_another"
    )


async def test_support_takes_a_national_number(fresh, person, topic_id) -> None:
    proposal_id = await published(await person(), await topic_id())
    employee = await person(number=False)
    assert (await refused_with(Forbidden, support(employee, proposal_id))).code == "national_number_needed"
    assert (await withdraw_support(employee, proposal_id)).changed is False
    facts = await ask_all(fresh, employee, "ProposalViewer", id=to_global_id("Proposal", proposal_id))
    assert facts["proposal"]["viewerCanSupport"]["code"] == "national_number_needed"


async def test_whoever_supported_with_both_accounts_counts_once(fresh, person, topic_id) -> None:
    resident, employee = await person(), await person()
    topic, author = await topic_id(), await person()
    both, one = await published(author, topic), await published(author, topic, OTHER_WORDS)
    own = await published(
        resident,
        topic,
        replace(
            WORDS, title="Trygg vei til skolen", body="Elevene går i veibanen, for fortauet slutter ved broa."
        ),
    )
    for actor, proposal_id in ((resident, both), (employee, both), (employee, one), (employee, own)):
        await support(actor, proposal_id)
    await execute(
        "UPDATE account_identity SET number_hash = NULL, pepper_version = NULL WHERE account_id = $1",
        employee.account_id,
    )
    await bind_accounts(3201, employee.account_id, resident.account_id)
    counts = {key: row.supports for key, row in (await proposals_by_id(3201, [both, one, own])).items()}
    assert counts == {both: 1, one: 1, own: 0}
    assert await supported_by(resident, [both, one, own]) == {both, one}
    assert await supported_by(employee, [both, one, own]) == set()
    await bind_accounts(3201, employee.account_id, resident.account_id)
    assert len(await fetch("SELECT FROM support_event")) == 8


async def test_a_person_reports_once_and_supports_nothing_of_their_own(fresh, person, topic_id) -> None:
    resident, topic = await person(), await topic_id()
    employee = replace(await person(), bound_account_id=resident.account_id)
    own, others = await published(resident, topic), await published(await person(), topic, OTHER_WORDS)
    assert (await refused_with(Forbidden, support(employee, own))).code == "own_proposal"
    assert (
        await refused_with(Forbidden, report_content(employee, "proposal", own, ReasonCode.SPAM))
    ).code == ("own_content")
    bound = replace(resident, bound_account_id=employee.account_id)
    await report_content(bound, "proposal", others, ReasonCode.SPAM)
    assert (
        await refused_with(Conflict, report_content(employee, "proposal", others, ReasonCode.SPAM))
    ).code == ("already_reported")


async def test_a_binding_goes_with_the_account(fresh, person) -> None:
    resident, employee = await person(), await person(number=False)
    await bind_accounts(3201, resident.account_id, employee.account_id)
    assert (await own_binding(employee)).is_employee
    await erase_account(3201, resident.account_id, keep_content=True, progress=_nothing)
    assert await own_binding(employee) is None


async def _nothing(_: int) -> None:
    """Progress that nobody follows."""
