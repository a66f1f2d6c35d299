"""Every query, mutation, subscription and node type, and every field that depends on who asks, as every role.

The expectations are in tests/api/matrix/, a table for each slice. A field of the schema that is in no table, and
a line about a field that is not in the schema, fail.
"""

from collections.abc import AsyncIterator

import pytest
from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_composite_type, is_object_type

from api.node import NODE_TYPES
from api.schema import schema
from backend.platform.settings import Settings
from tests.api.matrix.asking import Asking
from tests.api.matrix.case import ROLES, Case
from tests.api.matrix.expectations import ARGUMENTS, CASES, PLAIN, VIA, same
from tests.api.matrix.world import make_world
from tests.fixtures.databases import open_clone

SCHEMA = schema._schema
FIELDS = sorted({case.field for case in CASES})
PAGES = ("Connection", "Edge")
# What a permission is about, and the mutations that do it.
PROMISES = {
    "Proposal.viewerCanSupport": "Mutation.supportProposal",
    "Proposal.viewerCanWithdrawSupport": "Mutation.withdrawSupport",
    "Proposal.viewerCanComment": "Mutation.createComment",
    "Proposal.viewerCanEdit": "Mutation.editProposal",
    "Proposal.viewerCanSubmit": "Mutation.submitProposal",
    "Proposal.viewerCanWithdraw": "Mutation.withdrawProposal",
    "Proposal.viewerCanInvite": "Mutation.inviteCoAuthor",
    "Proposal.viewerCanNote": "Mutation.addInternalNote",
    "Proposal.viewerCanReport": "Mutation.reportContent",
    "Proposal.viewerCanRestore": "Mutation.restoreContent",
    "ModerationCase.viewerCanClaim": "Mutation.claimCase",
    "Comment.viewerCanReport": "Mutation.reportContent",
    "Comment.viewerCanRestore": "Mutation.restoreContent",
    "Comment.viewerCanWithdraw": "Mutation.withdrawComment",
}
# Things that all roles see, one for each state in which a type answers with something more.
SEEN_BY_ALL = {
    "Topic": ("topic", "topic_elsewhere"),
    "Place": ("place",),
    "Proposal": ("published", "answered", "done", "withdrawn"),
    "Comment": ("comment", "reply", "comment_hidden"),
}


@pytest.fixture(scope="module")
async def asking(services: Settings) -> AsyncIterator[Asking]:
    """One world for all cases: what they do is taken back."""
    async with open_clone(services) as settings:
        yield Asking(await make_world(settings))


def fields_of_schema() -> set[str]:
    return {
        f"{name}.{field}"
        for name, each in SCHEMA.type_map.items()
        if is_object_type(each) and not name.startswith("__") and not name.endswith(PAGES)
        for field in each.fields  # type: ignore[attr-defined]
    }


def test_every_field_has_its_expectation() -> None:
    plain = {f"{name}.{field}" for name, fields in PLAIN.items() for field in fields}
    varying = set(FIELDS)
    assert plain & varying == set(), "said to be the same for all, and to depend on who asks"
    assert fields_of_schema() - plain - varying == set(), "without an expectation: see tests/api/matrix"
    assert (plain | varying) - fields_of_schema() == set(), "expectations without a field"


def test_what_depends_on_the_viewer_is_never_called_plain() -> None:
    assert [f for fields in PLAIN.values() for f in fields if f.startswith("viewer") and f != "viewer"] == []


def test_every_node_type_is_requested_by_its_id(asking: Asking) -> None:
    implementing = {each.name for each in SCHEMA.get_possible_types(SCHEMA.type_map["Node"])}  # type: ignore[arg-type]
    things = {case.on for case in CASES if case.field == "Query.node"}
    assert implementing == set(NODE_TYPES) == {asking.kind_of(thing) for thing in things}


def test_every_line_says_once_what_each_role_gets() -> None:
    names = [case.name for case in CASES]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    for case in CASES:
        assert set(case.expected()) == set(ROLES)
    assert set(ARGUMENTS) <= set(names) | set(FIELDS), "arguments of no case"
    assert set(VIA) <= {field.split(".")[0] for field in FIELDS}


@pytest.mark.parametrize("field", FIELDS)
async def test_each_role_gets_what_it_may(asking: Asking, field: str) -> None:
    wrong = []
    for case in CASES:
        if case.field == field:
            for role, expected in case.expected().items():
                outcome = await asking.outcome(case, role)
                if not same(expected, outcome):
                    wrong.append(f"{case.name} as {role}: {outcome}, and not {expected}")
    assert wrong == []


@pytest.mark.parametrize(("promise", "mutation"), PROMISES.items())
def test_what_the_viewer_is_promised_the_mutation_keeps(promise: str, mutation: str) -> None:
    done = {case.on: case.expected() for case in CASES if case.field == mutation}
    promised: list[Case] = [case for case in CASES if case.field == promise and case.on in done]
    assert promised
    for case in promised:
        allowed = {role for role, outcome in case.expected().items() if outcome == "ok"}
        assert allowed == {role for role, outcome in done[case.on].items() if outcome == "ok"}, case.name


@pytest.mark.parametrize("kind", SEEN_BY_ALL)
async def test_what_is_plain_is_the_same_for_all(asking: Asking, kind: str) -> None:
    chosen = _plain_selection(SCHEMA.type_map[kind], depth=3)  # type: ignore[arg-type]
    for thing in SEEN_BY_ALL[kind]:
        text = f'query {{ node(id: "{asking.world.ids[thing]}") {{ ... on {kind} {chosen} }} }}'
        answers = [await asking.run(text, asking.world.actors[role]) for role in ROLES]
        assert answers[0][0]["node"]
        for role, answer in zip(ROLES, answers, strict=True):
            assert answer == answers[0], f"{kind} {thing} as {role}"


def _plain_selection(kind: GraphQLObjectType, depth: int) -> str:
    varying = (_requested(name, kind.fields[name], depth) for name in sorted(PLAIN[kind.name]))
    return "{ " + " ".join(filter(None, varying)) + " }"


def _requested(name: str, field: GraphQLField, depth: int) -> str:
    answer = get_named_type(field.type)
    if not is_composite_type(answer):
        return name
    if depth == 0 or not is_object_type(answer) or answer.name not in PLAIN:
        return ""
    return f"{name} {_plain_selection(answer, depth - 1)}"
