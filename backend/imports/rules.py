"""Who may take in a file, and into which topics."""

from typing import Any, Final

from backend.platform.authz import ALLOWED, Actor, Decision, Refusal, Role, Rule, logged_in, with_scope
from backend.platform.database import fetch

PLANNERS_ONLY: Final = Refusal("planners_only", "Bare saksbehandlere kan hente inn forslag fra filer.")
_OTHER_TOPIC: Final = Refusal("topic_not_planned", "Du er ikke saksbehandler for dette temaet.")


def _is_planner(actor: Actor, _thing: object) -> Decision:
    return ALLOWED if actor.has_role_somewhere(Role.PLANNER) else PLANNERS_ONLY


def _plans_topic(actor: Actor, topic_id: int | None) -> Decision:
    if topic_id is None or actor.has_role(Role.PLANNER, topic_id):
        return ALLOWED
    return _OTHER_TOPIC


import_files: Rule[Any] = logged_in & with_scope("plan") & Rule(_is_planner)
"""Send in files and have them taken in: planners of any topic."""

import_into: Rule[int | None] = import_files & Rule(_plans_topic)
"""As `import_files`, with all rows in one topic (None: in the topics that the rows name)."""


async def planned_topics(municipality_id: int, account_id: int) -> frozenset[int] | None:
    """The topics that an account is a planner of now; None when of all."""
    rows = await fetch(
        """SELECT topic_id FROM role_grant
           WHERE municipality_id = $1 AND account_id = $2 AND role = 'planner' AND ended_at IS NULL""",
        municipality_id,
        account_id,
    )
    topics = {row["topic_id"] for row in rows}
    return None if None in topics else frozenset(topics)
