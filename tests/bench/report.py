"""What was measured, as a table in Markdown."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tests.bench.rounds import Ratio

_HEAD = """\
| what | target | measured | 95 % interval | verdict |
| --- | --- | --- | --- | --- |
"""


class Verdict(StrEnum):
    MET = "met"
    MISSED = "**missed**"
    WITHIN_NOISE = "within noise"
    CONTROL = "control"
    SKIPPED = "**skipped**"


@dataclass(frozen=True, kw_only=True)
class Target:
    """Two bounds, of which one is usually open."""

    at_least: float = 0.0
    at_most: float = float("inf")

    def __str__(self) -> str:
        return f"≥ {self.at_least:g}" if self.at_least else f"≤ {self.at_most:g}"

    def verdict(self, ratio: Ratio) -> Verdict:
        if self.at_least <= ratio.low and ratio.high <= self.at_most:
            return Verdict.MET
        if ratio.high < self.at_least or self.at_most < ratio.low:
            return Verdict.MISSED
        return Verdict.WITHIN_NOISE


@dataclass(frozen=True, kw_only=True)
class Row:
    """Without a target it is a control; without a ratio it was skipped, and `what` says why."""

    what: str
    ratio: Ratio | None = None
    target: Target | None = None

    @property
    def verdict(self) -> Verdict:
        if self.ratio is None:
            return Verdict.SKIPPED
        return self.target.verdict(self.ratio) if self.target else Verdict.CONTROL


def table(rows: Iterable[Row]) -> str:
    return _HEAD + "".join(_line(row) for row in rows)


def _line(row: Row) -> str:
    if row.ratio is None:
        return f"| {row.what} | | | | {row.verdict} |\n"
    target = str(row.target) if row.target else "1"
    return f"| {row.what} | {target} | {_measured(row.ratio)} | {row.verdict} |\n"


def _measured(ratio: Ratio) -> str:
    if ratio.low == ratio.high:
        return f"{ratio.median:.3f} | counted"
    return f"{ratio.median:.2f} | {ratio.low:.2f} to {ratio.high:.2f}"
