"""Hostile text in every argument that takes text, of every field there is: refused or stored, never a failure.

The schema is walked, so that a field added tomorrow is tested tomorrow.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    get_named_type,
    is_leaf_type,
)

from api.node_ids import to_global_id
from api.rates import DEFAULTS
from api.schema import schema
from backend.accounts.claims import LoginClaims
from backend.accounts.sessions import cookie_name, start_session
from backend.moderation.service import screen_content
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch_value
from backend.platform.settings import Settings
from backend.proposals.service import create_proposal
from tests.fixtures.databases import open_clone
from tests.fixtures.people import make_person
from tests.fixtures.server import WORDS, Served, serving

TEXTS = {
    "empty": "",
    "blank": " \t\n\u00a0\u200b",
    "nul": "a\x00b",
    "controls": "\x01\x02\x1b[31m\x7f",
    "right to left": "\u202egnp.exe\u2066\u2069",
    "emoji": "👩‍👩‍👧‍👦🇳🇴" * 200,
    "one long word": "æ" * 100_000,
    "marks": "e" + "\u0301" * 5_000,
    "non-characters": "\ufffe\uffff\U0010ffff",
    "sql": "'; DROP TABLE proposal; -- \" $1 %s",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "markdown": "[x](javascript:alert(1)) ![](http://[::1]) " + "> " * 2_000,
    "template": "{{7*7}}${7*7}{0.__class__}%(x)s%n",
    "path": "../../../../etc/passwd\r\nSet-Cookie: a=b",
    "digits": "9" * 400,
    "date": "2026-13-45T99:99:99Z",
    "cursor": "W10",
    "global id": to_global_id("Proposal", 2**62),
}
ROOTS = {"query": schema._schema.query_type, "mutation": schema._schema.mutation_type}
_SCALARS: dict[str, Any] = {"Int": 1, "Float": 1.0, "Boolean": False, "DateTime": "2027-01-01T00:00:00Z"}
UNLIMITED = "1000000/minute"


@dataclass(frozen=True)
class Stage:
    """The application, and the ids of things that are there."""

    served: Served
    proposal: str
    topic: str
    person: int


@pytest.fixture(scope="module")
async def stage(services: Settings) -> AsyncIterator[Stage]:
    """A town where the one who asks may do everything."""
    async with open_clone(services) as settings:
        topic = await fetch_value("SELECT id FROM topic WHERE slug = 'mobilitetsstrategi'")
        author = await make_person(settings, name="Forfatter")
        number = await create_proposal(author, topic, WORDS, submit=True)
        await screen_content(settings.municipality, "proposal", number, 1)
        async with serving(settings, rate_limits=dict.fromkeys(DEFAULTS, UNLIMITED)) as served:
            yield Stage(
                served, to_global_id("Proposal", number), to_global_id("Topic", topic), author.account_id or 0
            )


async def _cookie(stage: Stage) -> str:
    """Somebody new who may do everything: what they ask for may end their session or account."""
    settings = stage.served.settings
    actor: Actor = await make_person(settings, name="Alt-Muligmann", email="alt@example.org")
    for role in (Role.MODERATOR, Role.PLANNER, Role.ADMIN):
        await execute(
            "INSERT INTO role_grant (municipality_id, account_id, role) VALUES ($1, $2, $3)",
            settings.municipality,
            actor.account_id,
            role.value,
        )
    claims = LoginClaims(subject=f"s{actor.account_id}")
    token = await start_session(
        settings, actor.account_id or 0, "idporten", claims, device=None, replaces=None
    )
    return f"{cookie_name(settings)}={token}"


def _plain(stage: Stage, name: str, kind: Any) -> Any:
    """A value that may well be accepted: the texts are tried one place at a time."""
    if isinstance(kind, GraphQLNonNull):
        return _plain(stage, name, kind.of_type)
    if isinstance(kind, GraphQLList):
        return [_plain(stage, name, kind.of_type)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        return {key: _plain(stage, key, field.type) for key, field in kind.fields.items()}
    if kind.name == "ID":
        return stage.topic if "topic" in name.lower() else stage.proposal
    return _SCALARS.get(kind.name, "En vanlig tekst som er lang nok til å gå gjennom.")


def _places(kind: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Where in a value texts stand."""
    if isinstance(kind, GraphQLNonNull):
        yield from _places(kind.of_type, path)
    elif isinstance(kind, GraphQLList):
        yield from _places(kind.of_type, (*path, 0))
    elif isinstance(kind, GraphQLInputObjectType):
        for key, field in kind.fields.items():
            yield from _places(field.type, (*path, key))
    elif isinstance(kind, GraphQLScalarType) and kind.name not in ("Int", "Float", "Boolean"):
        yield path


def _with(value: Any, path: tuple[str | int, ...], text: str) -> Any:
    copy = orjson.loads(orjson.dumps(value))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = text
    return copy


def _document(root: str, name: str, field: GraphQLField) -> str:
    declared = ", ".join(f"${key}: {argument.type}" for key, argument in field.args.items())
    passed = ", ".join(f"{key}: ${key}" for key in field.args)
    below = "" if is_leaf_type(get_named_type(field.type)) else " { __typename }"
    return f"{root}({declared}) {{ {name}({passed}){below} }}"


FIELDS = [
    pytest.param(root, name, id=f"{root}-{name}")
    for root, kind in ROOTS.items()
    for name, field in (kind.fields if kind else {}).items()
    if any(True for key, argument in field.args.items() for _ in _places(argument.type, (key,)))
]


@pytest.mark.parametrize(("root", "name"), FIELDS)
async def test_no_text_is_too_much(stage: Stage, root: str, name: str) -> None:
    kind = ROOTS[root]
    assert kind is not None
    field = kind.fields[name]
    plain = {key: _plain(stage, key, argument.type) for key, argument in field.args.items()}
    places = [place for key, argument in field.args.items() for place in _places(argument.type, (key,))]
    document, cookie = _document(root, name, field), await _cookie(stage)

    async def one(place: tuple[str | int, ...], what: str) -> None:
        answer = await stage.served.ask(document, _with(plain, place, TEXTS[what]), cookie=cookie)
        detail = f"{what} at {place}: {answer.status_code} {answer.text[:300]}"
        assert answer.status_code in (200, 400, 413), detail
        codes = [error.get("extensions", {}).get("code") for error in answer.json().get("errors", ())]
        assert "internal" not in codes, detail
        assert "operation_timeout" not in codes, detail

    cases = list(itertools.product(places, TEXTS))
    for start in range(0, len(cases), 10):
        await asyncio.gather(*(one(*pair) for pair in cases[start : start + 10]))


async def test_everything_still_stands(stage: Stage) -> None:
    assert await fetch_value("SELECT count(*) FROM topic") > 0
    query = "query($id: ID!) { proposal(id: $id) { title bodyHtml } }"
    answer = await stage.served.ask(query, {"id": stage.proposal})
    assert "<script" not in answer.text
    assert answer.json()["data"]["proposal"] is not None
