"""What was tried, and what of it went wrong, as a table in Markdown."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.chaos.findings import Finding, Kind

_COLUMNS = {
    "double payments": (Kind.PAID_TWICE,),
    "lost videos": (Kind.LOST,),
    "unreadable or rewritten": (Kind.UNREADABLE, Kind.REWRITTEN),
    "disagreements at rest": (Kind.DISAGREEMENT, Kind.OTHERWISE, Kind.NO_EVENT, Kind.UNTOLD),
    "no rest, waste or failure": (
        Kind.RESTLESS,
        Kind.WASTED,
        Kind.HELD,
        Kind.FAILURE,
    ),
}


@dataclass(kw_only=True)
class Row:
    """Histories of one kind. `points` are the different ones at which they were disturbed.

    `ticks` is the longest time from a disturbance to the rest, in units of the tick.
    """

    what: str
    points: int = 0
    histories: int = 0
    ticks: int = 0
    broken: Counter[Kind] = field(default_factory=Counter)

    def add(self, findings: Iterable[Finding], *, ticks: int = 0) -> None:
        """Count one history. What is wrong in one way counts once, however often it shows."""
        self.histories += 1
        self.ticks = max(self.ticks, ticks)
        self.broken.update({finding.kind for finding in findings})


def total(rows: Iterable[Row]) -> Row:
    whole = Row(what="**all**")
    for row in rows:
        whole.points += row.points
        whole.histories += row.histories
        whole.ticks = max(whole.ticks, row.ticks)
        whole.broken += row.broken
    return whole


def table(rows: Iterable[Row]) -> str:
    rows = list(rows)
    titles = ["story", "points", "histories", *_COLUMNS, "ticks to rest"]
    lines = [titles, ["---"] * len(titles), *map(_cells, [*rows, total(rows)])]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _cells(row: Row) -> list[str]:
    counts = [sum(row.broken[kind] for kind in kinds) for kinds in _COLUMNS.values()]
    numbers = [row.points, row.histories, *counts, row.ticks]
    return [row.what, *(f"{number:,}" for number in numbers)]
