"""What is deprecated works as before, and our own documents do without it."""

from typing import Any

import pytest
from graphql import NoDeprecatedCustomRule, validate

from api.documents import trusted_documents
from api.execute import Executor
from api.node_ids import to_global_id
from api.schema import schema
from backend.platform.authz import Actor, Role
from backend.platform.settings import Settings
from tests.fixtures.documents import ad_hoc
from tests.fixtures.people import MakePerson
from tests.moderation.support import held_proposal
from tests.proposals.support import published

DOCUMENTS = trusted_documents(schema._schema).by_name
PREFERENCES = "... on NotificationPreferencesChanged { preferences { kind channel enabled wanted } }"
PROBLEM = "... on InvalidProblem { code field }"


async def _run(settings: Settings, actor: Actor, text: str, **variables: Any) -> Any:
    executor = Executor(settings)
    result = await executor.run(ad_hoc(executor, text), variables, actor, language="nb")
    assert result.errors == []
    assert result.data is not None
    (value,) = result.data.values()
    return value


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_document_of_ours_uses_it(name: str) -> None:
    assert validate(schema._schema, DOCUMENTS[name].document, [NoDeprecatedCustomRule]) == []


@pytest.mark.parametrize("named", ["enabled: false", "wanted: false", "enabled: false, wanted: false"])
@pytest.mark.parametrize(
    "operation", ["setNotificationPreference({})", "setNotificationPreferences(choices: [{{{}}}])"]
)
async def test_a_preference_is_set_by_either_name(
    fresh: Settings, person: MakePerson, operation: str, named: str
) -> None:
    arguments = f"kind: ANSWERED, channel: EMAIL, {named}"
    text = f"mutation {{ {operation.format(arguments)} {{ {PREFERENCES} }} }}"
    changed = (await _run(fresh, await person(), text))["preferences"]
    (one,) = [one for one in changed if (one["kind"], one["channel"]) == ("ANSWERED", "EMAIL")]
    assert (one["enabled"], one["wanted"]) == (False, False)


@pytest.mark.parametrize("named", ["", "enabled: null", "enabled: false, wanted: true"])
@pytest.mark.parametrize(
    "operation", ["setNotificationPreference({})", "setNotificationPreferences(choices: [{{{}}}])"]
)
async def test_a_preference_without_one_choice_is_refused(
    fresh: Settings, person: MakePerson, operation: str, named: str
) -> None:
    arguments = f"kind: ANSWERED, channel: EMAIL, {named}"
    text = f"mutation {{ {operation.format(arguments)} {{ {PROBLEM} }} }}"
    assert await _run(fresh, await person(), text) == {"code": "enabled_needed", "field": "enabled"}


async def test_what_a_proposal_is_to_the_viewer_has_both_names(
    fresh: Settings, person: MakePerson, topic_id: Any
) -> None:
    author = await person()
    number = await published(author, await topic_id())
    text = """query ($id: ID!) { proposal(id: $id) {
        viewerEditIsAmendment viewerEditAmends viewerPendingComments { id } viewerCommentsAside { id } } }"""
    found = await _run(fresh, author, text, id=to_global_id("Proposal", number))
    assert found["viewerEditIsAmendment"] is found["viewerEditAmends"] is False
    assert found["viewerPendingComments"] == found["viewerCommentsAside"] == []


async def test_the_queues_topics_have_both_names(fresh: Settings, person: MakePerson, topic_id: Any) -> None:
    text = """{ moderationQueueState { ... on ModerationQueueState {
        topicCounts { count topic { slug } } topics { count topic { slug } } } } }"""
    await held_proposal(await person(), await topic_id())
    found = await _run(fresh, await person(role=Role.MODERATOR), text)
    assert found["topics"] == found["topicCounts"] != []
