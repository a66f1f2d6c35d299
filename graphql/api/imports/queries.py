"""Queries about imports."""

from typing import Annotated

import strawberry

from api.context import Info, context_of
from api.fields import result_field
from api.imports.preview import ImportUpload, ImportUploadResult
from api.imports.types import ImportRun, ImportRunResult
from api.node_ids import number_of
from backend.imports.preview import preview_upload
from backend.imports.queries import import_run


@strawberry.type
class ImportQueries:
    """What may be asked about imports."""

    @result_field(
        ImportRunResult,
        scope="read",
        description="An import, for the planner who started it and for administrators. Ask again while it runs.",
    )
    async def import_run(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],  # noqa: A002
    ) -> ImportRun:
        context = context_of(info)
        return ImportRun.from_row(await import_run(context.actor, number_of(id, "ImportRun")))

    @result_field(
        ImportUploadResult,
        scope="read",
        description="A file that the viewer sent in: how it begins, to choose what its columns are. For planners.",
    )
    async def import_upload(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],  # noqa: A002
    ) -> ImportUpload:
        context = context_of(info)
        number = number_of(id, "ImportUpload")
        return ImportUpload.from_preview(await preview_upload(context.actor, number))
