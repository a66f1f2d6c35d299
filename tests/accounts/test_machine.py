"""Machines with tokens from the trial Maskinporten."""

import asyncio
import itertools
import json
import time
from dataclasses import asdict

import httpx
import pytest

from backend.accounts.actors import actor_for_bearer, forget_actors
from backend.accounts.machine import covered, end_machine_client, own_scope, register_machine_client
from backend.platform.authz import Grant, Role
from backend.platform.database import fetch, fetch_value
from backend.platform.errors import Invalid, NotFound, Unauthenticated
from backend.platform.settings import Settings
from tests.fixtures.provider import MACHINE_SCOPES
from tests.imports.commands import samskap
from web.trial.keys import SigningKey
from web.trial.maskinporten import TRIAL_ORGANISATION

READ, EXPORT = f"{MACHINE_SCOPES}read", f"{MACHINE_SCOPES}export"
_moments = itertools.count()


@pytest.fixture
def settings(fresh, trial_provider):
    return trial_provider.configured(fresh)


async def _token(trial_provider, fault: str = "", **changes: object) -> str:
    assertion = trial_provider.assertion(time.time(), jti=f"jti-{next(_moments)}", **changes)
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(
            f"{trial_provider.base}/maskinporten/token",
            params={"fault": fault} if fault else {},
            data={"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion},
        )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def test_a_registered_organisation_gets_in(settings, person, trial_provider) -> None:
    account_id = await register_machine_client(
        3201, TRIAL_ORGANISATION, "Nabo kommune", [READ, EXPORT], [Role.PLANNER]
    )
    token = await _token(trial_provider)
    actor = await actor_for_bearer(settings, f"Bearer {token}")
    assert (actor.account_id, actor.scopes) == (account_id, {"read"})
    assert actor.grants == {Grant(Role.SERVICE), Grant(Role.PLANNER)}
    assert await fetch_value("SELECT kind FROM account WHERE id = $1", account_id) == "service"


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ("wrong_issuer", "iss"),
        ("wrong_audience", "aud"),
        ("expired", "exp"),
        ("not_yet", "iat"),
        ("bad_signature", "signature"),
        ("unsigned", "signature"),
    ],
)
async def test_a_token_that_does_not_hold(settings, person, trial_provider, fault, check) -> None:
    await register_machine_client(3201, TRIAL_ORGANISATION, "N", [READ])
    with pytest.raises(Unauthenticated) as caught:
        await actor_for_bearer(settings, f"Bearer {await _token(trial_provider, fault)}")
    assert caught.value.params == {"check": check}


async def test_audience_scope_and_organisation_are_checked(settings, person, trial_provider) -> None:

    async def check(token: str) -> object:
        with pytest.raises(Unauthenticated) as caught:
            await actor_for_bearer(settings, f"Bearer {token}")
        return caught.value.params["check"]

    assert await check(await _token(trial_provider)) == "consumer"
    await register_machine_client(3201, TRIAL_ORGANISATION, "N", [READ])
    assert await check(await _token(trial_provider, resource=None)) == "aud"
    assert await check(await _token(trial_provider, resource="https://other.example")) == "aud"
    assert await check(await _token(trial_provider, scope=EXPORT)) == "scope"
    await end_machine_client(3201, TRIAL_ORGANISATION)
    assert await check(await _token(trial_provider)) == "consumer"
    with pytest.raises(NotFound):
        await end_machine_client(3201, TRIAL_ORGANISATION)


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"consumer": None}, "consumer"),
        ({"consumer": "0192:310000426"}, "consumer"),
        ({"consumer": {"authority": "other", "ID": "0192:310000426"}}, "consumer"),
        ({"consumer": {"authority": "iso6523-actorid-upis", "ID": "9999:310000426"}}, "consumer"),
        ({"consumer": {"authority": "iso6523-actorid-upis"}}, "consumer"),
        ({"scope": None}, "scope"),
        ({"scope": ["x"]}, "scope"),
        ({"exp": None}, "exp"),
        ({"iat": None}, "iat"),
        ({"exp": "soon"}, "exp"),
    ],
)
async def test_claims_that_the_issuer_would_not_make(
    settings, person, trial_provider, changes, check
) -> None:
    await register_machine_client(3201, TRIAL_ORGANISATION, "N", [READ])
    now = int(time.time())
    claims = {
        "iss": settings.machine_issuer.issuer,
        "aud": settings.machine_issuer.audience,
        "scope": READ,
        "iat": now,
        "exp": now + 60,
        "consumer": {"authority": "iso6523-actorid-upis", "ID": f"0192:{TRIAL_ORGANISATION}"},
    }
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    token = trial_provider.trial.maskinporten.key.sign(claims)
    with pytest.raises(Unauthenticated) as caught:
        await actor_for_bearer(settings, f"Bearer {token}")
    assert caught.value.params["check"] == check


async def test_a_strangers_key_and_no_issuer_at_all(settings, fresh, trial_provider) -> None:
    for given, where in ((SigningKey.generate().sign({"iss": "x"}), settings), ("a.b.c", fresh)):
        with pytest.raises(Unauthenticated):
            await actor_for_bearer(where, f"Bearer {given}")


async def test_shutting_out_drops_the_cached_actor(settings, person, trial_provider) -> None:
    account_id = await register_machine_client(3201, TRIAL_ORGANISATION, "N", [READ])
    token = await _token(trial_provider)
    await actor_for_bearer(settings, f"Bearer {token}")
    await end_machine_client(3201, TRIAL_ORGANISATION)
    forget_actors([f"account:{account_id}"])
    with pytest.raises(Unauthenticated):
        await actor_for_bearer(settings, f"Bearer {token}")


async def test_registering_again_and_at_once_is_one_client(person) -> None:
    ids = await asyncio.gather(
        *(register_machine_client(3201, TRIAL_ORGANISATION, f"N{n}", [READ]) for n in range(4))
    )
    assert len(set(ids)) == 1
    assert await register_machine_client(3201, TRIAL_ORGANISATION, "N", [EXPORT]) == ids[0]
    rows = await fetch("SELECT scopes FROM machine_client")
    assert [row["scopes"] for row in rows] == [[EXPORT]]
    assert await fetch_value("SELECT count(*) FROM account WHERE kind = 'service'") == 1


async def test_what_cannot_be_registered(fresh) -> None:
    for organisation, name, scopes in (
        ("12345678", "N", [READ]),
        (TRIAL_ORGANISATION, "", [READ]),
        (TRIAL_ORGANISATION, "N", []),
        (TRIAL_ORGANISATION, "N", ["baerum:samskap.everything"]),
    ):
        with pytest.raises(Invalid):
            await register_machine_client(3201, organisation, name, scopes)


async def _samskap(settings: Settings, *arguments: str) -> tuple[int, str, str]:
    issuer = json.dumps({**asdict(settings.machine_issuer), "scope_prefix": MACHINE_SCOPES})
    return await samskap(settings, "machine", *arguments, SAMSKAP_MACHINE_ISSUER=issuer)


async def test_the_command_line_lets_in_and_shuts_out(settings, trial_provider) -> None:
    scopes = ("--scope", "read", "--scope", EXPORT)
    added = await _samskap(settings, "add", TRIAL_ORGANISATION, "--name", "Nabo kommune", *scopes)
    assert added[0] == 0, added[2]
    assert f"with the scopes {EXPORT}, {READ}." in added[1]
    actor = await actor_for_bearer(settings, f"Bearer {await _token(trial_provider)}")
    assert (actor.scopes, actor.grants) == ({"read"}, {Grant(Role.SERVICE)})
    roles = ("--scope", "plan", "--role", "planner")
    again = await _samskap(settings, "add", TRIAL_ORGANISATION, "--name", "Nabo", *roles)
    assert again[0] == 0, again[2]
    assert (await _samskap(settings, "end", TRIAL_ORGANISATION)) == (
        0,
        f"{TRIAL_ORGANISATION} is shut out.\n",
        "",
    )
    forget_actors([f"account:{actor.account_id}"])
    with pytest.raises(Unauthenticated):
        await actor_for_bearer(settings, f"Bearer {await _token(trial_provider)}")


@pytest.mark.parametrize(
    "arguments",
    [
        ("end", TRIAL_ORGANISATION),
        ("add", "12345678", "--name", "N", "--scope", "read"),
        ("add", TRIAL_ORGANISATION, "--name", " ", "--scope", "read"),
        ("add", TRIAL_ORGANISATION, "--name", "N", "--scope", "everything"),
        ("add", TRIAL_ORGANISATION, "--name", "N"),
        ("add", TRIAL_ORGANISATION, "--name", "N", "--scope", "read", "--role", "admin"),
    ],
)
async def test_what_the_command_line_refuses(settings, arguments) -> None:
    code, _, errors = await _samskap(settings, *arguments)
    assert code == 2
    assert "Traceback" not in errors
    assert await fetch_value("SELECT count(*) FROM machine_client") == 0


def test_scopes_count_by_their_full_name() -> None:
    assert own_scope("baerum:samskap.read") == own_scope("baerum:read") == "read"
    assert own_scope("baerum:reads") is None
    assert covered(["evil:samskap.read", READ], [READ, EXPORT]) == {"read"}
    assert covered(["evil:samskap.export"], [READ, EXPORT]) == frozenset()
