"""Making and changing topics."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.accounts.types import account_of_author
from api.context import Context, Info, context_of
from api.errors import (
    ConflictProblem,
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    PersonalDataProblem,
)
from api.fields import IdempotencyKey, mutation, payload
from api.node_ids import number_of
from api.topics.enums import ModerationMode
from api.topics.types import Topic, fetch_topic
from backend.platform.validation import Checks, all_checked
from backend.topics import service
from backend.topics.content import TopicContent, TopicFrame
from backend.topics.queries import Requirement, TopicText


@strawberry.input(description="A topic's words in one language.")
class TopicTextInput:
    language: str = strawberry.field(description="nb, nn or en; each once, and nb always.")
    title: str = strawberry.field(description="3 to 120 characters.")
    summary: str = strawberry.field(description="10 to 400 characters.")
    body: str = strawberry.field(description="20 to 20,000 characters of Markdown.")


@strawberry.input(description="What the planner responsible looks after.")
class TopicContentInput:
    """Words and switches; all of it replaces what was."""

    texts: list[TopicTextInput] = strawberry.field(description="The words, in one to three languages.")
    proposals_open: bool = strawberry.field(default=True, description="Whether it takes new proposals.")
    supports_open: bool = strawberry.field(default=True, description="Whether proposals can be supported.")
    comments_open: bool = strawberry.field(default=True, description="Whether people can comment.")


@strawberry.input(description="What one action asks of a person.")
class TopicRequirementInput:
    action: str = strawberry.field(description="propose, support or comment; each once.")
    min_age: int | None = strawberry.field(
        default=None, description="The age that must be reached this year."
    )
    residents_only: bool = strawberry.field(
        default=False, description="Whether one must live in the municipality."
    )
    accepts_declared: bool = strawberry.field(
        default=False, description="Whether a person's own word for where they live is enough."
    )


@strawberry.input(description="What an administrator decides about a topic.")
class TopicFrameInput:
    """Whom it is for, where and when; all of it replaces what was."""

    goals: list[int] = strawberry.field(description="The main goals it serves, 1 to 4.")
    opens_at: datetime = strawberry.field(description="From when on people may take part.")
    answer_days: int = strawberry.field(description="Within how many days a proposal is answered, 1 to 365.")
    moderation_mode: ModerationMode = strawberry.field(description="When it publishes what people write.")
    closes_at: datetime | None = strawberry.field(default=None, description="Until when; null: no end.")
    places: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="The places it concerns, at most 100."
    )
    requirements: list[TopicRequirementInput] = strawberry.field(
        default_factory=list, description="What actions ask of a person; an action not listed asks nothing."
    )
    responsible: strawberry.ID | None = strawberry.field(
        default=None, description="An Author's id: the planner responsible."
    )
    counts_imported: bool | None = strawberry.field(
        default=None,
        description="Whether what is imported into it counts in figures and news; null: as it is, at first no.",
    )


@strawberry.type(description="The topic after the change.")
class TopicChanged:
    topic: Topic = strawberry.field(description="As it stands now.")


TopicPayload = payload(
    TopicChanged,
    "TopicPayload",
    "The topic, or why not.",
    InvalidProblem,
    PersonalDataProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    ConflictProblem,
)
Content = Annotated[TopicContentInput, strawberry.argument(description="Its words, and what is open.")]
Frame = Annotated[TopicFrameInput, strawberry.argument(description="Whom it is for, where and when.")]


@strawberry.type
class TopicMutations:
    """What those who look after topics do."""

    @mutation(TopicPayload, scope="write", description="Make a topic. For administrators.")
    async def create_topic(
        self,
        info: Info,
        slug: Annotated[str, strawberry.argument(description="Its name in addresses: a-z, 0-9 and hyphens.")],
        content: Content,
        frame: Frame,
        idempotency_key: IdempotencyKey = None,
    ) -> TopicChanged:
        context = context_of(info)
        verifies = context.settings.verifies_residence
        words = _content(content)
        with all_checked() as check:
            bounds = await _frame(context, frame, check)
            if check.has_refused:
                check(service.check_parts, slug, words, bounds, verifies_residence=verifies)
        number = await service.create_topic(
            context.actor, slug, words, bounds, key=idempotency_key, verifies_residence=verifies
        )
        return await _changed(context, number)

    @mutation(
        TopicPayload,
        scope="write",
        description="Replace a topic's content, its frame, or both. The frame is for administrators, the content "
        "also for the planner responsible.",
    )
    async def update_topic(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The topic's id.")],  # noqa: A002
        expected_version: Annotated[
            int, strawberry.argument(description="The version the change started from.")
        ],
        content: Annotated[
            TopicContentInput | None, strawberry.argument(description="Its words, and what is open.")
        ] = None,
        frame: Annotated[
            TopicFrameInput | None, strawberry.argument(description="Whom it is for, where and when.")
        ] = None,
    ) -> TopicChanged:
        context = context_of(info)
        verifies = context.settings.verifies_residence
        words = None if content is None else _content(content)
        with all_checked() as check:
            number = check(number_of, id, "Topic")
            bounds = None if frame is None else await _frame(context, frame, check)
            if check.has_refused:
                check(service.check_parts, None, words, bounds, verifies_residence=verifies)
        await service.update_topic(
            context.actor,
            number,
            expected_version=expected_version,
            content=words,
            frame=bounds,
            verifies_residence=verifies,
        )
        return await _changed(context, number)


def _content(given: TopicContentInput) -> TopicContent:
    return TopicContent(
        texts=tuple(TopicText(t.language, t.title, t.summary, t.body) for t in given.texts),
        proposals_open=given.proposals_open,
        supports_open=given.supports_open,
        comments_open=given.comments_open,
    )


async def _frame(context: Context, given: TopicFrameInput, check: Checks) -> TopicFrame:
    """The frame as the service takes it; without the ids that are none, which `check` remembers."""
    places = [check(number_of, place, "Place", field="frame.places") for place in given.places]
    responsible = None
    if given.responsible is not None:
        responsible = await check.wait(
            account_of_author(context, given.responsible, field="frame.responsible")
        )
    return TopicFrame(
        goals=tuple(given.goals),
        place_ids=tuple(place for place in places if place is not None),
        requirements=tuple(
            Requirement(r.action, r.min_age, r.residents_only, r.accepts_declared) for r in given.requirements
        ),
        opens_at=given.opens_at,
        closes_at=given.closes_at,
        answer_days=given.answer_days,
        moderation_mode=given.moderation_mode,
        responsible_id=responsible,
        counts_imported=given.counts_imported,
    )


async def _changed(context: Context, number: int) -> TopicChanged:
    context.reset()
    return TopicChanged(topic=await fetch_topic(context, number))
