"""The people who stand behind proposals, as notifications find them."""

from typing import Final

from backend.notifications.kinds import Audience, Cause, Relation
from backend.proposals.sql import IS_IN_FORCE

# Read off the ledger's unique key, a person at a time in the order of accounts: never sorted.
SUPPORTERS: Final = Audience(
    Relation.SUPPORTERS,
    Cause.SUPPORTER,
    f"""
        SELECT account_id FROM support_event
        WHERE municipality_id = $1 AND proposal_id = (SELECT root_id FROM happened)
        GROUP BY account_id HAVING {IS_IN_FORCE}""",
    roots=frozenset({"proposal"}),
)
