"""Tables of proposals. The ledgers (transition, support event, version) are only ever added to."""

from typing import Any

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField, TSVectorField
from tortoise.fields.db_defaults import Now
from tortoise.models import Model

from backend.platform.rows import Row, transaction_number


class ProposalStateRule(Model):
    """A permitted step, copied from backend/proposals/states.py so that the database can hold it."""

    id = fields.IntField(primary_key=True)
    from_state = fields.CharField(max_length=12)
    to_state = fields.CharField(max_length=12)

    class Meta:
        table = "proposal_state_rule"
        unique_together = (("from_state", "to_state"),)


class Proposal(Row):
    """The proposal as it stands now; `step` is the number of its latest transition.

    What changes without its words, such as counts, is in ProposalActivity: a row as wide as this one is rewritten with
    all its indexes. `active_at` is its latest step only. `supports` and `comments` are of the version before, and go
    with the next. `longitude` and `latitude` are WGS84 degrees. The database itself sets `answer_due_at` when a
    proposal is published and when its topic's deadline changes. A draft may be without a topic; what has been handed
    in never is. `search` and `grams` are made from the words by version `search_version` of
    backend/text/search.py (0: before there was one).
    """

    topic_id = fields.BigIntField(null=True)
    author_id = fields.BigIntField(null=True)
    state = fields.CharField(max_length=12)
    step = fields.IntField(db_default=1)
    outcome = fields.CharField(max_length=10, null=True)
    language = fields.CharField(max_length=2)
    title = fields.CharField(max_length=200)
    body = fields.TextField()
    version = fields.IntField(db_default=1)
    place_id = fields.BigIntField(null=True)
    longitude = fields.FloatField(null=True)
    latitude = fields.FloatField(null=True)
    supports = fields.IntField(db_default=0)
    comments = fields.IntField(db_default=0)
    submitted_at = fields.DatetimeField(null=True)
    published_at = fields.DatetimeField(null=True)
    answered_at = fields.DatetimeField(null=True)
    active_at = fields.DatetimeField(db_default=Now())
    search = TSVectorField(stored=False)
    grams: fields.Field[list[int]] = ArrayField("int")
    search_version = fields.SmallIntField(db_default=0)
    source = fields.CharField(max_length=40, null=True)
    external_key = fields.CharField(max_length=120, null=True)
    external_digest = fields.BinaryField(null=True)
    is_demo = fields.BooleanField(db_default=False)
    answer_due_at = fields.DatetimeField(null=True)

    class Meta:
        table = "proposal"


class ProposalActivity(Model):
    """What comes of a proposal without a change to its own row, and what lists need that are sorted by it.

    The database makes the row with its proposal, and keeps `topic_id`, `is_public` and the proposal's own `active_at`
    in step; `active_at` counts published comments too. `supports` and `comments` are derived from their ledgers:
    supports in windows, so that they lag by some seconds, and readers add what has come since.
    """

    proposal_id = fields.BigIntField(primary_key=True, generated=False)
    municipality_id = fields.IntField()
    topic_id = fields.BigIntField(null=True)
    is_public = fields.BooleanField()
    supports = fields.IntField(db_default=0)
    comments = fields.IntField(db_default=0)
    active_at = fields.DatetimeField()

    class Meta:
        table = "proposal_activity"


class ProposalVersion(Row):
    """The words of a proposal after one edit; an amendment came after others had supported it."""

    proposal_id = fields.BigIntField()
    number = fields.IntField()
    title = fields.CharField(max_length=200)
    body = fields.TextField()
    editor_id = fields.BigIntField(null=True)
    is_amendment = fields.BooleanField(db_default=False)

    class Meta:
        table = "proposal_version"
        unique_together = (("municipality_id", "proposal_id", "number"),)


class ProposalPendingVersion(Row):
    """The words and place of an edit of what is public, until they come into force; one for a proposal at the most.

    `number` is theirs once they are in force. Rejected and lapsed words stay for their authors; of those that
    were withdrawn only the number does. `created_at` is when this edit was handed in.
    """

    proposal_id = fields.BigIntField()
    number = fields.IntField()
    state = fields.CharField(max_length=10)
    title = fields.CharField(max_length=200)
    body = fields.TextField()
    language = fields.CharField(max_length=2)
    place_id = fields.BigIntField(null=True)
    longitude = fields.FloatField(null=True)
    latitude = fields.FloatField(null=True)
    editor_id = fields.BigIntField(null=True)

    class Meta:
        table = "proposal_pending_version"
        unique_together = (("municipality_id", "proposal_id"),)


class ProposalTransition(Row):
    """One step of a proposal's public timeline: from, to, who, when and why."""

    proposal_id = fields.BigIntField()
    ordinal = fields.IntField()
    from_state = fields.CharField(max_length=12)
    to_state = fields.CharField(max_length=12)
    actor_id = fields.BigIntField(null=True)
    actor_role = fields.CharField(max_length=10)
    reason = fields.TextField(null=True)

    class Meta:
        table = "proposal_transition"
        unique_together = (("municipality_id", "proposal_id", "ordinal"),)


class ProposalAnswer(Row):
    """The municipality's answer, with its public reason; the newest row is the one in force."""

    proposal_id = fields.BigIntField()
    outcome = fields.CharField(max_length=10)
    reason = fields.TextField()
    language = fields.CharField(max_length=2)
    planner_id = fields.BigIntField()

    class Meta:
        table = "proposal_answer"


class ProposalInvitation(Row):
    """An invitation to be co-author, redeemed by whoever holds its secret."""

    proposal_id = fields.BigIntField()
    secret_hash = fields.BinaryField()
    invited_by_id = fields.BigIntField()
    expires_at = fields.DatetimeField()
    accepted_by_id = fields.BigIntField(null=True)
    accepted_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "proposal_invitation"


class ProposalLink(Row):
    """Something outside that a proposal is tied to, such as the plan it was merged into."""

    proposal_id = fields.BigIntField()
    kind = fields.CharField(max_length=20)
    target = fields.CharField(max_length=200)
    detail: fields.JSONField[dict[str, Any]] = fields.JSONField()

    class Meta:
        table = "proposal_link"
        unique_together = (("municipality_id", "proposal_id", "kind", "target"),)


class SupportEvent(Row):
    """One person's support (odd ordinal) or its withdrawal (even ordinal); never changed, never deleted."""

    proposal_id = fields.BigIntField()
    account_id = fields.BigIntField()
    ordinal = fields.IntField()
    txid = transaction_number()

    class Meta:
        table = "support_event"
        unique_together = (("municipality_id", "proposal_id", "account_id", "ordinal"),)


class SupportWindow(Model):
    """How far supports are counted: every event of a transaction below `counted_to` is in the counts."""

    municipality_id = fields.IntField(primary_key=True, generated=False)
    counted_to = fields.BigIntField(db_default=0)

    class Meta:
        table = "support_window"


class RecountAlarm(Row):
    """A derived figure that did not agree with its ledger when it was proved."""

    subject = fields.CharField(max_length=40)
    subject_id = fields.BigIntField()
    stored = fields.IntField()
    derived = fields.IntField()

    class Meta:
        table = "recount_alarm"


class ProposalFigures(Row):
    """What has come of the proposals of one topic, or (topic_id null) of all; derived, see figures.py.

    `participants` are counted for all topics together only. `median_days` is null before the first answer.
    `imported` are public proposals from elsewhere that the other figures leave out.
    """

    topic_id = fields.BigIntField(null=True)
    proposals = fields.IntField()
    answered = fields.IntField()
    waiting = fields.IntField()
    overdue = fields.IntField()
    supports = fields.IntField()
    median_days = fields.FloatField(null=True)
    imported = fields.IntField(db_default=0)
    participants = fields.IntField(null=True)

    class Meta:
        table = "proposal_figures"


class ProposalNote(Row):
    """What staff in charge of a proposal tell each other about it; only ever added, or withdrawn once."""

    proposal_id = fields.BigIntField()
    author_id = fields.BigIntField()
    body = fields.TextField()
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = "proposal_note"
