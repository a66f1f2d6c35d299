"""How a run was told to read its file."""

import strawberry

from api.imports.enums import ImportField
from api.proposals.enums import Outcome, ProposalState
from backend.imports.choice import MappingChoice


@strawberry.type(description="Which column a field was taken from.")
class ImportColumn:
    field: ImportField = strawberry.field(description="The field of a proposal.")
    column: str = strawberry.field(description="The column's name in the file.")


@strawberry.type(description="What a word in the column for states was taken to mean.")
class ImportStateWord:
    word: str = strawberry.field(description="As the file has it.")
    state: ProposalState = strawberry.field(description="The state.")
    outcome: Outcome | None = strawberry.field(
        description="Its outcome, for states that come with an answer."
    )


@strawberry.type(description="How a file was read; the fields are those of ImportMappingInput.")
class ImportMapping:
    name: str | None = strawberry.field(description="A mapping that ships with the platform.")
    source: str | None = strawberry.field(description="Where the keys come from; null: the mapping's own.")
    key: list[str] = strawberry.field(description="The columns that together name a proposal.")
    columns: list[ImportColumn] = strawberry.field(description="Where the fields come from.")
    states: list[ImportStateWord] = strawberry.field(description="What words for states mean.")
    delimiter: str | None = strawberry.field(description="The character between cells; null: a comma.")
    decimal: str | None = strawberry.field(description="The decimal sign; null: a point.")
    encoding: str | None = strawberry.field(description="How letters are stored; null: utf-8.")
    language: str | None = strawberry.field(description="The language of all texts; null: the column's.")
    state: str | None = strawberry.field(description="The state of all proposals; null: the column's.")

    @classmethod
    def from_choice(cls, choice: MappingChoice) -> "ImportMapping":
        """The type for what was chosen."""
        return cls(
            name=choice.name,
            source=choice.source,
            key=list(choice.key),
            columns=[ImportColumn(field=ImportField(c.field), column=c.column) for c in choice.columns],
            states=[
                ImportStateWord(
                    word=s.word,
                    state=ProposalState(s.state),
                    outcome=Outcome(s.outcome) if s.outcome else None,
                )
                for s in choice.states
            ],
            delimiter=choice.delimiter,
            decimal=choice.decimal,
            encoding=choice.encoding,
            language=choice.language,
            state=choice.state,
        )
