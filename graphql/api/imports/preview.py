"""How a file that was sent in begins."""

import strawberry

from api.errors import InvalidProblem, LoginProblem, NotAllowedProblem, NotFoundProblem
from api.fields import payload
from api.imports.enums import ImportField
from api.imports.mapping import ImportColumn
from api.node_ids import to_global_id
from backend.imports.preview import UploadPreview


@strawberry.type(description="One of the first rows of a file.")
class ImportPreviewRow:
    cells: list[str] = strawberry.field(description="As many as there are columns, each shortened.")


@strawberry.type(description="A file that was sent in: how it begins, and what its columns seem to be.")
class ImportUpload:
    id: strawberry.ID = strawberry.field(description="What startImport takes.")
    file_name: str = strawberry.field(description="What it is called.")
    mapping: str = strawberry.field(description="What its header is read with when nothing is chosen.")
    source: str | None = strawberry.field(
        description="A source's name made out of the file's; null where the mapping has its own."
    )
    encoding: str = strawberry.field(description="How letters seem to be stored.")
    delimiter: str = strawberry.field(
        description="What seems to stand between cells; empty for what is no CSV."
    )
    columns: list[str] = strawberry.field(description="The headings, at most 60; none for what is no CSV.")
    rows: list[ImportPreviewRow] = strawberry.field(description="The first five rows.")
    fields: list[ImportColumn] = strawberry.field(description="What headings in plain words say of fields.")
    key: list[str] = strawberry.field(description="The column that numbers the rows, if any.")

    @classmethod
    def from_preview(cls, found: UploadPreview) -> "ImportUpload":
        """The type for a file's beginning."""
        return cls(
            id=strawberry.ID(to_global_id("ImportUpload", found.id)),
            file_name=found.file_name,
            mapping=found.mapping,
            source=found.source,
            encoding=found.encoding,
            delimiter=found.delimiter,
            columns=list(found.columns),
            rows=[ImportPreviewRow(cells=list(row)) for row in found.rows],
            fields=[
                ImportColumn(field=ImportField(name), column=column) for name, column in found.fields.items()
            ],
            key=list(found.key),
        )


ImportUploadResult = payload(
    ImportUpload,
    "ImportUploadResult",
    "The file, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
)
