"""Having a file taken in."""

from typing import Annotated

import strawberry

from api.context import Info, context_of
from api.errors import ConflictProblem, InvalidProblem, LoginProblem, NotAllowedProblem, NotFoundProblem
from api.fields import IdempotencyKey, mutation, payload
from api.imports.enums import ImportField
from api.imports.types import ImportRun
from api.node_ids import number_of
from api.proposals.enums import Outcome, ProposalState
from backend.imports.choice import ColumnChoice, MappingChoice, StateChoice, check_choice
from backend.imports.queries import import_run
from backend.imports.rules import import_files
from backend.imports.service import ImportOrder, start_import
from backend.platform.authz import require
from backend.platform.validation import all_checked


@strawberry.input(description="Which column a field comes from.")
class ImportColumnInput:
    field: ImportField = strawberry.field(description="The field of a proposal; each once.")
    column: str = strawberry.field(description="The column's name in the file.")


@strawberry.input(description="What a word in the column for states means.")
class ImportStateInput:
    word: str = strawberry.field(description="As the file has it.")
    state: ProposalState = strawberry.field(description="The state; one that proposals may be imported in.")
    outcome: Outcome | None = strawberry.field(
        default=None, description="For the states that come with an answer: its outcome."
    )


@strawberry.input(
    description="How a file is read. Nothing: its header decides. `name`: as a mapping that ships with the platform. "
    "`columns`: by its own columns, with `key` and `source`."
)
class ImportMappingInput:
    name: str | None = strawberry.field(default=None, description="plain or omastadi.")
    source: str | None = strawberry.field(
        default=None,
        description="Where the keys come from: 1 to 40 of a-z, 0-9 and - _ . : A proposal is known again by source and "
        "key. Null: the mapping's own.",
    )
    key: list[str] = strawberry.field(
        default_factory=list, description="The columns that together name a proposal."
    )
    columns: list[ImportColumnInput] = strawberry.field(
        default_factory=list, description="Where the fields come from; TITLE always."
    )
    states: list[ImportStateInput] = strawberry.field(
        default_factory=list, description="With a column for STATE: what its words mean."
    )
    delimiter: str | None = strawberry.field(
        default=None, description="With `columns`, for CSV: the character between cells; null: a comma."
    )
    decimal: str | None = strawberry.field(
        default=None, description="With `columns`: the decimal sign; null: a point."
    )
    encoding: str | None = strawberry.field(
        default=None,
        description="With `columns`, for CSV: utf-8, iso-8859-1, iso-8859-15 or cp1252; null: utf-8.",
    )
    language: str | None = strawberry.field(
        default=None, description="The language of all texts; null: the column's, or nb."
    )
    state: str | None = strawberry.field(
        default=None, description="The state of all proposals, as words of a file: published, for instance."
    )


@strawberry.type(description="The import that was asked for.")
class ImportStarted:
    run: ImportRun = strawberry.field(description="As it stands now.")


StartImportPayload = payload(
    ImportStarted,
    "StartImportPayload",
    "The import, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    ConflictProblem,
)


@strawberry.type
class ImportMutations:
    """What planners do with files."""

    @mutation(
        StartImportPayload,
        scope="plan",
        description="Have a file checked and taken in. For planners, with files that they sent to /import/opplasting "
        "and into topics that they plan. A bad row refuses the whole file.",
    )
    async def start_import(
        self,
        info: Info,
        upload: Annotated[strawberry.ID, strawberry.argument(description="What the sending answered.")],
        dry_run: Annotated[
            bool, strawberry.argument(description="Only check the file and tell what would happen.")
        ],
        topic: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="The topic of all rows; null: the rows say."),
        ] = None,
        mapping: Annotated[
            ImportMappingInput | None, strawberry.argument(description="How the file is read.")
        ] = None,
        skip_bad: Annotated[
            bool, strawberry.argument(description="Take in the sound proposals although others are bad.")
        ] = False,
        idempotency_key: IdempotencyKey = None,
    ) -> ImportStarted:
        actor = context_of(info).actor
        require(import_files(actor, None))
        choice = _choice(mapping or ImportMappingInput())
        with all_checked() as check:
            upload_id = check(number_of, upload, "ImportUpload", field="upload")
            topic_id = None if topic is None else check(number_of, topic, "Topic", field="topic")
            if check.has_refused:
                check(check_choice, choice)
        order = ImportOrder(upload_id, topic_id, choice, dry_run, skip_bad)
        run_id = await start_import(actor, order, key=idempotency_key)
        return ImportStarted(run=ImportRun.from_row(await import_run(actor, run_id)))


def _choice(given: ImportMappingInput) -> MappingChoice:
    return MappingChoice(
        name=given.name,
        source=given.source,
        key=tuple(given.key),
        columns=tuple(ColumnChoice(item.field.value, item.column) for item in given.columns),
        states=tuple(
            StateChoice(item.word, item.state.value, item.outcome and item.outcome.value)
            for item in given.states
        ),
        delimiter=given.delimiter,
        decimal=given.decimal,
        encoding=given.encoding,
        language=given.language,
        state=given.state,
    )
