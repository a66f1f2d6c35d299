"""Who logs in finds a place that lives: their own proposals, unread notifications, a desk and a queue."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.accounts.claims import LoginClaims, read_claims
from backend.accounts.identities import account_for
from backend.accounts.trial_people import Person, load_people, pairwise_subject
from backend.moderation.queue import QueueFilter, list_queue
from backend.notifications.inbox import describe, list_inbox, unread_count
from backend.platform.authz import Actor, Grant, Role
from backend.platform.database import fetch, fetch_value
from backend.platform.settings import ProviderSettings, Settings
from backend.topics.queries import topics_by_id
from backend.topics.rules import may
from ops.demo.cast import NEWCOMERS

PEOPLE = {person.key: person for person in load_people()}


def provider_for(settings: Settings, person: Person) -> ProviderSettings:
    profile = "entra" if person.kind == "employee" else "idporten"
    return next(provider for provider in settings.providers if provider.profile == profile)


def claims_of(provider: ProviderSettings, person: Person) -> LoginClaims:
    claims: dict[str, Any] = {"sub": pairwise_subject(provider.profile, provider.client_id, person)}
    if provider.profile == "idporten":
        claims |= {"pid": person.national_identity_number, "municipality": person.municipality_number}
    else:
        claims |= {"name": person.name, "preferred_username": person.email, "groups": list(person.groups)}
    return read_claims(provider, claims)


async def log_in(settings: Settings, key: str) -> tuple[Actor, bool]:
    provider = provider_for(settings, PEOPLE[key])
    account_id, is_new = await account_for(settings, provider, claims_of(provider, PEOPLE[key]))
    rows = await fetch("SELECT role, topic_id FROM role_grant WHERE account_id = $1", account_id)
    grants = frozenset(Grant(Role(row["role"]), row["topic_id"]) for row in rows)
    account = await fetch("SELECT * FROM account WHERE id = $1", account_id)
    actor = Actor(
        settings.municipality,
        account_id,
        grants,
        account[0]["birth_year"],
        account[0]["home_municipality"],
        account[0]["language"],
    )
    return actor, is_new


@pytest.mark.parametrize("key", sorted(set(PEOPLE) - set(NEWCOMERS)))
async def test_a_login_finds_the_account(demo: Settings, key: str) -> None:
    actor, is_new = await log_in(demo, key)
    assert not is_new
    name = await fetch_value("SELECT display_name FROM account WHERE id = $1", actor.account_id)
    assert name == PEOPLE[key].name


@pytest.mark.parametrize("key", ["fiolin", "lykt", "kompass", "lenestol", "papirfly", "hagespade"])
async def test_residents_have_proposals_and_news(demo: Settings, key: str) -> None:
    actor, _ = await log_in(demo, key)
    mine = await fetch_value("SELECT count(*) FROM proposal WHERE author_id = $1", actor.account_id)
    assert mine >= 1
    assert await unread_count(actor) >= 1
    rows = await list_inbox(actor, before=None, limit=100)
    assert any(row.read_at for row in rows)
    assert [row.created_at for row in rows] == sorted((row.created_at for row in rows), reverse=True)
    said = await describe(actor, rows)
    assert all(said[row.id].text for row in rows)


async def test_the_moderator_has_a_queue_of_many_kinds(demo: Settings) -> None:
    actor, _ = await log_in(demo, "vektskal")
    cases = await list_queue(actor, QueueFilter(), after=None, limit=100)
    reasons = {reason for case in cases for reason in case.reasons}
    assert reasons == {"approval_required", "word_list", "links", "language", "repetition"}
    assert {case.origin for case in cases} == {"screening", "report"}
    assert {case.subject_type for case in cases} == {"proposal", "comment"}
    assert all(case.created_at > datetime.now(UTC) - timedelta(days=5) for case in cases)


async def test_the_planner_has_answers_that_are_late_and_soon_due(demo: Settings) -> None:
    rows = await fetch(
        """SELECT p.published_at + t.answer_days * interval '1 day' AS due FROM proposal p
           JOIN topic t ON t.id = p.topic_id WHERE p.state IN ('published', 'assessment')"""
    )
    now = datetime.now(UTC)
    assert sum(row["due"] < now for row in rows) >= 3
    assert sum(now <= row["due"] < now + timedelta(days=14) for row in rows) >= 3
    actor, _ = await log_in(demo, "linjal")
    assert actor.has_role(Role.PLANNER)
    assert await fetch_value("SELECT count(*) FROM topic WHERE responsible_id = $1", actor.account_id) > 5


async def test_everybody_was_allowed_to(demo: Settings) -> None:
    queries = {
        "propose": "SELECT DISTINCT topic_id, author_id AS who FROM proposal",
        "comment": """SELECT DISTINCT p.topic_id, c.author_id AS who FROM comment c
                      JOIN proposal p ON p.id = c.proposal_id WHERE NOT c.is_staff""",
        "support": """SELECT DISTINCT p.topic_id, s.account_id AS who FROM support_event s
                      JOIN proposal p ON p.id = s.proposal_id""",
    }
    topics = await topics_by_id(
        demo.municipality, [row["id"] for row in await fetch("SELECT id FROM topic")], "nb"
    )
    accounts = {
        row["id"]: row for row in await fetch("SELECT id, birth_year, home_municipality FROM account")
    }
    for action, sql in queries.items():
        for row in await fetch(sql):
            who = accounts[row["who"]]
            actor = Actor(
                demo.municipality,
                who["id"],
                birth_year=who["birth_year"],
                home_municipality=who["home_municipality"],
                # Most of these are invented and will never log in.
                has_national_number=True,
            )
            decision = may(actor, action, topics[row["topic_id"]])
            # Some topics have closed since.
            assert decision or getattr(decision, "code", "").endswith("_closed"), (action, who["id"])
