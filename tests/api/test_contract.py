"""What holds for the whole schema, whatever is added to it."""

from pathlib import Path

import graphql as graphql_core
import orjson
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_specified_scalar_type,
)

from api.documents import document_id, with_fragments
from api.manifest import MANIFEST
from api.schema import main, schema, stale_snapshots

ROOT = Path(__file__).parents[2]
SCHEMA = schema._schema
ROOT_TYPES = ("Query", "Mutation", "Subscription")

# Lists that are no connections, and why they cannot grow without end.
BOUNDED_LISTS = {
    "Problem.alsoInvalid": "one for each part of an input",
    "InvalidProblem.alsoInvalid": "one for each part of an input",
    "PersonalDataProblem.alsoInvalid": "one for each part of an input",
    "LoginProblem.alsoInvalid": "one for each part of an input",
    "NotAllowedProblem.alsoInvalid": "one for each part of an input",
    "NotFoundProblem.alsoInvalid": "one for each part of an input",
    "ConflictProblem.alsoInvalid": "one for each part of an input",
    "LimitProblem.alsoInvalid": "one for each part of an input",
    "UnavailableProblem.alsoInvalid": "one for each part of an input",
    "Query.similarProposals": "1 to 20 by its argument `first`",
    "Query.similarContent": "1 to 20 by its argument `first`",
    "Query.matchingContent": "1 to 20 by its argument `first`",
    "Query.moderationGrounds": "one for each ReasonCode",
    "Query.goals": "four main goals",
    "Topic.goals": "four main goals",
    "Topic.requirements": "one for each of three actions",
    "Topic.places": "100: MAX_PLACES of backend/topics/content.py",
    "Topic.texts": "one for each of three languages",
    "Proposal.coAuthors": "20: MAX_CO_AUTHORS of backend/proposals/invitations.py",
    "Proposal.timeline": "the latest 100, by the query",
    "Proposal.links": "100, by the query",
    "Proposal.similar": "1 to 20 by its argument `first`",
    "Proposal.viewerNextStates": "states of the machine",
    "Proposal.viewerPendingComments": "20: ASIDE_SHOWN of the comments' loaders",
    "Proposal.viewerCommentsAside": "20: ASIDE_SHOWN of the comments' loaders",
    "ProposalLink.details": "what one import wrote about one link",
    "CoAuthorInvitations.invitations": "20: MAX_CO_AUTHORS",
    "ModerationCase.holdReasons": "one for each signal, and a few more",
    "ModerationCase.choices": "four decisions",
    "ModerationCase.signals": "one for each signal",
    "ModerationCase.reports": "100, by the query",
    "ModerationCase.earlierCases": "20, by the query",
    "ModerationCase.authorNames": "20, by the query",
    "ModerationCase.authorCases": "10: PAST_SHOWN of backend/moderation/details.py",
    "ModerationCase.marks": "100 a field: MOST_MARKS of backend/moderation/marks.py",
    "ModerationSignal.details": "what one signal says about one text",
    "DecisionPreview.reasons": "the ground of one decision",
    "Viewer.roles": "100, by the query",
    "Account.roles": "100, by the query",
    "Place.names": "one for each of three languages",
    "PlatformHealth.parts": "the parts that a process stands on",
    "PlatformSettings.settings": "those of an allow-list",
    "Viewer.notificationPreferences": "every kind in every channel",
    "Viewer.notificationCausePreferences": "three causes in every channel",
    "NotificationPreferencesChanged.causes": "three causes in every channel",
    "NotificationWayOut.choices": "one for each scope",
    "Proposal.viewerNotificationCauses": "one for each Cause",
    "AccessToken.scopes": "five scopes",
    "Notification.reasons": "the grounds of one decision",
    "NameHistory.names": "100, by the query",
    "ProposalsAnswered.results": "one for each of at most 100 ids",
    "AssessmentsStarted.results": "one for each of at most 100 ids",
    "AnswerAudience.results": "one for each of at most 100 ids",
    "ProposalAudience.causes": "one for each Cause",
    "TextChecked.findings": "100: MOST_FINDINGS of backend/proposals/personal_data_check.py",
    "Account.acts": "the latest, by the query's limit",
    "ImportUpload.columns": "at most 60 headings",
    "ImportUpload.rows": "the first five",
    "ImportUpload.fields": "one for each field there is",
    "ImportUpload.key": "one column or none",
    "ImportPreviewRow.cells": "one for each of at most 60 columns",
    "ImportMapping.key": "100 with columns and states: _MOST_NAMES of backend/imports/choice.py",
    "ImportMapping.columns": "100 with key and states: _MOST_NAMES of backend/imports/choice.py",
    "ImportMapping.states": "100 with key and columns: _MOST_NAMES of backend/imports/choice.py",
    "NotificationPreferencesChanged.preferences": "every kind in every channel",
    "ModerationQueueState.topicCounts": "one for each topic",
    "ModerationQueueState.topics": "one for each topic",
}
CREATING = ("create", "add", "invite", "report", "request", "register", "grant")
# Mutations that make something and take no idempotency key, and why sending them twice does no harm.
NO_KEY_NEEDED = {
    "requestMyData": "a request under way is answered with itself",
    "requestDeletion": "a request under way is answered with itself",
    "grantRole": "a role that is held already is answered with itself",
}


def _own_types() -> list[GraphQLNamedType]:
    return [
        found
        for name, found in SCHEMA.type_map.items()
        if not name.startswith("__") and not is_specified_scalar_type(found)
    ]


def _composite() -> list[GraphQLObjectType | GraphQLInterfaceType]:
    return [t for t in _own_types() if isinstance(t, GraphQLObjectType | GraphQLInterfaceType)]


def _undescribed() -> list[str]:
    found = [t.name for t in _own_types() if not t.description and t.name not in ROOT_TYPES]
    for each in _composite():
        for name, field in each.fields.items():
            found += [] if field.description else [f"{each.name}.{name}"]
            found += [f"{each.name}.{name}({a})" for a, arg in field.args.items() if not arg.description]
    for each in _own_types():
        if isinstance(each, GraphQLInputObjectType):
            found += [f"{each.name}.{name}" for name, field in each.fields.items() if not field.description]
    return found


def test_everything_is_described() -> None:
    assert _undescribed() == []


def test_enums_say_what_they_are() -> None:
    enums = [t for t in _own_types() if isinstance(t, GraphQLEnumType)]
    assert enums
    assert [e.name for e in enums if not e.description or len(e.values) < 2] == []


def test_every_mutation_answers_with_its_problems() -> None:
    problems = {t.name for t in SCHEMA.get_implementations(SCHEMA.type_map["Problem"]).objects}  # type: ignore[arg-type]
    assert SCHEMA.mutation_type is not None
    for name, field in SCHEMA.mutation_type.fields.items():
        payload = get_named_type(field.type)
        assert isinstance(payload, GraphQLUnionType), f"{name} answers with no union"
        members = {member.name for member in payload.types}
        assert {"LoginProblem", "NotAllowedProblem"} <= members & problems, f"{name} cannot refuse"
        assert len(members - problems) == 1, f"{name} has one success"
        assert get_nullable_type(field.type) is not field.type, f"{name} may be null"


def test_every_list_is_a_page_or_bounded() -> None:
    lists = {
        f"{each.name}.{name}"
        for each in _composite()
        if not each.name.endswith("Connection")
        for name, field in each.fields.items()
        if is_list_type(get_nullable_type(field.type))
    }
    assert lists == set(BOUNDED_LISTS)


def test_every_page_is_requested_alike() -> None:
    pages = 0
    for each in _composite():
        for name, field in each.fields.items():
            answer = get_named_type(field.type)
            members = answer.types if isinstance(answer, GraphQLUnionType) else (answer,)
            if any(member.name.endswith("Connection") for member in members):
                assert str(field.args["first"].type) == "Int!", f"{each.name}.{name}"
                assert field.args["first"].default_value <= 20, f"{each.name}.{name}"
                assert str(field.args["after"].type) == "String", f"{each.name}.{name}"
                assert "last" not in field.args
                assert "before" not in field.args
                pages += 1
    assert pages > 25


def test_what_creates_can_be_sent_twice() -> None:
    assert SCHEMA.mutation_type is not None
    creating = {name for name in SCHEMA.mutation_type.fields if name.startswith(CREATING)}
    without = {name for name in creating if "idempotencyKey" not in SCHEMA.mutation_type.fields[name].args}
    assert without == set(NO_KEY_NEEDED)


def test_snapshots_are_current() -> None:
    assert stale_snapshots() == [], "run `make schema` and look at the difference"
    assert main(["--check"]) == 0


def test_the_manifest_names_every_document_by_its_hash() -> None:
    """The hash of its text with the shared fragments it spreads: what runs, whoever changes which file."""
    manifest = orjson.loads(MANIFEST.read_bytes())
    shared, texts = {}, {}
    for path in MANIFEST.parent.rglob("*.graphql"):
        (shared if path.parent.name == "fragments" else texts)[path.stem] = path.read_text()
    assert manifest == {name: document_id(with_fragments(text, shared)) for name, text in texts.items()}
    assert list(manifest) == sorted(manifest)


def test_a_changed_fragment_changes_the_ids_of_those_that_spread_it() -> None:
    shared = {"Inner": "fragment Inner on Query { a }", "Outer": "fragment Outer on Query { ...Inner }"}
    text = "query Q { ...Outer }"
    changed = shared | {"Inner": "fragment Inner on Query { b }"}
    assert document_id(with_fragments(text, shared)) != document_id(with_fragments(text, changed))
    assert with_fragments("query Q { a }", shared) == "query Q { a }"


def test_a_stale_snapshot_is_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys) -> None:
    monkeypatch.setattr("api.schema.SNAPSHOT", tmp_path / "schema.graphql")
    monkeypatch.setattr("api.schema.MANIFEST", tmp_path / "manifest.json")
    assert main(["--check"]) == 1
    assert "manifest.json" in capsys.readouterr().err
    assert main(["--write"]) == 0
    assert main(["--check"]) == 0
    assert main([]) == 0
    assert capsys.readouterr().out == (tmp_path / "schema.graphql").read_text()


def test_the_folder_graphql_never_shadows_the_library() -> None:
    assert "site-packages" in str(graphql_core.__file__)
    for shadow in ("graphql/__init__.py", "graphql.py", "tests/graphql"):
        assert not (ROOT / shadow).exists(), shadow
