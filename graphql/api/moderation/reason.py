"""What the author of rejected or hidden content is told."""

from datetime import datetime

import strawberry
from strawberry.dataloader import DataLoader

from api.context import Context
from api.moderation.enums import ModerationCaseDecision, ReasonCode
from backend.moderation.details import DecisionRow, decisions_in_force
from backend.moderation.reasons import GROUNDS
from backend.platform.i18n import translate
from backend.text.markup import render_markdown


@strawberry.type(description="Why content was not published, or hidden.")
class ModerationReason:
    """A decision against the author."""

    decision: ModerationCaseDecision = strawberry.field(description="REJECT or HIDE.")
    code: ReasonCode = strawberry.field(description="The ground.")
    ground: str = strawberry.field(description="The ground in words.")
    text: str = strawberry.field(description="What the moderator wrote to the author, Markdown.")
    at: datetime = strawberry.field(description="When it was decided.")

    @strawberry.field(description="What the moderator wrote to the author, as safe HTML.")
    def text_html(self) -> str:
        """Rendered for those who ask for it."""
        return render_markdown(self.text)


def _loader(context: Context, subject_type: str) -> DataLoader[int, DecisionRow | None]:
    async def load(ids: list[int]) -> dict[int, DecisionRow]:
        return await decisions_in_force(context.municipality_id, subject_type, ids)

    return context.loader(f"moderation_reason:{subject_type}", load)


async def reason_of(context: Context, subject_type: str, subject_id: int) -> ModerationReason | None:
    """The decision in force; the caller has asked whether the viewer may know."""
    row = await _loader(context, subject_type).load(subject_id)
    if row is None:
        return None
    return ModerationReason(
        decision=ModerationCaseDecision(row.decision),
        code=ReasonCode(row.reason_code),
        ground=translate(context.language, GROUNDS[row.reason_code]),
        text=row.reason_text,
        at=row.decided_at,
    )
