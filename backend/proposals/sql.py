"""Facts about proposals that many statements ask for, each spelt once. `alias` is a table's, with its dot."""


def is_co_author(alias: str = "") -> str:
    """Whether a row of proposal_invitation makes somebody a co-author now: accepted, and not ended."""
    return f"({alias}accepted_by_id IS NOT NULL AND {alias}ended_at IS NULL)"


def gives_support(alias: str = "") -> str:
    """Whether a row of support_event gives a support: an odd one does, an even one takes it back."""
    return f"{alias}ordinal % 2 = 1"


def support_change(alias: str = "") -> str:
    """What a row of support_event changes the count by."""
    return f"CASE WHEN {gives_support(alias)} THEN 1 ELSE -1 END"


IS_IN_FORCE = "max(ordinal) % 2 = 1"
"""Whether the support is in force, of all rows of support_event of one account about one proposal."""
