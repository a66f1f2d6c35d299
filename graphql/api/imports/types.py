"""GraphQL types of imports."""

from datetime import datetime
from typing import Any

import strawberry

from api.accounts.types import Author, author_of
from api.context import Context, Info, context_of
from api.errors import InvalidProblem, LoginProblem, NotAllowedProblem, NotFoundProblem
from api.fields import payload, result_field
from api.imports.enums import ImportState
from api.imports.loaders import row_errors_loader
from api.imports.mapping import ImportMapping
from api.node_ids import to_global_id
from api.pagination import (
    DEFAULT_PAGE,
    After,
    Connection,
    First,
    keyset_page,
)
from api.topics.loaders import topic_loader
from api.topics.types import Topic
from backend.imports.queries import ImportRunRow, own_import_runs
from backend.imports.row_errors import RowErrorRow
from backend.platform.i18n import translate


@strawberry.type(description="One thing wrong in a row of a file. Personal data in it is masked.")
class ImportRowError:
    line: int = strawberry.field(description="The line where the row starts, from 1; 0: the file as a whole.")
    column: str = strawberry.field(description="The column; empty when it is the row as a whole.")
    value: str = strawberry.field(description="The value that was refused, shortened.")
    code: str = strawberry.field(description="The reason, for machines.")
    message: str = strawberry.field(description="The reason, in the reader's language.")
    is_warning: bool = strawberry.field(description="Whether the row is taken in all the same.")

    @classmethod
    def from_row(cls, row: RowErrorRow, language: str) -> "ImportRowError":
        """The type for a row."""
        return cls(
            line=row.line,
            column=row.column,
            value=row.value,
            code=row.code,
            message=row.as_error.text(lambda text: translate(language, text)),
            is_warning=row.as_error.is_warning,
        )


ImportErrorsResult = payload(
    Connection[ImportRowError],
    "ImportErrorsResult",
    "The errors, or why the page cannot be told.",
    InvalidProblem,
)


@strawberry.type(description="A file being taken in, and what came of it.")
class ImportRun:
    row: strawberry.Private[ImportRunRow]
    id: strawberry.ID = strawberry.field(description="What importRun takes.")
    state: ImportState = strawberry.field(
        description="How it stands. REFUSED: rows are bad, and nothing was taken in. FAILED: `problem` says why."
    )
    progress: int = strawberry.field(description="How far it has come, 0 to 100.")
    file_name: str = strawberry.field(description="What the file is called.")
    source: str = strawberry.field(description="Where the keys come from.")
    is_dry_run: bool = strawberry.field(description="Whether it only tells what would happen.")
    skips_bad: bool = strawberry.field(
        description="Whether sound proposals are taken in although others are bad."
    )
    rows_read: int = strawberry.field(description="Rows in the file.")
    rows_bad: int = strawberry.field(description="Rows with something wrong.")
    new_count: int = strawberry.field(description="Proposals that are new.")
    changed_count: int = strawberry.field(description="Proposals that were here and have changed.")
    unchanged_count: int = strawberry.field(description="Proposals that were here as the file has them.")
    masked_count: int = strawberry.field(
        description="How many times personal data was taken out of a text by the latest attempt."
    )
    created_at: datetime = strawberry.field(description="When it was asked for.")
    started_at: datetime | None = strawberry.field(description="When it was first begun.")
    finished_at: datetime | None = strawberry.field(description="When it ended.")
    upload: strawberry.ID | None = strawberry.field(
        description="The file, for startImport; null once it is deleted: after it is taken in, or in a day."
    )
    problem_code: str | None = strawberry.field(description="Why nothing more came of it, for machines.")

    @strawberry.field(
        description="How it was told to read the file, as startImport takes it; null for the command line."
    )
    def mapping(self) -> ImportMapping | None:
        return ImportMapping.from_choice(self.row.mapping) if self.row.mapping else None

    @strawberry.field(description="Why nothing more came of it, in the reader's language.")
    def problem_message(self, info: Info) -> str | None:
        problem = self.row.problem
        if problem is None:
            return None
        return translate(context_of(info).language, problem["message"], **problem["params"])

    @strawberry.field(description="The topic of all rows; null: the rows say.")
    async def topic(self, info: Info) -> Topic | None:
        if self.row.topic_id is None:
            return None
        found: Any = await topic_loader(context_of(info)).load(self.row.topic_id)
        return Topic.from_row(found)

    @strawberry.field(description="Who asked for it; null for the command line.")
    async def started_by(self, info: Info) -> Author | None:
        return await author_of(context_of(info), self.row.started_by_id)

    @result_field(
        ImportErrorsResult, description="What is wrong, in the order of the file; the first 10,000 are kept."
    )
    async def errors(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[ImportRowError]:
        context = context_of(info)
        page: Connection[ImportRowError] = await keyset_page(
            first,
            after,
            int,
            fetch=lambda before, limit: row_errors_loader(context, before or 0, limit).load(self.row.id),
            node=lambda row: ImportRowError.from_row(row, context.language),
            key=lambda row: row.ordinal,
        )
        return page

    @classmethod
    def from_row(cls, row: ImportRunRow) -> "ImportRun":
        """The type for a row."""
        return cls(
            row=row,
            id=strawberry.ID(to_global_id("ImportRun", row.id)),
            state=ImportState(row.state),
            progress=row.progress,
            file_name=row.file_name,
            source=row.source,
            is_dry_run=row.dry_run,
            skips_bad=row.skip_bad,
            rows_read=row.rows_read,
            rows_bad=row.rows_bad,
            new_count=row.created,
            changed_count=row.updated,
            unchanged_count=row.unchanged,
            masked_count=row.masked,
            created_at=row.created_at,
            started_at=row.started_at,
            finished_at=row.finished_at,
            upload=(
                None if row.upload_id is None else strawberry.ID(to_global_id("ImportUpload", row.upload_id))
            ),
            problem_code=row.problem["code"] if row.problem else None,
        )


ImportRunResult = payload(
    ImportRun,
    "ImportRunResult",
    "The import, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
)


async def own_import_page(
    context: Context, account_id: int, first: int, after: str | None
) -> Connection[ImportRun]:
    """A page of the runs that an account started, the newest first."""
    page: Connection[ImportRun] = await keyset_page(
        first,
        after,
        int,
        fetch=lambda before, limit: own_import_runs(
            context.municipality_id, account_id, before=before, limit=limit
        ),
        node=ImportRun.from_row,
        key=lambda row: row.id,
    )
    return page
