"""How a topic's text would look, before it is stored."""

from typing import Annotated

import strawberry

from api.context import Info, context_of
from api.errors import InvalidProblem, LoginProblem, NotAllowedProblem, PersonalDataProblem
from api.fields import payload, result_field
from backend.platform.authz import require
from backend.text.markup import render_markdown
from backend.topics.content import validate_body
from backend.topics.rules import write_words


@strawberry.type(description="A topic's text as it would look.")
class TopicBodyPreview:
    """Nothing is stored."""

    body_html: str = strawberry.field(description="As safe HTML.")


TopicBodyPreviewResult = payload(
    TopicBodyPreview,
    "TopicBodyPreviewResult",
    "The text, or why it would be refused.",
    InvalidProblem,
    PersonalDataProblem,
    LoginProblem,
    NotAllowedProblem,
)


@strawberry.type
class TopicPreviewQueries:
    """What those who look after topics may try."""

    @result_field(
        TopicBodyPreviewResult,
        description="How a topic's text would look. For administrators and planners; nothing is stored.",
    )
    async def preview_topic_body(
        self,
        info: Info,
        body: Annotated[str, strawberry.argument(description="20 to 20,000 characters of Markdown.")],
    ) -> TopicBodyPreview:
        """Cleaned and rendered as a topic's is."""
        require(write_words(context_of(info).actor, None))
        return TopicBodyPreview(body_html=render_markdown(validate_body(body, "body")))
