"""Where a person lives: from the population register when they agree, or by their own word where a topic takes it."""

from dataclasses import replace

import pytest

from backend.accounts.actors import actor_for_session, forget_all_actors
from backend.accounts.identity_hash import NationalNumber
from backend.accounts.population_register import municipality_of
from backend.accounts.profile import ProfileChange, update_profile
from backend.accounts.sessions import cookie_name
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch_row
from backend.platform.errors import Conflict, Forbidden, Invalid, Unavailable
from backend.proposals.supports import support
from backend.topics.queries import Requirement, topics_by_id
from backend.topics.rules import may
from backend.topics.service import create_topic
from tests.fixtures.operations import ask
from tests.proposals.support import published, refused_with
from tests.topics.test_topic_service import CONTENT, FRAME

OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}


async def _residence(account_id: int) -> tuple[str | None, str | None]:
    row = await fetch_row("SELECT home_municipality, residence_source FROM account WHERE id = $1", account_id)
    assert row is not None
    return row["home_municipality"], row["residence_source"]


async def _log_in(browser, person: str, fault: str = "bare", **query: str) -> int:
    answer = await browser.log_in(person, fault=fault, **query)
    assert answer.status_code == 303
    forget_all_actors()
    account_id = (await browser.actor()).account_id
    assert account_id is not None
    return account_id


async def test_whoever_agrees_has_it_looked_up_at_the_login(site, new_browser) -> None:
    browser = await new_browser(**OUR_PAGE)
    account_id = await _log_in(browser, "fiolin", bosted="ja")
    assert await _residence(account_id) == ("3201", "register")
    actor = await browser.actor()
    assert (actor.home_municipality, actor.is_residence_declared) == ("3201", False)


async def test_nobody_is_looked_up_who_did_not_agree_on_our_own_page(site, new_browser) -> None:
    unasked = await new_browser(**OUR_PAGE)
    assert await _residence(await _log_in(unasked, "fiolin")) == (None, None)
    from_elsewhere = await new_browser(**{"Sec-Fetch-Site": "cross-site"})
    assert await _residence(await _log_in(from_elsewhere, "fiolin", bosted="ja")) == (None, None)
    without = await new_browser()
    assert await _residence(await _log_in(without, "fiolin", bosted="ja")) == (None, None)


async def test_where_somebody_under_protection_lives_is_stored_nowhere(
    site, trial_provider, new_browser
) -> None:
    trial_provider.trial.register.protected.add("fiolin")
    try:
        browser = await new_browser(**OUR_PAGE)
        assert await _residence(await _log_in(browser, "fiolin", bosted="ja")) == (None, None)
    finally:
        trial_provider.trial.register.protected.clear()


async def test_a_register_that_does_not_answer_holds_up_no_login(site, trial_provider, new_browser) -> None:
    browser = await new_browser(**OUR_PAGE)
    issuer = trial_provider.trial.maskinporten
    clients, issuer.clients = issuer.clients, {}
    try:
        assert await _residence(await _log_in(browser, "fiolin", bosted="ja")) == (None, None)
    finally:
        issuer.clients = clients


@pytest.mark.parametrize(
    "change", [{"scope": "baerum:noe"}, {"client_id": "machine"}, {"url": "http://127.0.0.1:9/v1"}]
)
async def test_a_register_that_refuses_is_no_answer(fresh, trial_provider, change, capsys) -> None:
    register = trial_provider.configured(fresh).population_register
    number = "01817779901"
    with pytest.raises(Unavailable) as refused:
        await municipality_of(replace(register, **change), NationalNumber(number))
    assert number not in repr(refused.value) + capsys.readouterr().out


async def test_ones_own_word_counts_where_the_topic_takes_it(fresh, person, topic_id) -> None:
    topic, somebody = await topic_id(), await person(home=None)
    proposal_id = await published(await person(), topic)
    await _require(topic, accepts_declared=True)
    assert (await refused_with(Forbidden, support(somebody, proposal_id))).code == "residence_unknown"
    await update_profile(somebody, ProfileChange(lives_here=True))
    assert await _residence(somebody.account_id) == ("3201", "declared")
    declared = replace(somebody, home_municipality="3201", is_residence_declared=True)
    assert (await support(declared, proposal_id)).changed
    await _require(topic, accepts_declared=False)
    refused = await refused_with(Forbidden, support(declared, proposal_id))
    assert refused.code == "residence_declared"
    assert refused.params["municipality"] == "Bærum"
    await update_profile(somebody, ProfileChange(lives_here=False))
    assert await _residence(somebody.account_id) == (None, "declared")
    elsewhere = replace(somebody, home_municipality=None, is_residence_declared=True)
    await _require(topic, accepts_declared=True)
    assert (await refused_with(Forbidden, support(elsewhere, proposal_id))).code == "residents_only"


async def test_a_session_knows_whose_word_it_is(fresh, person, session_cookie) -> None:
    somebody = await person(home=None)
    cookie = await session_cookie(somebody)
    await update_profile(somebody, ProfileChange(lives_here=True))
    forget_all_actors()
    actor = await actor_for_session(fresh, cookie[cookie_name(fresh)])
    assert (actor.home_municipality, actor.is_residence_declared) == ("3201", True)
    viewer = await ask(fresh, actor, "MyProfile")
    assert viewer["homeMunicipality"] == "3201"


async def test_ones_own_word_replaces_nobody_elses(site, browser) -> None:
    actor = await browser.entered("fiolin")
    assert await _residence(actor.account_id) == ("3201", "login")
    refused = await refused_with(Conflict, update_profile(actor, ProfileChange(lives_here=False)))
    assert refused.code == "residence_known"
    # What was stored before sources were is a login's word too.
    await execute("UPDATE account SET residence_source = NULL")
    await refused_with(Conflict, update_profile(actor, ProfileChange(lives_here=False)))


async def test_a_login_replaces_ones_own_word(site, new_browser) -> None:
    account_id = await _log_in(await new_browser(), "fiolin")
    await update_profile(Actor(3201, account_id), ProfileChange(lives_here=False))
    await _log_in(await new_browser(), "fiolin", fault="")
    assert await _residence(account_id) == ("3201", "login")


async def test_a_requirement_that_nobody_could_meet_is_refused(fresh, person) -> None:
    admin = await person(role=Role.ADMIN)
    strict = replace(FRAME, requirements=(Requirement("support", None, residents_only=True),))
    refused = await refused_with(
        Invalid, create_topic(admin, "skolevei", CONTENT, strict, verifies_residence=False)
    )
    assert (refused.code, refused.field) == ("residence_unverifiable", "frame.requirements")
    lenient = replace(
        FRAME, requirements=(Requirement("support", None, residents_only=True, accepts_declared=True),)
    )
    await create_topic(admin, "skolevei", CONTENT, lenient, verifies_residence=False)
    assert fresh.verifies_residence
    assert not replace(fresh, env="production").verifies_residence


async def test_a_stranger_is_shown_whom_it_is_for_before_the_login(fresh, person, topic_id) -> None:
    topic = await topic_id()
    await _require(topic, accepts_declared=False)
    row = (await topics_by_id(3201, [topic], "nb"))[topic]
    refusal = may(Actor(3201), "support", row)
    assert refusal.code == "login_required"
    assert dict(refusal.params)["municipality"] == "Bærum"
    assert "bor i {municipality}" in refusal.message


async def _require(topic: int, *, accepts_declared: bool) -> None:
    await execute("DELETE FROM topic_requirement WHERE topic_id = $1", topic)
    await execute(
        """INSERT INTO topic_requirement (municipality_id, topic_id, action, residents_only, accepts_declared)
           VALUES (3201, $1, 'support', true, $2)""",
        topic,
        accepts_declared,
    )
