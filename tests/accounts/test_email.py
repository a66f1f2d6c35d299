"""An address becomes a person's own when they answer the letter that was sent to it, and not before."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

import workers.accounts
from backend.accounts.claims import LoginClaims
from backend.accounts.emails import choose_email, confirm_email
from backend.accounts.identities import account_for
from backend.accounts.sessions import secret_hash
from backend.platform.authz import Actor
from backend.platform.database import execute, fetch, fetch_row, fetch_value
from backend.platform.errors import Invalid, LimitExceeded, NotFound
from backend.platform.settings import ProviderSettings, Settings
from tests.fixtures.operations import ask
from tests.fixtures.server import serving
from tests.notifications.post_office import Day, PostOffice
from workers.job import run_row

OLD, NEW = "gammel@example.no", "ny@example.no"


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    office = PostOffice()
    await office.open()
    yield office
    await office.close()


@pytest.fixture
def settings(fresh: Settings, office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """What the worker reads: this test's database and this test's mail server."""
    settings = replace(fresh, smtp_url=office.url)
    monkeypatch.setattr(workers.accounts, "get_settings", lambda: settings)
    return settings


@pytest.fixture
def work(settings: Settings) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        for row in await fetch("SELECT id FROM outbox WHERE job = 'confirm_email' AND done_at IS NULL"):
            await run_row(row["id"])

    return run


def _secrets(office: PostOffice) -> list[str]:
    """The secret of each letter, oldest first."""
    texts = [message.get_body(("plain",)).get_content() for message in office.taken]
    return [re.search(r"/min-side/epost/(\S+)", text)[1] for text in texts]


async def _address(actor: Actor) -> tuple[str | None, str | None]:
    row = await fetch_row("SELECT email, pending_email FROM account WHERE id = $1", actor.account_id)
    return row["email"], row["pending_email"]


async def test_an_address_is_ones_own_once_the_letter_is_answered(person, settings, work, office) -> None:
    actor = await person(email=OLD, name="Besøk min-side.example")
    await choose_email(actor, NEW)
    await work()
    assert await _address(actor) == (OLD, NEW)
    (letter,) = office.taken
    assert (letter["X-Recipients"], letter["Subject"]) == (NEW, "Bekreft e-postadressen din")
    assert "Besøk" not in letter.as_string()
    (secret,) = _secrets(office)
    assert len(secret) == 43
    confirmed = await confirm_email(settings, secret)
    assert (confirmed.account_id, confirmed.address) == (actor.account_id, NEW)
    assert await _address(actor) == (NEW, None)
    with pytest.raises(NotFound):
        await confirm_email(settings, secret)


async def test_a_letter_to_a_domain_with_norwegian_letters_goes_there_as_the_name_system_spells_it(
    person, work, office
) -> None:
    actor = await person()
    await choose_email(actor, "a@blåbær.no")
    await work()
    assert await _address(actor) == (None, "a@blåbær.no")
    assert [letter["X-Recipients"] for letter in office.taken] == ["a@xn--blbr-roah.no"]


@pytest.mark.parametrize(
    "written",
    ["a..b@example.no", ".a@example.no", "a.@example.no", "a@-b.no", "a@b..no", "a@no", "å@b.no", "a@b.n1"],
)
async def test_what_no_mail_server_takes_is_no_address(person, written: str) -> None:
    with pytest.raises(Invalid):
        await choose_email(await person(), written)


async def test_the_secret_and_the_address_are_nowhere_else(person, work, office) -> None:
    actor = await person()
    await choose_email(actor, NEW)
    await work()
    (secret,) = _secrets(office)
    stored = await fetch_row("SELECT email_secret_hash FROM account WHERE id = $1", actor.account_id)
    assert stored["email_secret_hash"] == secret_hash(secret)
    (job,) = await fetch("SELECT * FROM outbox WHERE job = 'confirm_email'")
    assert NEW not in str(dict(job))
    assert secret not in str(dict(job))


async def test_the_secret_confirms_its_own_account_and_nothing_else_does(
    person, settings, work, office
) -> None:
    actor, other = await person(), await person()
    await choose_email(actor, NEW)
    await choose_email(other, OLD)
    await work()
    secret = _secrets(office)[0]
    for wrong in ("", secret[:-1], "x" * 5000, "\ud800"):
        with pytest.raises(NotFound):
            await confirm_email(settings, wrong)
    with pytest.raises(NotFound):
        await confirm_email(replace(settings, municipality=3203), secret)
    assert await _address(actor) == (None, NEW)
    await confirm_email(settings, secret)
    assert (await _address(actor), await _address(other)) == ((NEW, None), (None, OLD))


async def test_a_link_ends_with_the_day_and_with_the_next_letter(person, settings, work, office) -> None:
    actor = await person()
    await choose_email(actor, "feil@example.no")
    await work()
    await choose_email(actor, NEW)
    await work()
    first, second = _secrets(office)
    with pytest.raises(NotFound):
        await confirm_email(settings, first)
    await execute("UPDATE account SET email_expires_at = now() WHERE id = $1", actor.account_id)
    with pytest.raises(NotFound):
        await confirm_email(settings, second)


async def test_of_two_clicks_at_once_one_confirms(person, settings, work, office) -> None:
    actor = await person()
    await choose_email(actor, NEW)
    await work()
    (secret,) = _secrets(office)
    came = await asyncio.gather(*(confirm_email(settings, secret) for _ in range(3)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in came) == ["ConfirmedEmail", "NotFound", "NotFound"]


async def test_five_letters_an_hour(person, settings) -> None:
    actor = await person(email=OLD)
    requests = [choose_email(actor, f"ny{number}@example.no") for number in range(7)]
    came = await asyncio.gather(*requests, return_exceptions=True)
    assert [type(one) for one in came if one is not None] == [LimitExceeded] * 2
    assert await fetch_value("SELECT count(*) FROM outbox WHERE job = 'confirm_email'") == 5
    await choose_email(actor, OLD)
    await choose_email(actor, None)
    assert await _address(actor) == (None, None)
    await execute(
        """UPDATE account SET email_asked_at = ARRAY(SELECT asked - interval '1 hour' FROM unnest(email_asked_at) asked)
           WHERE id = $1""",
        actor.account_id,
    )
    await choose_email(actor, NEW)
    assert (
        await fetch_value("SELECT cardinality(email_asked_at) FROM account WHERE id = $1", actor.account_id)
        == 1
    )


async def test_what_is_given_up_is_not_written_to(person, work, office) -> None:
    actor, gone = await person(email=OLD), await person()
    await choose_email(actor, NEW)
    await choose_email(actor, OLD)
    await choose_email(gone, NEW)
    await execute("UPDATE account SET deleted_at = now() WHERE id = $1", gone.account_id)
    await work()
    assert office.taken == []
    assert await _address(actor) == (OLD, None)


async def test_a_job_run_again_sends_the_same_letter_or_none(person, settings, work, office) -> None:
    actor = await person()
    await choose_email(actor, NEW)
    office.day = Day.HANGS_UP_AFTER_KEEPING
    await work()
    office.day = Day.GOOD
    await work()
    assert len(set(office.ids())) == 1
    assert len(set(_secrets(office))) == 1
    await execute("UPDATE outbox SET done_at = NULL")
    await work()
    assert len(office.taken) == 2
    await confirm_email(settings, _secrets(office)[0])


async def test_two_workers_send_one_letter(person, settings, office) -> None:
    actor = await person()
    await choose_email(actor, NEW)
    row = await fetch_value("SELECT id FROM outbox WHERE job = 'confirm_email'")
    await asyncio.gather(*(run_row(row) for _ in range(4)))
    assert len(office.taken) == 1


async def test_an_address_that_is_refused_stays_unconfirmed(person, work, office) -> None:
    actor = await person(email=OLD)
    await choose_email(actor, NEW)
    office.day = Day.REFUSES
    await work()
    assert await _address(actor) == (OLD, NEW)
    assert await fetch_value("SELECT done_at FROM outbox WHERE job = 'confirm_email'") is not None
    with pytest.raises(Invalid):
        await choose_email(actor, "a@example.no\nBcc: b@example.no")


async def test_a_providers_address_needs_no_letter(fresh) -> None:
    provider = ProviderSettings("entra", "entra", "https://entra.example", "us", "secret")
    claims = LoginClaims(subject="s", name="Sol Saksbehandler", email="sol@example.no")
    account_id, _ = await account_for(fresh, provider, claims)
    assert await _address(Actor(3201, account_id)) == ("sol@example.no", None)


async def test_over_the_api(fresh, person, work, office) -> None:
    actor = await person(email=OLD)
    changed = await ask(fresh, actor, "UpdateProfile", input={"email": NEW})
    assert (changed["viewer"]["email"], changed["viewer"]["pendingEmail"]) == (OLD, NEW)
    script = replace(actor, scopes=frozenset({"read", "write"}))
    assert (await ask(fresh, script, "MyProfile"))["pendingEmail"] == "n…@example.no"
    await work()
    for who in (actor, Actor(3201)):
        refused = await ask(fresh, who, "ConfirmEmailAddress", secret="wrong")
        assert (refused["__typename"], refused["code"]) == ("NotFoundProblem", "email_link_unknown")
    confirmed = await ask(fresh, Actor(3201), "ConfirmEmailAddress", secret=_secrets(office)[0])
    assert confirmed == {"__typename": "EmailConfirmed", "email": NEW}
    assert await _address(actor) == (NEW, None)
    await choose_email(actor, OLD)
    await work()
    secret = _secrets(office)[1]
    with pytest.raises(NotFound):
        await confirm_email(fresh, secret, account_id=(await person()).account_id)
    assert (await confirm_email(fresh, secret, account_id=actor.account_id)).address == OLD
    for number in range(3):
        await ask(fresh, actor, "UpdateProfile", input={"email": f"ny{number}@example.no"})
    often = await ask(fresh, actor, "UpdateProfile", input={"email": "siste@example.no", "language": "nn"})
    assert (often["__typename"], often["limit"]) == ("LimitProblem", "5")
    assert (await ask(fresh, actor, "MyProfile"))["language"] == "nb"


async def test_the_link_in_the_letter_needs_no_login(settings, person, work, office) -> None:
    actor = await person(email=OLD, language="en")
    await choose_email(actor, NEW)
    await work()
    (letter,) = office.taken
    assert letter["List-Unsubscribe"] is None
    text = letter.get_body(("plain",)).get_content()
    address = re.search(r"http://testserver(\S+)", text)[1]
    assert address == f"/en/min-side/epost/{_secrets(office)[0]}", "in the language of the letter"
    async with serving(settings) as served:
        # Scanners open the link, and with it whatever they please, without confirming anything.
        page = await served.http.get(address)
        assert (page.status_code, page.headers["cache-control"]) == (200, "private, no-store")
        assert f'<form method="post" action="{address}"' in page.text
        await served.http.head(address)
        assert await _address(actor) == (OLD, NEW)
        done = await served.http.post(address)
        assert done.status_code == 200
        assert NEW in done.text
        assert "samskap" not in done.cookies, "nobody was logged in by it"
        assert await _address(actor) == (NEW, None)
        again = await served.http.post(address)
        assert again.status_code == 404
        assert "Log in and ask for a new one" in again.text
        led = await served.http.get(address.removeprefix("/en"), headers={"Accept-Language": "en"})
        assert (led.status_code, led.headers["location"]) == (302, address)
