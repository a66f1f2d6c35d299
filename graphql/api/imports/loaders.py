"""Loaders of imports: one statement for all the runs of an answer."""

from strawberry.dataloader import DataLoader

from api.context import Context
from backend.imports.row_errors import RowErrorRow, errors_of_runs


def row_errors_loader(context: Context, after: int, limit: int) -> DataLoader[int, list[RowErrorRow]]:
    """The errors of each run after a number, at most `limit` of each."""

    async def load(ids: list[int]) -> dict[int, list[RowErrorRow]]:
        return await errors_of_runs(context.municipality_id, ids, after=after, limit=limit)

    return context.loader(f"row_errors:{after}:{limit}", load, [])
