"""A figure of a run, its bar, and the table they make."""

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: what was measured, against what, and the ratio or limit that is asked for."""

    name: str
    value: float
    unit: str
    against: str = ""
    ratio: float | None = None
    bar: float | None = None
    is_ceiling: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the bar is reached; a figure without one always is."""
        if self.bar is None:
            return True
        measured = self.value if self.ratio is None else self.ratio
        return measured <= self.bar if self.is_ceiling else measured >= self.bar

    def row(self) -> str:
        """As a row of a Markdown table."""
        bar = "" if self.bar is None else f"{'≤' if self.is_ceiling else '≥'} {self.bar:g}"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        met = "" if self.bar is None else ("yes" if self.is_met else "**no**")
        value = f"{self.value:,.0f}" if self.value >= 20 else f"{self.value:.2f}"
        return f"| {self.name} | {value} {self.unit} | {self.against} | {ratio} | {bar} | {met} |"


def machine() -> str:
    """What this ran on, in a line."""
    model = "unknown processor"
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:  # noqa: PTH123 - a file of the kernel
            model = next(
                (line.split(":")[1].strip() for line in info if line.startswith("model name")), model
            )
    except OSError:
        model = platform.processor() or model
    return f"{os.cpu_count()} × {model}, Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}"


def table(figures: list[Figure], sender: str) -> str:
    """The whole table, with where and when."""
    head = "| What | Measured | Against | Ratio | Bar | Met |\n|---|---:|---|---:|---|---|"
    rows = "\n".join(figure.row() for figure in figures)
    where = f"{machine()}; 32 connections, sent by {sender}; client, servers and PostgreSQL share the cores."
    return f"{where}\n\n{head}\n{rows}\n"
