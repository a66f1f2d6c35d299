"""Queries about imports."""

from typing import Annotated

import strawberry

from api.context import Info, context_of
from api.imports.preview import ImportUpload, ImportUploadResult
from api.imports.types import ImportRun, ImportRunResult
from api.node_ids import number_of
from api.refusals import with_problems
from backend.authz import require, with_scope
from backend.imports.preview import preview_upload
from backend.imports.queries import import_run


@strawberry.type
class ImportQueries:
    """What may be asked about imports."""

    @strawberry.field(
        description="An import, for the planner who started it and for administrators. Ask again while it runs."
    )
    @with_problems
    async def import_run(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],  # noqa: A002
    ) -> ImportRunResult:
        """One run."""
        context = context_of(info)
        require(with_scope("read")(context.actor, None))
        return ImportRun.from_row(await import_run(context.actor, number_of(id, "ImportRun")))

    @strawberry.field(
        description="A file that the viewer sent in: how it begins, to choose what its columns are. For planners."
    )
    @with_problems
    async def import_upload(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],  # noqa: A002
    ) -> ImportUploadResult:
        """A file."""
        context = context_of(info)
        require(with_scope("read")(context.actor, None))
        number = number_of(id, "ImportUpload")
        return ImportUpload.from_preview(await preview_upload(context.actor, number))
