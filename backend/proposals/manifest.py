"""Proposals, from the first draft to what came of them."""

from typing import Final

from backend.moderation.unscreened import hold_unscreened
from backend.platform.personal_tables import Erasure, PersonalTable
from backend.platform.slices import ALL, CHANGE, READ, ClockEntry, Manifest, WaitingRows
from backend.proposals.audiences import SUPPORTERS
from backend.proposals.content_kinds import EDIT_OF_PROPOSAL, PROPOSAL
from backend.proposals.erasure import erase_proposals, erase_supports
from backend.proposals.supports import move_supports

_STUB, _RULED = Erasure.STUB, Erasure.RULED

_SUPPORTS = """(SELECT act.supports FROM proposal_activity act
    WHERE act.municipality_id = proposal.municipality_id AND act.proposal_id = proposal.id)"""
MANIFEST: Final = Manifest(
    models=("backend.proposals.models",),
    ledgers=(
        "proposal_answer",
        "proposal_transition",
        "proposal_version",
        "recount_alarm",
        "support_event",
    ),
    rights={
        "proposal_state_rule": READ,
        # Locking a row needs the right to change something of it.
        "proposal_note": "SELECT, INSERT, UPDATE (withdrawn_at)",
        "proposal": CHANGE,
        "proposal_activity": CHANGE,
        "proposal_figures": CHANGE,
        "proposal_invitation": CHANGE,
        "support_window": CHANGE,
        "proposal_link": ALL,
        "proposal_pending_version": ALL,
    },
    functions=("erase_proposal_words(int, bigint, bigint, text)",),
    personal_tables=(
        PersonalTable(
            "proposal",
            "author_id",
            _RULED,
            (
                "id",
                "created_at",
                "topic_id",
                "state",
                "outcome",
                "language",
                "title",
                "body",
                "version",
                "place_id",
                "longitude",
                "latitude",
                "submitted_at",
                "published_at",
                "answered_at",
            ),
            derived=(("supports", _SUPPORTS),),
        ),
        PersonalTable(
            "proposal_version",
            "editor_id",
            _RULED,
            ("proposal_id", "number", "title", "body", "is_amendment", "created_at"),
        ),
        PersonalTable(
            "proposal_pending_version",
            "editor_id",
            _RULED,
            ("proposal_id", "number", "state", "title", "body", "language", "place_id", "created_at"),
        ),
        PersonalTable(
            "proposal_transition",
            "actor_id",
            _RULED,
            ("proposal_id", "ordinal", "from_state", "to_state", "actor_role", "reason", "created_at"),
        ),
        PersonalTable(
            "proposal_answer",
            "planner_id",
            _STUB,
            ("proposal_id", "outcome", "reason", "language", "created_at"),
        ),
        PersonalTable(
            "proposal_note", "author_id", _STUB, ("id", "proposal_id", "body", "created_at", "withdrawn_at")
        ),
        PersonalTable(
            "proposal_invitation",
            "invited_by_id",
            _RULED,
            ("proposal_id", "created_at", "expires_at", "accepted_at", "ended_at"),
        ),
        PersonalTable(
            "proposal_invitation", "accepted_by_id", _RULED, ("proposal_id", "accepted_at", "ended_at")
        ),
        PersonalTable("support_event", "account_id", _RULED, ("proposal_id", "ordinal", "created_at")),
    ),
    erasers=(erase_proposals, erase_supports),
    movers=(move_supports,),
    content_kinds=(PROPOSAL, EDIT_OF_PROPOSAL),
    audiences=(SUPPORTERS,),
    clock=(
        # Counting is asked for by whoever supports; this catches a request lost between two transactions.
        ClockEntry("count_supports", {"second": 7}),
        # Supports come and deadlines pass without asking.
        ClockEntry("count_figures", {"second": 22}),
        # Nothing but a look at an index, unless the program was upgraded.
        ClockEntry("reindex_proposals", {"minute": {4, 14, 24, 34, 44, 54}, "second": 51}, queue="slow"),
        ClockEntry("prove_counts", {"hour": 2, "minute": 10, "second": 0}),
    ),
    rate_limits={
        "createProposal": "20/hour",
        "inviteCoAuthor": "30/hour",
        # A draft saves itself while it is written, every 15 seconds at the most.
        "editProposal": "300/hour",
        "addInternalNote": "120/hour",
        "checkText": "60/minute",
    },
    waiting=(
        WaitingRows(table="proposal", states=("submitted",), sweep=hold_unscreened),
        WaitingRows(table="proposal_pending_version", states=("submitted",), sweep=hold_unscreened),
    ),
)
