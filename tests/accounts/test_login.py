"""Logging in through a real provider: once, in one browser, as one person, or not at all."""

import asyncio
from dataclasses import replace

import pytest

from backend.accounts.addresses import local_path
from backend.accounts.claims import LoginClaims
from backend.accounts.identities import account_for
from backend.accounts.login import begin_login, finish_login
from backend.platform.authz import Grant, Role
from backend.platform.database import execute, fetch, fetch_row, fetch_value
from backend.platform.errors import NotFound, Unauthenticated, Unavailable
from backend.platform.settings import ProviderSettings
from tests.accounts.conftest import answer_of, reason
from tests.fixtures.people import make_person


async def test_a_resident_logs_in(site, browser) -> None:
    answer = await browser.log_in("fiolin", return_to="/nn/forslag/7?vis=alt")
    welcome = "/nn/velkommen?til=%2Fnn%2Fforslag%2F7%3Fvis%3Dalt"
    assert (answer.status_code, answer.headers["location"]) == (303, welcome)
    cookie = next(text for text in answer.headers.get_list("set-cookie") if text.startswith("samskap="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    actor = await browser.actor()
    assert (actor.birth_year, actor.home_municipality, actor.grants) == (1984, "3201", frozenset())
    account = await fetch_row("SELECT * FROM account WHERE id = $1", actor.account_id)
    assert account["display_name"].startswith("Innbygger ")
    assert account["name_kind"] == "pseudonym"
    assert account["welcomed_at"] is None
    session = await fetch_row("SELECT * FROM account_session")
    assert session["acr"] == "idporten-loa-substantial"
    assert session["provider_session"]
    assert browser.token.encode() not in bytes(session["token_hash"])
    assert len(browser.token) == 43


async def test_what_is_requested_of_the_provider(site, browser) -> None:
    authorization = answer_of(await browser.begin())
    assert authorization["code_challenge_method"] == "S256"
    assert (authorization["response_type"], authorization["acr_values"]) == (
        "code",
        "idporten-loa-substantial",
    )
    assert {"state", "nonce", "code_challenge"} <= set(authorization)
    attempt = await fetch_row("SELECT * FROM login_attempt")
    assert authorization["state"].encode() not in bytes(attempt["state_hash"])


async def test_the_same_person_is_the_same_account(site, browser, new_browser) -> None:
    first = await browser.entered("fiolin")
    again = await (await new_browser()).log_in("fiolin", return_to="/forslag/7?vis=alt")
    assert again.headers["location"] == "/forslag/7?vis=alt"
    second = await (await new_browser()).entered("fiolin")
    stranger = await (await new_browser()).entered("lykt")
    assert first.account_id == second.account_id != stranger.account_id
    assert stranger.language == "nn"


async def test_two_logins_at_once_make_one_account(site, new_browser) -> None:
    browsers = [await new_browser() for _ in range(6)]
    actors = await asyncio.gather(*(browser.entered("fiolin") for browser in browsers))
    assert len({actor.account_id for actor in actors}) == 1
    assert await fetch_value("SELECT count(*) FROM account") == 1
    assert await fetch_value("SELECT count(*) FROM account_identity") == 1
    assert await fetch_value("SELECT count(*) FROM account_session WHERE ended_at IS NULL") == 6


async def test_a_person_without_number_is_known_by_the_subject(site, browser, new_browser) -> None:
    first = await browser.entered("fiolin", fault="no_pid")
    assert await fetch_value("SELECT number_hash FROM account_identity") is None
    second = await (await new_browser()).entered("fiolin", fault="no_pid")
    with_number = await (await new_browser()).entered("fiolin")
    assert first.account_id == second.account_id == with_number.account_id
    assert await fetch_value("SELECT number_hash FROM account_identity") is not None
    assert (await (await new_browser()).entered("fiolin", fault="no_pid")).account_id == first.account_id


async def test_the_number_tells_the_year_where_the_provider_does_not(site, browser) -> None:
    actor = await browser.entered("papirfly", fault="bare")
    assert (actor.birth_year, actor.home_municipality) == (2012, None)


async def test_the_number_holds_when_the_subject_changes(site, browser, new_browser) -> None:
    first = await browser.entered("fiolin")
    await execute("UPDATE account_identity SET subject = 'of another client'")
    assert (await (await new_browser()).entered("fiolin")).account_id == first.account_id
    assert await fetch_value("SELECT count(*) FROM account_identity") == 1


async def test_a_number_known_by_another_provider_is_the_same_person(site, browser, new_browser) -> None:
    first = await browser.entered("fiolin")
    await execute("UPDATE account_identity SET provider = 'elsewhere'")
    assert (await (await new_browser()).entered("fiolin")).account_id == first.account_id
    rows = await fetch("SELECT provider FROM account_identity ORDER BY provider")
    assert [row["provider"] for row in rows] == ["elsewhere", "idporten"]


@pytest.mark.parametrize(
    ("fault", "reported"),
    [
        ("wrong_nonce", "nonce"),
        ("no_nonce", "nonce"),
        ("wrong_issuer", "iss"),
        ("wrong_audience", "aud"),
        ("expired", "exp"),
        ("not_yet", "iat"),
        ("bad_signature", "signature"),
        ("unsigned", "signature"),
        ("low_acr", "sikkerhetsnivå"),
        ("no_acr", "sikkerhetsnivå"),
        ("wrong_state", "annen nettleser"),
    ],
)
async def test_what_is_wrong_is_refused_with_its_reason(site, browser, fault, reported) -> None:
    answer = await browser.log_in("fiolin", fault=fault)
    assert answer.status_code == 401
    assert reported in reason(answer)
    assert browser.token is None
    assert await fetch_value("SELECT count(*) FROM account") == 0
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_an_answer_is_used_once_even_when_sent_twice_at_once(site, browser) -> None:
    address = await browser.choose(await browser.begin(), "fiolin")
    answers = await asyncio.gather(*(browser.http.get(address) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [303, 401, 401, 401]
    assert await fetch_value("SELECT count(*) FROM account_session") == 1


async def test_an_answer_belongs_to_the_browser_that_requested(site, browser, new_browser) -> None:
    address = await browser.choose(await browser.begin(), "fiolin")
    thief = await new_browser()
    assert (await thief.http.get(address)).status_code == 401
    await thief.begin()
    assert (await thief.http.get(address)).status_code == 401
    assert (await browser.http.get(address)).status_code == 303


async def test_two_tabs_do_not_disturb_each_other(site, browser) -> None:
    first, second = await browser.begin(), await browser.begin()
    assert (await browser.http.get(await browser.choose(second, "fiolin"))).status_code == 303
    assert (await browser.http.get(await browser.choose(first, "fiolin"))).status_code == 303


async def test_an_old_attempt_is_refused(site, browser) -> None:
    address = await browser.choose(await browser.begin(), "fiolin")
    await execute("UPDATE login_attempt SET expires_at = now() - interval '1 second'")
    assert (await browser.http.get(address)).status_code == 401


async def test_cancelling_and_other_errors_of_the_provider(site, browser) -> None:
    answer = await browser.http.get(f"{await browser.begin()}&cancel=1")
    reported = await browser.http.get(answer.headers["location"])
    assert (reported.status_code, reason(reported)) == (401, "Innloggingen ble avbrutt.")
    state = answer_of(await browser.begin())["state"]
    callback = f"{site.base_url}/login/idporten/callback"
    query = {"state": state, "iss": site.providers[0].issuer, "error": "server_error"}
    reported = await browser.http.get(callback, params=query | {"error_description": "<script>01010112345"})
    assert "server_error" in reason(reported)
    assert "<script>" not in reported.text
    assert "01010112345" not in reported.text


async def test_an_answer_that_another_provider_could_have_sent(site, browser) -> None:
    address = await browser.choose(await browser.begin(), "fiolin")
    without = address.split("&iss=")[0]
    assert "iss" in reason(await browser.http.get(without))
    mixed = (await browser.choose(await browser.begin(), "fiolin")).replace("%2Fidporten", "%2Fentra")
    assert (await browser.http.get(mixed)).status_code == 401


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 401),
        ("state=x", 401),
        ("state=x&code=y", 401),
        ("code=y&code=z", 400),
        ("state=%00&code=%ff", 401),
    ],
)
async def test_a_callback_that_nobody_requested(site, browser, query, status) -> None:
    answer = await browser.http.get(f"{site.base_url}/login/idporten/callback?{query}")
    assert answer.status_code == status


async def test_a_wrong_code_is_refused_by_the_provider(site, browser) -> None:
    state = answer_of(await browser.begin())["state"]
    query = {"state": state, "code": "guessed", "iss": site.providers[0].issuer}
    answer = await browser.http.get(f"{site.base_url}/login/idporten/callback", params=query)
    assert "invalid_grant" in reason(answer)


async def test_a_code_needs_the_verifier_it_was_requested_with(site, browser) -> None:
    address = await browser.choose(await browser.begin(), "fiolin")
    await execute("UPDATE login_attempt SET code_verifier = $1", "w" * 43)
    assert "invalid_grant" in reason(await browser.http.get(address))


async def test_an_unknown_provider(site, browser) -> None:
    answer = await browser.http.get(f"{site.base_url}/login/nobody")
    assert answer.status_code == 404
    with pytest.raises(NotFound):
        await finish_login(site, "nobody", {}, None)


async def test_a_provider_that_is_down_or_says_it_is_another(site) -> None:
    down = replace(site.providers[0], issuer="http://127.0.0.1:9/nobody")
    with pytest.raises(Unavailable):
        await begin_login(replace(site, providers=(down,)), "idporten")
    other = replace(site.providers[0], issuer=f"{site.providers[0].issuer}/")
    with pytest.raises(Unavailable):
        await begin_login(replace(site, providers=(other,)), "idporten")


async def test_plain_http_is_for_trials_only(site) -> None:
    with pytest.raises(Unavailable):
        await begin_login(replace(site, env="production"), "idporten")


async def test_logging_in_again_replaces_the_browsers_session(site, browser) -> None:
    first = await browser.entered("fiolin")
    old = browser.token
    second = await browser.entered("fiolin")
    assert first.account_id == second.account_id
    assert browser.token != old
    assert await fetch_value(
        "SELECT ended_at IS NOT NULL FROM account_session WHERE id = $1", first.session_id
    )


async def test_an_employee_gets_the_roles_of_the_groups(site, browser, new_browser, topic_id) -> None:
    planner = await browser.entered("linjal", "entra")
    assert planner.grants == {Grant(Role.PLANNER, await topic_id())}
    account = await fetch_row("SELECT * FROM account")
    assert (account["display_name"], account["name_kind"]) == ("Grundig Linjal", "real")
    assert account["email"] == "grundig.linjal@example.invalid"
    assert (await (await new_browser()).entered("nokkelknippe", "entra")).has_role(Role.ADMIN)


async def test_roles_follow_the_groups_at_the_next_login(site, browser, new_browser) -> None:
    actor = await browser.entered("vektskal", "entra")
    assert actor.has_role(Role.MODERATOR)
    entra = site.providers[1]
    changed = replace(site, providers=(replace(entra, group_roles={"samskap-moderator": "planner"}),))
    other = await new_browser()
    started = await begin_login(changed, "entra")
    answer = answer_of(await other.choose(started.url, "vektskal"))
    await finish_login(changed, "entra", answer, started.binding)
    rows = await fetch("SELECT role, ended_at IS NULL AS holds, source FROM role_grant ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [
        ("moderator", False, "provider"),
        ("planner", True, "provider"),
    ]


async def test_a_wrong_group_role_gives_nobody_a_role(site, new_browser) -> None:
    entra = replace(site.providers[1], group_roles={"samskap-moderator": "emperor", "x": "planner:no-such"})
    changed = replace(site, providers=(entra,))
    started = await begin_login(changed, "entra")
    address = await (await new_browser()).choose(started.url, "vektskal")
    answer = answer_of(address)
    await finish_login(changed, "entra", answer, started.binding)
    assert await fetch_value("SELECT count(*) FROM role_grant") == 0


async def test_finishing_without_a_binding(site) -> None:
    with pytest.raises(Unauthenticated):
        await finish_login(site, "idporten", {"state": "x", "code": "y"}, None)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/forslag/7?a=b#c", "/forslag/7?a=b#c"),
        ("/", "/"),
        (None, "/"),
        ("", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/login/idporten", "/"),
        ("/logout", "/"),
        ("/nb/forslag?sok=" + "%C3%B8" * 600, "/nb/forslag?sok=" + "%C3%B8" * 600),
        ("/" + "a" * 4000, "/"),
    ],
)
def test_only_paths_of_this_site_are_returned_to(target, path) -> None:
    assert local_path(target) == path


async def test_a_namesake_of_staff_is_not_shown_by_the_name_the_provider_gave(fresh) -> None:
    await make_person(fresh, name="Tydelig Bok", role=Role.PLANNER)
    residents = ProviderSettings("idporten", "idporten", "https://login.invalid", "samskap", "")
    employees = replace(residents, key="entra", profile="entra")
    given = {}
    for provider in (residents, employees):
        for name in ("Tydelig Bok", "Annen Bok"):
            groups = frozenset[str]() if provider is employees else None
            claims = LoginClaims(subject=f"{provider.key} {name}", name=name, groups=groups)
            account_id, _ = await account_for(fresh, provider, claims)
            given[provider.key, name] = await fetch_value(
                "SELECT display_name FROM account WHERE id = $1", account_id
            )
    assert given.pop(("idporten", "Tydelig Bok")).startswith("Innbygger ")
    assert all(name == shown for (_, name), shown in given.items())
