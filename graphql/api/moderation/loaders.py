"""Loaders of what belongs to moderation cases: one statement for all that an operation asks for."""

from strawberry.dataloader import DataLoader

from api.context import Context
from backend.moderation import details
from backend.moderation.details import NameRow, ReportRow, SignalRow
from backend.moderation.queue import CaseRow


def signals_loader(context: Context) -> DataLoader[int, list[SignalRow]]:
    """What screening found."""
    return context.loader("case_signals", lambda ids: details.signals_of(context.municipality_id, ids), [])


def reports_loader(context: Context) -> DataLoader[int, list[ReportRow]]:
    """What readers told."""
    return context.loader("case_reports", lambda ids: details.reports_of(context.municipality_id, ids), [])


def earlier_loader(context: Context) -> DataLoader[int, list[CaseRow]]:
    """Cases about the same content before."""
    return context.loader("case_earlier", lambda ids: details.earlier_cases_of(context.actor, ids), [])


def author_cases_loader(context: Context) -> DataLoader[int, list[CaseRow]]:
    """Decisions against what else the author wrote."""
    return context.loader("case_author", lambda ids: details.author_cases_of(context.actor, ids), [])


def names_loader(context: Context) -> DataLoader[int, list[NameRow]]:
    """The names that authors used."""
    return context.loader("case_names", lambda ids: details.names_of(context.municipality_id, ids), [])
