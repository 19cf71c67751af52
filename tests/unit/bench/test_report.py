"""What the table says of a measurement."""

import pytest

from tests.bench.report import Row, Target, Verdict, table
from tests.bench.rounds import Ratio, exactly

AT_MOST = Target(at_most=1.15)
AT_LEAST = Target(at_least=0.7)


def ratio(low: float, median: float, high: float) -> Ratio:
    return Ratio(low=low, median=median, high=high)


@pytest.mark.parametrize(
    ("target", "measured", "verdict"),
    [
        (AT_MOST, ratio(1.0, 1.1, 1.14), Verdict.MET),
        (AT_MOST, ratio(1.1, 1.14, 1.2), Verdict.WITHIN_NOISE),
        (AT_MOST, ratio(1.2, 1.3, 1.4), Verdict.MISSED),
        (AT_LEAST, ratio(0.71, 0.8, 0.9), Verdict.MET),
        (AT_LEAST, ratio(0.6, 0.8, 0.9), Verdict.WITHIN_NOISE),
        (AT_LEAST, ratio(0.4, 0.5, 0.6), Verdict.MISSED),
    ],
)
def test_a_target_is_met_or_missed_by_the_whole_interval(
    target: Target, measured: Ratio, verdict: Verdict
) -> None:
    assert verdict == target.verdict(measured)


def test_the_table_names_targets_ratios_and_verdicts() -> None:
    rows = [
        Row(what="hello / hello", ratio=ratio(0.97, 1.0, 1.02)),
        Row(what="read / hello", ratio=ratio(0.74, 0.75, 0.8), target=AT_LEAST),
        Row(what="import / framework", ratio=exactly(1.2), target=AT_MOST),
        Row(what="content: nginx is not installed"),
    ]

    assert [
        "| hello / hello | 1 | 1.00 | 0.97 to 1.02 | control |",
        "| read / hello | ≥ 0.7 | 0.75 | 0.74 to 0.80 | met |",
        "| import / framework | ≤ 1.15 | 1.200 | counted | **missed** |",
        "| content: nginx is not installed | | | | **skipped** |",
    ] == table(rows).splitlines()[2:]
