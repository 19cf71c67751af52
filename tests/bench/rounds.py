"""Interleaved rounds: on a machine that drifts, only ratios within one round mean anything."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median

Case = Callable[[], float]
Samples = Mapping[str, Sequence[float]]

_RESAMPLES = 2000
_TAIL = 0.025

_random = Random(20)  # noqa: S311  # An order, not a secret; the same one in each run.


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """A median, and the interval that holds it in 95 of 100 resamples. Equal for counts."""

    median: float
    low: float
    high: float


def run_rounds(cases: Mapping[str, Case], *, rounds: int) -> Samples:
    """Run every case once a round, in random order, after one round that does not count.

    A single round is a look, and does without the other.
    """
    samples: dict[str, list[float]] = {name: [] for name in cases}
    if rounds > 1:
        for case in cases.values():
            case()
    for _ in range(rounds):
        for name in _random.sample(list(cases), k=len(cases)):
            samples[name].append(cases[name]())
    return samples


def ratio(samples: Samples, case: str, *, to: str) -> Ratio:
    """Compare two cases round by round."""
    ratios = [of / by for of, by in zip(samples[case], samples[to], strict=True)]
    medians = sorted(median(_random.choices(ratios, k=len(ratios))) for _ in range(_RESAMPLES))
    tail = int(_RESAMPLES * _TAIL)
    return Ratio(median=median(ratios), low=medians[tail], high=medians[-1 - tail])


def exactly(value: float) -> Ratio:
    """The ratio of two counts, which repeat."""
    return Ratio(median=value, low=value, high=value)
