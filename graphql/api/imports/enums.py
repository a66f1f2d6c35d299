"""Enums of imports."""

from enum import StrEnum

import strawberry


@strawberry.enum(description="How far an import has come.")
class ImportState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@strawberry.enum(description="A field of a proposal that a file's column may fill.")
class ImportField(StrEnum):
    TITLE = "title"
    BODY = "body"
    TOPIC = "topic"
    LANGUAGE = "language"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    PLACE = "place_label"
    STATE = "state"
    OUTCOME = "outcome"
    CREATED_AT = "created_at"
    PUBLISHED_AT = "published_at"
