"""What people send is looked through beside the event loop: a text made to take long holds up nobody else."""

import threading
from typing import Any

import pytest

from backend.comments.queries import Stance
from backend.comments.service import add_comment
from backend.moderation.reasons import ReasonCode
from backend.moderation.reports import report_content
from backend.platform.authz import Role
from backend.proposals.notes import add_note
from backend.proposals.service import create_proposal, edit_proposal, withdraw_proposal
from backend.text import checks
from tests.proposals.support import OTHER_WORDS, WORDS, proposal_ref, published


async def test_texts_are_looked_through_on_a_thread(
    fresh: Any, person: Any, topic_id: Any, monkeypatch: Any
) -> None:
    topic, author, reader = await topic_id(), await person(), await person()
    planner = await person(role=Role.PLANNER)
    proposal_id = await published(author, topic)
    seen: list[bool] = []
    find = checks.find_personal_data

    def noted(*given: Any, **more: Any) -> Any:
        seen.append(threading.current_thread() is threading.main_thread())
        return find(*given, **more)

    monkeypatch.setattr(checks, "find_personal_data", noted)
    for sent in (
        lambda: create_proposal(author, topic, WORDS, submit=False),
        lambda: edit_proposal(author, proposal_id, OTHER_WORDS, expected_version=1),
        lambda: add_comment(
            reader, proposal_ref(proposal_id), "Dette trenger vi her også.", Stance.FOR, "nb", None
        ),
        lambda: report_content(reader, "proposal", proposal_id, ReasonCode.SPAM, "Det er reklame."),
        lambda: add_note(planner, proposal_id, "Spør etaten."),
        lambda: withdraw_proposal(author, proposal_id, "Det er bygd."),
    ):
        before = len(seen)
        await sent()
        assert len(seen) > before
    assert not any(seen)


@pytest.mark.parametrize("text", ["1 " * 10_000, "1.2." * 5_000])
async def test_the_longest_is_refused_without_being_looked_through(text: str) -> None:
    with pytest.raises(checks.Invalid):
        checks.validate_text(text * 2, (1, 10_000), "body", multiline=True)
