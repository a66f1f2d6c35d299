"""How the platform is and how it is set up: true, and without secrets."""

from dataclasses import fields, replace
from typing import Any

from backend.administration.shown_settings import SHOWN, shown_settings
from backend.platform.authz import Role
from backend.platform.database import execute, fetch_value
from backend.platform.health import known_migrations
from backend.platform.outbox import enqueue
from backend.platform.settings import MachineIssuer, ProviderSettings, Settings
from tests.fixtures.operations import ask
from tests.proposals.support import published
from workers.__main__ import load_jobs
from workers.job import run_row

# Addresses that may have passwords or keys in them, keys, and where files are on the machine.
HIDDEN = {
    "home",
    "database_url",
    "database_owner_url",
    "redis_url",
    "host",
    "port",
    "metrics_port",
    "compiled_operations",
    "peppers",
    "population_register",
    "smtp_url",
    "mail_dir",
    "otlp_endpoint",
    "logo",
    "map_tiles",
    "address_search_url",
}
SECRET = "not-to-be-told"


def test_each_setting_is_shown_or_hidden_on_purpose() -> None:
    assert {field.name for field in fields(Settings)} == set(SHOWN) | HIDDEN
    assert not set(SHOWN) & HIDDEN


async def test_no_secret_is_among_them(fresh: Settings, person: Any) -> None:
    provider = ProviderSettings("idporten", "idporten", "https://issuer.example", SECRET, SECRET)
    shown = shown_settings(
        replace(
            fresh,
            database_url=SECRET,
            database_owner_url=SECRET,
            redis_url=SECRET,
            smtp_url=SECRET,
            otlp_endpoint=SECRET,
            peppers={1: SECRET.encode()},
            providers=(provider,),
            machine_issuer=MachineIssuer("https://m.example", "us", SECRET),
            rate_limits={"person.query": "1/minute"},
        ),
        await person(role=Role.ADMIN),
    )
    values = {each.name: each.value for each in shown}
    assert SECRET not in "".join(values.values())
    assert values["providers"] == "idporten: idporten, https://issuer.example"
    assert values["machine_issuer"] == "https://m.example, us"
    assert values["rate_limits"] == "person.query: 1/minute"
    assert values["env"] == "test"


async def test_health_tells_what_waits_and_what_was_proved(fresh: Settings, person: Any) -> None:
    admin = await person(role=Role.ADMIN)
    health = await ask(fresh, admin, "PlatformHealth")
    parts = {part["name"]: part["isOk"] for part in health["parts"]}
    assert parts == {
        "database": True,
        "migrations": True,
        "municipality": True,
        "outbox": True,
        "rights": True,
        "redis": True,
    }
    assert health["migration"] == max(known_migrations())
    assert (health["waitingJobs"], health["lastRecountAt"], health["lastGoodRecountAt"]) == (0, None, None)
    await enqueue("prove_counts", "3201", {"municipality_id": 3201})
    await execute("UPDATE outbox SET due_at = now() - interval '5 minutes'")
    health = await ask(fresh, admin, "PlatformHealth")
    assert health["waitingJobs"] == 1
    assert 299 < health["oldestJobSeconds"] < 330
    assert not {part["name"]: part["isOk"] for part in health["parts"]}["outbox"]


async def prove() -> None:
    """The nightly proof, by the queue's own hands."""
    await enqueue("prove_counts", "3201", {"municipality_id": 3201})
    await run_row(await fetch_value("SELECT max(id) FROM outbox WHERE job = 'prove_counts'"))


async def test_health_tells_a_good_recount_from_a_bad_one(
    fresh: Settings, person: Any, topic_id: Any
) -> None:
    admin = await person(role=Role.ADMIN)
    load_jobs()
    await prove()
    good = await ask(fresh, admin, "PlatformHealth")
    assert good["lastRecountAt"] == good["lastGoodRecountAt"] is not None
    proposal = await published(await person(), await topic_id())
    await execute("UPDATE proposal_activity SET supports = 9 WHERE proposal_id = $1", proposal)
    await prove()
    bad = await ask(fresh, admin, "PlatformHealth")
    assert (bad["lastRecountDifferences"], bad["lastGoodRecountAt"]) == (1, good["lastRecountAt"])
    assert bad["lastRecountAt"] > good["lastRecountAt"]
