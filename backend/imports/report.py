"""What was learnt about a file as a whole while its rows were read."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from backend.imports.errors import RowError, row_error
from backend.imports.schema import ImportMapping


@dataclass(slots=True)
class FileReport:
    """`announced`: the number of rows that the trailer of an own export states; None without one."""

    file: str = ""
    columns: dict[str, None] = field(default_factory=dict)
    problems: list[RowError] = field(default_factory=list)
    announced: int | None = None
    complete: bool | None = None

    def see(self, columns: Iterable[str]) -> None:
        """Remember that the file has these columns."""
        self.columns.update(dict.fromkeys(columns))

    def announce(self, rows: object) -> None:
        """The trailer was met; the first counts. Anything but a number becomes one that is never right."""
        if self.announced is None:
            self.announced = rows if isinstance(rows, int) and not isinstance(rows, bool) else -1

    def check_end(self, rows: int, line: int) -> None:
        """Compare the trailer, if there was one, with the rows before it."""
        if self.announced is None:
            return
        self.complete = self.announced == rows
        if not self.complete:
            self.problems.append(row_error(line, "truncated", value=self.announced, detail=rows))

    def check_columns(self, mapping: ImportMapping) -> None:
        """Each column that the mapping needs and no row had is one problem; no rows, no questions."""
        if not self.columns:
            return
        reported = {problem.column for problem in self.problems if problem.code == "missing_column"}
        wrong_delimiter = any(problem.code == "wrong_delimiter" for problem in self.problems)
        for column in mapping.required_columns:
            if column not in self.columns and column not in reported and not wrong_delimiter:
                self.problems.append(row_error(0, "missing_column", column=column))

    def ignored(self, mapping: ImportMapping) -> tuple[str, ...]:
        """The columns that the file has and the mapping does not use."""
        return tuple(name for name in self.columns if name not in mapping.all_columns)
