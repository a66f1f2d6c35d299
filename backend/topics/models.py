"""Tables of topics and places."""

from typing import Any

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField

from backend.platform.rows import Row


class Place(Row):
    """A place with its outline as GeoJSON (WGS84, longitude first) and the box around it.

    `name` is the one in bokmål, and stands in for those that are null.
    """

    slug = fields.CharField(max_length=60)
    name = fields.CharField(max_length=80)
    name_nn = fields.CharField(max_length=80, null=True)
    name_en = fields.CharField(max_length=80, null=True)
    kind = fields.CharField(max_length=20)
    geometry: fields.JSONField[dict[str, Any]] = fields.JSONField()
    west = fields.FloatField()
    south = fields.FloatField()
    east = fields.FloatField()
    north = fields.FloatField()
    version = fields.IntField(db_default=1)

    class Meta:
        table = "place"
        unique_together = (("municipality_id", "slug"),)


class Topic(Row):
    """What people are asked about, what they may do in it, and when it is answered.

    With `counts_imported`, proposals imported into it are part of figures and news like those written here.
    """

    slug = fields.CharField(max_length=60)
    goals: fields.Field[list[int]] = ArrayField("smallint")
    responsible_id = fields.BigIntField(null=True)
    opens_at = fields.DatetimeField()
    closes_at = fields.DatetimeField(null=True)
    answer_days = fields.SmallIntField()
    moderation_mode = fields.CharField(max_length=20)
    proposals_open = fields.BooleanField(db_default=True)
    supports_open = fields.BooleanField(db_default=True)
    comments_open = fields.BooleanField(db_default=True)
    counts_imported = fields.BooleanField(db_default=False)
    version = fields.IntField(db_default=1)

    class Meta:
        table = "topic"
        unique_together = (("municipality_id", "slug"),)


class TopicText(Row):
    """A topic's words in one language; the body is Markdown."""

    topic_id = fields.BigIntField()
    language = fields.CharField(max_length=2)
    title = fields.CharField(max_length=120)
    summary = fields.CharField(max_length=400)
    body = fields.TextField()

    class Meta:
        table = "topic_text"
        unique_together = (("municipality_id", "topic_id", "language"),)


class TopicPlace(Row):
    """A place that a topic concerns."""

    topic_id = fields.BigIntField()
    place_id = fields.BigIntField()

    class Meta:
        table = "topic_place"
        unique_together = (("municipality_id", "topic_id", "place_id"),)


class TopicRequirement(Row):
    """What a person must fulfil for one action (propose, support, comment) in a topic."""

    topic_id = fields.BigIntField()
    action = fields.CharField(max_length=10)
    min_age = fields.SmallIntField(null=True)
    residents_only = fields.BooleanField(db_default=False)
    accepts_declared = fields.BooleanField(db_default=False)

    class Meta:
        table = "topic_requirement"
        unique_together = (("municipality_id", "topic_id", "action"),)
