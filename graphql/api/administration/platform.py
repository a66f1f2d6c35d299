"""How the platform is and how it is set up, over GraphQL."""

from datetime import datetime

import strawberry

from api.context import Info, context_of
from api.errors import LoginProblem, NotAllowedProblem, UnavailableProblem
from api.fields import payload, result_field
from backend.administration.shown_settings import shown_settings
from backend.administration.status import PlatformStatus, platform_status


@strawberry.type(description="One part that the platform stands on.")
class HealthPart:
    name: str = strawberry.field(description="Which.")
    is_ok: bool = strawberry.field(description="Whether it is in order.")
    is_vital: bool = strawberry.field(description="Whether nothing can be served without it.")
    detail: str = strawberry.field(description="A word about it.")


@strawberry.type(description="How the platform is.")
class PlatformHealth:
    parts: list[HealthPart] = strawberry.field(description="Its parts.")
    waiting_jobs: int = strawberry.field(description="Jobs that are due and not done.")
    oldest_job_seconds: float = strawberry.field(
        description="For how long the oldest of them has been due; 0 without any."
    )
    failed_jobs: int = strawberry.field(description="Jobs that were given up.")
    last_recount_at: datetime | None = strawberry.field(
        description="When counts were last held against their ledgers; null: not within seven days."
    )
    last_recount_differences: int = strawberry.field(description="How many differed then.")
    last_good_recount_at: datetime | None = strawberry.field(description="When last none differed.")
    migration: str | None = strawberry.field(description="The latest migration that was applied.")

    @classmethod
    def from_row(cls, row: PlatformStatus) -> "PlatformHealth":
        """The type for a row."""
        return cls(
            parts=[
                HealthPart(name=part.name, is_ok=part.is_ok, is_vital=part.is_vital, detail=part.detail)
                for part in row.parts
            ],
            waiting_jobs=row.backlog.due,
            oldest_job_seconds=round(row.backlog.oldest, 1),
            failed_jobs=row.failed_jobs,
            last_recount_at=row.recount.at,
            last_recount_differences=row.recount.differences,
            last_good_recount_at=row.recount.good_at,
            migration=row.migration,
        )


@strawberry.type(description="A setting of the platform; secrets are never among them.")
class PlatformSetting:
    name: str = strawberry.field(description="Its name.")
    value: str = strawberry.field(description="Its value as text; empty when it is not set.")


@strawberry.type(description="How the platform is set up.")
class PlatformSettings:
    settings: list[PlatformSetting] = strawberry.field(description="Those that are no secrets.")


PlatformHealthResult = payload(
    PlatformHealth,
    "PlatformHealthResult",
    "How it is, or why that is not told.",
    LoginProblem,
    NotAllowedProblem,
    UnavailableProblem,
)
PlatformSettingsResult = payload(
    PlatformSettings,
    "PlatformSettingsResult",
    "The settings, or why they are not told.",
    LoginProblem,
    NotAllowedProblem,
)


@strawberry.type
class PlatformQueries:
    """What administrators may ask about the platform."""

    @result_field(PlatformHealthResult, description="How the platform is, for administrators.")
    async def platform_health(self, info: Info) -> PlatformHealth:
        context = context_of(info)
        return PlatformHealth.from_row(await platform_status(context.settings, context.actor))

    @result_field(
        PlatformSettingsResult, description="How the platform is set up, for administrators; no secrets."
    )
    async def platform_settings(self, info: Info) -> PlatformSettings:
        """Of this process."""
        context = context_of(info)
        rows = shown_settings(context.settings, context.actor)
        return PlatformSettings(settings=[PlatformSetting(name=r.name, value=r.value) for r in rows])
