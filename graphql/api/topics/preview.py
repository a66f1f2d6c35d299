"""How a topic's text would look, before it is stored."""

from typing import Annotated

import strawberry

from api.context import Info, context_of
from api.errors import InvalidProblem, LoginProblem, NotAllowedProblem, PersonalDataProblem
from api.refusals import with_problems
from backend.authz import require
from backend.text.markup import render_markdown
from backend.topics.content import fit_body
from backend.topics.rules import write_words


@strawberry.type(description="A topic's text as it would look.")
class TopicBodyPreview:
    """Nothing is stored."""

    body_html: str = strawberry.field(description="As safe HTML.")


TopicBodyPreviewResult = Annotated[
    TopicBodyPreview | InvalidProblem | PersonalDataProblem | LoginProblem | NotAllowedProblem,
    strawberry.union("TopicBodyPreviewResult", description="The text, or why it would be refused."),
]


@strawberry.type
class TopicPreviewQueries:
    """What those who look after topics may try."""

    @strawberry.field(
        description="How a topic's text would look. For administrators and planners; nothing is stored."
    )
    @with_problems
    async def preview_topic_body(
        self,
        info: Info,
        body: Annotated[str, strawberry.argument(description="20 to 20,000 characters of Markdown.")],
    ) -> TopicBodyPreviewResult:
        """Cleaned and rendered as a topic's is."""
        require(write_words(context_of(info).actor, None))
        return TopicBodyPreview(body_html=render_markdown(fit_body(body, "body")))
