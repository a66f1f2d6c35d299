"""Where personal data stands in a text, so that a form can point at it before it is handed in."""

from typing import Annotated

import strawberry

from api.context import Info, context_of
from api.errors import InvalidProblem, LoginProblem, NotAllowedProblem
from api.fields import payload, result_field
from backend.platform.i18n import translate
from backend.proposals.personal_data_check import MESSAGES, PersonalDataSpan, check_text


@strawberry.type(description="A place in a text that looks like personal data.")
class PersonalDataFinding:
    """A finding; never what it was."""

    field: str = strawberry.field(description="title or body.")
    kind: str = strawberry.field(description="What it looks like, such as national_identity_number or phone.")
    start: int = strawberry.field(description="Where it begins, in Unicode code points from 0.")
    end: int = strawberry.field(description="Where it ends, exclusive.")
    message: str = strawberry.field(description="For the person, in their language.")

    @classmethod
    def from_standing(cls, found: PersonalDataSpan, language: str) -> "PersonalDataFinding":
        """The type for a finding."""
        message = translate(language, MESSAGES[found.kind])
        return cls(field=found.field, kind=found.kind, start=found.start, end=found.end, message=message)


@strawberry.type(description="What was found in a text.")
class TextChecked:
    findings: list[PersonalDataFinding] = strawberry.field(
        description="In reading order, the title first; at most 100. None: handing in will not be refused for it."
    )


CheckTextResult = payload(
    TextChecked,
    "CheckTextResult",
    "What was found, or why nothing was looked for.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
)


@strawberry.type
class CheckingQueries:
    """What may be asked about a text that is not handed in."""

    @result_field(
        CheckTextResult,
        scope="write",
        description="Where personal data stands in a proposal or comment being written. Nothing of the text is kept.",
    )
    async def check_text(
        self,
        info: Info,
        title: Annotated[str, strawberry.argument(description="The title so far.")] = "",
        body: Annotated[str, strawberry.argument(description="The text so far.")] = "",
    ) -> TextChecked:
        """For whoever has logged in."""
        context = context_of(info)
        found = await check_text(context.actor, title, body)
        return TextChecked(
            findings=[PersonalDataFinding.from_standing(one, context.language) for one in found]
        )
