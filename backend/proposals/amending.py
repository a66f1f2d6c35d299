"""An edit of what is public comes into force: its words are shown, found and told of from then on."""

from backend.content.kinds import ContentRef
from backend.notifications.events import EventKind, record
from backend.platform.tags import changed
from backend.proposals.content import Point, indexed_text
from backend.proposals.pending import take_pending
from backend.proposals.queries import proposal_for_update, supported_by_others
from backend.proposals.transitions import tags_of
from backend.proposals.writes import add_version, update_text


async def publish_pending(municipality_id: int, proposal_id: int) -> None:
    """Put the edit that waits into force; where there is none, nothing happens.

    Where others had stood behind the words before, the version is marked as an amendment, and those who follow
    the proposal are told. Part of the caller's unit of work.
    """
    proposal = await proposal_for_update(municipality_id, proposal_id)
    pending = await take_pending(municipality_id, proposal_id)
    if proposal is None or pending is None:
        return
    text = indexed_text(pending.title, pending.body, pending.language)
    position = None
    if pending.longitude is not None and pending.latitude is not None:
        position = Point(pending.longitude, pending.latitude)
    version = await update_text(
        municipality_id, proposal_id, text, pending.place_id, position, pending.number
    )
    is_amendment = bool(await supported_by_others(municipality_id, [proposal_id]))
    await add_version(
        municipality_id, proposal_id, version, text, pending.editor_id, is_amendment=is_amendment
    )
    await changed(tags_of(proposal))
    if is_amendment:
        await record(
            municipality_id,
            EventKind.AMENDED,
            f"proposal:{proposal_id}:{version}",
            ContentRef("proposal", proposal_id),
            topic_id=proposal.topic_id,
            actor_id=pending.editor_id,
        )
