"""How many statements each list costs: as many for 100 rows as for one, and the figure is known.

One connection is used, so that answers come in the order of the questions and a figure is the same every time; in
service some of these statements travel together.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from graphql import OperationType

from api.documents import PreparedOperation
from api.execute import Executor
from api.limits import Limits
from api.schema import schema
from backend.platform.settings import Settings
from tests.api.counts.crowd import BODY, TITLE, Crowd, make_crowd
from tests.api.counts.documents import asks_for_a_list, everything_of, page_fields
from tests.api.matrix.asking import first_answer
from tests.fixtures.counting import Statements, count_queries
from tests.fixtures.databases import open_clone
from tests.fixtures.documents import ad_hoc

# Of each trusted document that asks for lists. A new one needs a line; a figure that grew needs a reason.
TRUSTED = {
    "CoAuthorInvitations": 3,
    "ImportRun": 4,
    "ModerationCase": 15,
    "ModerationGrounds": 0,
    "ModerationQueue": 10,
    "ModerationQueueChanged": 2,
    "ShowModerationCase": 20,
    "ShowModerationDecisions": 13,
    "ShowModerationQueue": 14,
    "ShowOpenData": 4,
    "ShowRules": 3,
    "MyProposals": 3,
    "Notifications": 10,
    "PlatformHealth": 10,
    "ShowPlannedProposal": 20,
    "ShowPlannedProposals": 10,
    "ProposalComments": 5,
    "ProposalList": 2,
    "ProposalPage": 12,
    "ShowAdminLog": 5,
    "ShowAdminPlaces": 4,
    "ShowAdminTopics": 6,
    "ShowAdministration": 16,
    "ShowAdministrator": 3,
    "ShowHealth": 13,
    "ShowNewTopic": 7,
    "ShowPeople": 6,
    "ShowPerson": 12,
    "ShowPlaceSettings": 4,
    "ShowRoles": 6,
    "ShowSettings": 3,
    "ShowTopicSettings": 11,
    "ShowAnswerForm": 12,
    "PreviewAnswer": 12,
    "ShowDesk": 7,
    "ShowImportRun": 7,
    "ShowImports": 7,
    "ShowComment": 12,
    "ShowAbout": 3,
    "ShowFeed": 2,
    "ShowFront": 16,
    "ShowTopic": 12,
    "ShowTopics": 4,
    "ShowTopicFeed": 3,
    "ShowProposalsInTopic": 11,
    "ShowPlannedProposalsInTopic": 11,
    "ShowProposal": 31,
    "ShowProposals": 10,
    "ShowReport": 10,
    "ShowSupport": 11,
    "ShowVersions": 10,
    "ShowWithdrawal": 8,
    "ShowMyAccounts": 4,
    "ShowMyAnswers": 6,
    "ShowMyComments": 8,
    "ShowMyData": 4,
    "ShowMyFollows": 8,
    "ShowMyNotifications": 11,
    "ShowMyPage": 16,
    "ShowMyPreferences": 5,
    "ShowMyProfile": 6,
    "ShowMyProposals": 8,
    "ShowMySessions": 4,
    "ShowMySupports": 6,
    "ShowMyTokens": 4,
    "ShowCoAuthors": 12,
    "ShowEntry": 3,
    "ShowHandedIn": 10,
    "ShowInvitation": 4,
    "ShowNewProposal": 4,
    "ShowWayOut": 3,
    "ShowWelcome": 5,
    "ShowWriting": 16,
    "SimilarProposals": 3,
    "SuggestSimilar": 4,
    "TopicList": 2,
    "Viewer": 4,
}
# Of each page with all the fields of its things, one level down.
FREE = {
    "Account.roleGrants": 6,
    "Comment.replies": 16,
    "PlannerDesk.topics": 8,
    "PlannerDesk.proposals": 26,
    "ImportRun.errors": 2,
    "Proposal.comments": 13,
    "Proposal.internalNotes": 5,
    "Proposal.versions": 5,
    "Query.moderationDecisions": 17,
    "Query.accounts": 4,
    "Query.adminLog": 2,
    "Query.moderationQueue": 23,
    "Query.places": 1,
    "Query.proposals": 24,
    "Query.roleGrants": 4,
    "Query.topics": 6,
    "Topic.proposals": 25,
    "Viewer.accessTokens": 2,
    "Viewer.answeredProposals": 21,
    "Viewer.comments": 13,
    "Viewer.dataRequests": 2,
    "Viewer.follows": 13,
    "Viewer.importRuns": 6,
    "Viewer.notifications": 16,
    "Viewer.proposals": 21,
    "Viewer.sessions": 2,
    "Viewer.supportedProposals": 25,
}
# Where pages that do not begin at the root are asked for.
AROUND = {
    "Proposal.internalNotes": "proposals(n) { nodes { @ } }",
    "PlannerDesk.topics": "viewer { planner { @ } }",
    "PlannerDesk.proposals": "viewer { planner { @ } }",
    "Topic.proposals": 'topic(slug: "$topic") { @ }',
    "Proposal.versions": "proposals(n) { nodes { @ } }",
    "Proposal.comments": "proposals(n) { nodes { @ } }",
    "Comment.replies": 'proposal(id: "$proposal") { comments(n) { nodes { @ } } }',
    "ImportRun.errors": 'importRun(id: "$run") { ... on ImportRun { @ } }',
    "Account.roleGrants": 'account(id: "$author") { ... on Account { @ } }',
}
# What the documents ask about, besides pages.
VARIABLES: dict[str, dict[str, Any]] = {
    "CoAuthorInvitations": {"proposal": "$own"},
    "ImportRun": {"id": "$run"},
    "ModerationCase": {"id": "$case"},
    "ShowModerationCase": {"id": "$case"},
    "ProposalComments": {"id": "$proposal"},
    "ProposalPage": {"id": "$proposal"},
    "ShowPeople": {"search": ""},
    "ShowPerson": {"id": "$author"},
    "ShowPlaceSettings": {"id": "$place"},
    "ShowRoles": {"activeOnly": True},
    "ShowTopicSettings": {"slug": "$topic"},
    "ShowImportRun": {"id": "$run"},
    "ShowComment": {"id": "$comment"},
    "ShowProposal": {"id": "$proposal"},
    "ShowReport": {"id": "$comment"},
    "ShowSupport": {"id": "$proposal"},
    "ShowVersions": {"id": "$proposal"},
    "ShowWithdrawal": {"id": "$proposal"},
    "ShowPlannedProposal": {"id": "$proposal"},
    "ShowCoAuthors": {"id": "$own"},
    "ShowHandedIn": {"id": "$own"},
    "ShowInvitation": {"secret": "wrong"},
    "ShowWayOut": {"token": "wrong"},
    "ShowWriting": {"id": "$own"},
    "SimilarProposals": {"title": TITLE, "body": BODY},
    "SuggestSimilar": {"title": TITLE, "body": BODY},
    "ShowFront": {"isNear": True, "near": {"search": "sykkelvei"}},
    "ShowProposals": {"withMap": True},
    "ShowTopic": {"slug": "$topic", "filter": {}, "sort": "NEWEST"},
    "ShowTopics": {"openOnly": True},
    "ShowTopicFeed": {"slug": "$topic"},
    "ShowProposalsInTopic": {"slug": "$topic", "withMap": True},
    "ShowPlannedProposalsInTopic": {"slug": "$topic"},
}
# Lists that are as long whoever asks, and when.
FIXED = {
    "ModerationGrounds",
    "PlatformHealth",
    "ShowAdministrator",
    "ShowHealth",
    "ShowPlaceSettings",
    "ShowRules",
    "ShowSettings",
    "ShowMyPreferences",
    "ShowReport",
    "ShowSupport",
    # Of one topic, which has as many proposals in either database; test_topic_lists.py has it with more.
    "ShowTopicFeed",
    "ShowWayOut",
    "ShowWithdrawal",
    "SuggestSimilar",
}
# Mutations that answer with a list, and what bounds their statements.
MUTATIONS = {
    "CreatePlace": "at most three names, off the row",
    "UpdatePlace": "at most three names, off the row",
    "StartAssessments": "each of at most 100 is taken up by itself",
    "AnswerProposals": "each of at most 100 is answered by itself",
    "UseNotificationWayOut": "one for each scope, off one row",
    "SetNotificationPreferences": "written in one statement, read at once",
}
MOST_SIMILAR = 20
# Documents with proposals that are alike, and how many statements fewer they take where nothing is.
WITH_SIMILAR = {"SimilarProposals": 0, "SuggestSimilar": 0, "ShowProposal": 2}
# With one topic, what proposals and notifications are about is the same thing and is looked up once; so are the topics
# and places of the front page's three lists of proposals.
FEWER = {"ShowMyPage": 1, "ShowFront": 2}
# Whom a person's acts and roles name is looked up at once, or one after the other, as the two lists happen to come.
BY_CHANCE = {"ShowPerson": 1}
# Of many answers the page shows those to one's own proposals; among a few there are others', with other authors. The
# topic whose name comes first has nobody who answers for it.
MIXED = {"Viewer.answeredProposals": 4, "Query.topics": -1, "PlannerDesk.topics": -1}
_TIMES = 5
SCHEMA = schema._schema
WIDE = Limits(max_tokens=200_000, max_characters=2_000_000)
Counted = tuple[Statements, Any]


class Counting:
    """Runs documents as one who may everything, in a database with so many of everything."""

    def __init__(self, settings: Settings, crowd: Crowd) -> None:
        self.executor = Executor(settings)
        self.crowd = crowd
        # Some lists hold things of two kinds in turn: with two there is one of each.
        self.first = max(crowd.size, 2)

    async def trusted(self, name: str) -> Counted:
        """Statements and data of a trusted document."""
        prepared = self.executor.trusted.by_name[name]
        definition: Any = prepared.document.definitions[0]
        known = {variable.variable.name.value for variable in definition.variable_definitions or ()}
        pages = {page: self.first for page in ("first", "replies") if page in known}
        if name == "SimilarProposals":
            pages = {"first": min(self.first, MOST_SIMILAR)}
        variables: dict[str, Any] = {
            key: self.crowd.ids.get(str(value)[1:], value) for key, value in VARIABLES.get(name, {}).items()
        }
        if name in WITH_SIMILAR:
            # How common words are is read once and then kept for minutes.
            await self._run(prepared, pages | variables)
        if name in ("AnswerAudience", "PreviewAnswer", "ShowAnswerForm"):
            variables["ids"] = self.crowd.proposals
        if name == "PreviewAnswer":
            variables["input"] = {"outcome": "ACCEPTED", "reason": BODY}
        return await self._run(prepared, pages | variables)

    async def settled(self, name: str, figure: int) -> Counted:
        """The same, asked again while it is not `figure`, where that goes by chance.

        Similar texts are ranked on a thread. What they name is then looked up together with something else or alone,
        as it happens; a statement for each row would never come to the figure.
        """
        counted = await self.trusted(name)
        for _ in range(_TIMES if name in WITH_SIMILAR else 0):
            if counted[0].count == figure:
                break
            counted = await self.trusted(name)
        return counted

    async def everything(self, field: str, *, depth: int) -> Counted:
        """Statements and data of a page with all that can be asked of its things."""
        return await self._run(self._prepared(field, self.first, depth), {})

    async def page_of(self, field: str, first: int) -> list[dict[str, Any]]:
        """The errors of a page of that size, wherever they are told."""
        _, data, errors = await self._answer(self._prepared(field, first, 0), {})
        return errors or [_problem(data)]

    def _prepared(self, field: str, first: int, depth: int) -> PreparedOperation:
        owner = field.split(".")[0]
        around = AROUND.get(field, "viewer { @ }" if owner == "Viewer" else "@")
        around = around.replace("(n)", f"(first: {min(first, 2)})") if first > 100 else around
        text = everything_of(field, around, first, self.crowd.ids, depth=depth)
        return ad_hoc(self.executor, text, WIDE)

    async def _run(self, prepared: PreparedOperation, variables: dict[str, Any]) -> Counted:
        statements, data, errors = await self._answer(prepared, variables)
        assert errors == []
        return statements, data

    async def _answer(
        self, prepared: PreparedOperation, variables: dict[str, Any]
    ) -> tuple[Statements, Any, list[dict[str, Any]]]:
        async with count_queries() as statements:
            answer = await first_answer(self.executor, prepared, variables, self.crowd.me)
        return statements, answer.data, answer.errors


def _problem(data: Any) -> Any:
    """The innermost thing of an answer that is one thing inside another."""
    while isinstance(data, dict | list) and "code" not in data:
        inner = list(data.values()) if isinstance(data, dict) else data
        data = next(value for value in inner if isinstance(value, dict | list))
    return data


@asynccontextmanager
async def _counting(services: Settings, size: int) -> AsyncIterator[Counting]:
    # How many statements is asked here, not how long they take one after the other on a busy machine.
    alone = replace(services, database_pool_min=1, database_pool_max=1, operation_timeout=60.0)
    async with open_clone(alone) as settings:
        yield Counting(settings, await make_crowd(settings, size))


@pytest.fixture(scope="module")
async def few(services: Settings) -> dict[str, Counted]:
    """What every document costs and answers with one row in each list."""
    async with _counting(services, 1) as counting:
        return await _all(counting)


@pytest.fixture(scope="module")
async def many(services: Settings, few: dict[str, Counted]) -> AsyncIterator[Counting]:
    """A database with 100 rows in each list, open for asking."""
    del few
    async with _counting(services, 100) as counting:
        yield counting


async def _all(counting: Counting) -> dict[str, Counted]:
    trusted = {name: await counting.settled(name, _least(name)) for name in TRUSTED}
    deep = {f"deep {field}": await counting.everything(field, depth=3) for field in FREE}
    return trusted | deep | {field: await counting.everything(field, depth=1) for field in FREE}


def _least(name: str) -> int:
    """How many statements a document takes that finds one thing of each kind."""
    return TRUSTED[name] - WITH_SIMILAR.get(name, 0) - FEWER.get(name, 0)


def _things(data: Any) -> int:
    if isinstance(data, dict):
        return 1 + sum(map(_things, data.values()))
    return sum(map(_things, data)) if isinstance(data, list) else 0


def test_every_list_has_its_figure() -> None:
    documents = Executor(Settings()).trusted.by_name.values()
    listing = {document.name: document.kind for document in documents if asks_for_a_list(document.document)}
    assert {name for name, kind in listing.items() if kind is OperationType.MUTATION} == set(MUTATIONS)
    assert {name for name, kind in listing.items() if kind is not OperationType.MUTATION} == set(TRUSTED)
    assert page_fields() == set(FREE)


@pytest.mark.parametrize("name", TRUSTED)
async def test_trusted_documents(few: dict[str, Counted], many: Counting, name: str) -> None:
    statements, data = few[name]
    more, grown = await many.settled(name, TRUSTED[name])
    chance = BY_CHANCE.get(name, 0)
    for counted, figure in ((statements, _least(name)), (more, TRUSTED[name])):
        assert figure - chance <= counted.count <= figure, f"{statements}\n\n{more}"
    assert name in FIXED or _things(grown) >= _things(data) + 15


@pytest.mark.parametrize("field", FREE)
async def test_free_pages(few: dict[str, Counted], many: Counting, field: str) -> None:
    statements, data = few[field]
    more, grown = await many.everything(field, depth=1)
    some = FREE[field] + MIXED.get(field, 0)
    assert (statements.count, more.count) == (some, FREE[field]), f"{statements}\n\n{more}"
    assert _things(grown) >= _things(data) + 15


@pytest.mark.parametrize("field", FREE)
async def test_deeper_pages_do_not_grow_with_their_rows(
    few: dict[str, Counted], many: Counting, field: str
) -> None:
    """Three levels down a few statements more or less may be needed, but never one for each row."""
    statements, _ = few[f"deep {field}"]
    more, _ = await many.everything(field, depth=3)
    assert more.count <= statements.count + 8, f"{statements}\n\n{more}"


@pytest.mark.parametrize("field", FREE)
async def test_no_page_is_longer_than_100(many: Counting, field: str) -> None:
    for first in (101, 0, -1, 2**31 - 1):
        (error,) = await many.page_of(field, first)
        code = error["code"] if "code" in error else error["extensions"]["code"]
        assert code == "page_size", error
