"""Jobs that keep a proposal's derived figures true."""

from typing import Any

import structlog

from backend.proposals.counting import count_comments as derive_comments
from backend.proposals.counting import count_supports as derive_supports
from backend.proposals.counting import recount
from backend.proposals.reindexing import reindex_proposals as make_index_anew
from backend.proposals.statistics import count_figures as derive_figures
from workers.job import job
from workers.metrics import RECOUNT_DRIFT

log = structlog.get_logger("counts")


# Slices of a backlog are committed one by one.
@job("count_supports", transactional=False)
async def count_supports(payload: dict[str, Any]) -> None:
    """Take what has gathered in the ledger into the counts."""
    await derive_supports(payload["municipality_id"])


@job("count_comments")
async def count_comments(payload: dict[str, Any]) -> None:
    """Set one proposal's number of comments."""
    await derive_comments(payload["municipality_id"], payload["proposal_id"])


@job("prove_counts")
async def prove_counts(payload: dict[str, Any]) -> None:
    """Hold every count against its ledger; a difference is an alarm, and stays for a person to look into."""
    drifts = await recount(payload["municipality_id"], repair=False)
    RECOUNT_DRIFT.set(len(drifts))
    if drifts:
        log.error("counts differ from their ledger", proposals=[drift.proposal_id for drift in drifts[:20]])


@job("count_figures")
async def count_figures(payload: dict[str, Any]) -> None:
    """Count what has come of the proposals, for the front page and the planners' desk."""
    await derive_figures(payload["municipality_id"])


@job("reindex_proposals", transactional=False)
async def reindex_proposals(payload: dict[str, Any]) -> None:
    """After an upgrade, make anew what search needs of texts that the version before has stored."""
    done = await make_index_anew(payload["municipality_id"])
    if done:
        log.info("proposals were indexed anew", proposals=done)
