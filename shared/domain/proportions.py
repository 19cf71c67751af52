"""Statistics of proportions, such as completions of plays, with the standard library alone."""

from collections.abc import Sequence
from itertools import accumulate
from math import ceil, erfc, exp, lgamma, log, log1p, prod, sqrt
from statistics import NormalDist
from typing import NamedTuple

from msgspec import Struct

from shared.domain.errors import InvalidRequestError

LEVEL = 0.05

_NORMAL = NormalDist()
# The number of trials at which the always-valid interval is narrowest, relative to the fixed one.
_TUNED_FOR = 5_000
_RHO_SQUARED = (-2 * log(LEVEL) + log1p(-2 * log(LEVEL))) / _TUNED_FOR
_GRID = 4_000
_GRID_DEVIATIONS = 8


class Proportion(Struct, frozen=True, kw_only=True):
    """`hits` of `trials`."""

    hits: int
    trials: int

    @property
    def rate(self) -> float:
        """There must be a trial."""
        return self.hits / self.trials


class Interval(NamedTuple):
    low: float
    high: float


class Chance(NamedTuple):
    """Whether a proportion is the best one, and the rate that is lost on average if it is not."""

    best: float
    expected_loss: float


def wilson_interval(found: Proportion, *, level: float = LEVEL) -> Interval:
    """Return Wilson's score interval. Without trials it is everything from 0 to 1."""
    n = found.trials
    if not n:
        return Interval(0.0, 1.0)
    z = _NORMAL.inv_cdf(1 - level / 2)
    middle = found.hits + z * z / 2
    half = z * sqrt(found.hits * (n - found.hits) / n + z * z / 4)
    return Interval(
        max(0.0, (middle - half) / (n + z * z)), min(1.0, (middle + half) / (n + z * z))
    )


def two_proportion_p(first: Proportion, second: Proportion) -> float:
    """Return the two-sided p-value of the pooled z-test. It holds for one look alone."""
    trials = first.trials + second.trials
    pooled = (first.hits + second.hits) / trials
    variance = pooled * (1 - pooled) * (1 / first.trials + 1 / second.trials)
    if not variance:
        return 1.0
    return erfc(abs(second.rate - first.rate) / sqrt(2 * variance))


def always_valid_interval(
    first: Proportion, second: Proportion, *, level: float = LEVEL
) -> Interval:
    """Return an interval of `second.rate - first.rate` that holds at all looks together.

    It is the asymptotic confidence sequence of Waudby-Smith et al. (2024).
    """
    difference = second.rate - first.rate
    half = always_valid_half_width(
        _variance(first) + _variance(second), trials=first.trials + second.trials, level=level
    )
    return Interval(max(-1.0, difference - half), min(1.0, difference + half))


def always_valid_half_width(variance: float, *, trials: int, level: float = LEVEL) -> float:
    """`variance` is that of the estimate."""
    spread = trials * _RHO_SQUARED
    return sqrt(variance * 2 * (spread + 1) / spread * log(sqrt(spread + 1) / level))


def always_valid_p(first: Proportion, second: Proportion) -> float:
    """Return the level at which the always-valid interval just excludes 0."""
    spread = (first.trials + second.trials) * _RHO_SQUARED
    variance = _variance(first) + _variance(second)
    squared = (second.rate - first.rate) ** 2
    return min(1.0, sqrt(spread + 1) * exp(-squared * spread / (2 * variance * (spread + 1))))


def sample_ratio_p(counts: Sequence[int], weights: Sequence[float]) -> float:
    """Return the chi-square p-value of at least two `counts`, distributed by `weights`."""
    share = sum(counts) / sum(weights)
    if not share:
        return 1.0
    squares = (
        (count - share * weight) ** 2 / (share * weight)
        for count, weight in zip(counts, weights, strict=True)
    )
    return _chi_square_p(sum(squares), freedom=len(counts) - 1)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return Holm's adjusted p-values: those up to a level are significant together at it."""
    count = len(p_values)
    order = sorted(range(count), key=p_values.__getitem__)
    steps = (min(1.0, (count - place) * p_values[each]) for place, each in enumerate(order))
    adjusted = dict(zip(order, accumulate(steps, max), strict=True))
    return tuple(adjusted[each] for each in range(count))


def planned_trials(baseline: float, lift: float, power: float, *, level: float = LEVEL) -> int:
    """Return the trials of each of two arms with which a fixed test finds a relative `lift`.

    `power` is the probability that it does. Raise InvalidRequestError for what no test can find.
    """
    changed = baseline * (1 + lift)
    if not 0 < baseline < 1:
        raise InvalidRequestError("baseline must be between 0 and 1.", param="baseline")
    if not 0 < changed < 1 or changed == baseline:
        raise InvalidRequestError(
            f"A lift of {lift} makes {changed:g} of a baseline of {baseline:g}. It must change the "
            "baseline, to a rate between 0 and 1.",
            param="lift",
        )
    if not level < power < 1:
        raise InvalidRequestError(f"power must be between {level:g} and 1.", param="power")
    mean = (baseline + changed) / 2
    under_none = _NORMAL.inv_cdf(1 - level / 2) * sqrt(2 * mean * (1 - mean))
    under_lift = _NORMAL.inv_cdf(power) * sqrt(baseline * (1 - baseline) + changed * (1 - changed))
    return ceil(((under_none + under_lift) / (changed - baseline)) ** 2)


def chances(found: Sequence[Proportion]) -> tuple[Chance, ...]:
    """Return the chance of each proportion, by posteriors of a uniform prior."""
    low, step = _grid(found)
    points = [low + (number + 0.5) * step for number in range(_GRID)]
    masses = [_posterior(each, points) for each in found]
    below = [
        [up_to - mass / 2 for up_to, mass in zip(accumulate(each), each, strict=True)]
        for each in masses
    ]
    highest = low + step * sum(1 - prod(column) for column in zip(*below, strict=True))
    return tuple(
        Chance(
            best=_sum_of_products([mass, *below[:number], *below[number + 1 :]]),
            expected_loss=max(0.0, highest - _sum_of_products([mass, points])),
        )
        for number, mass in enumerate(masses)
    )


def _grid(found: Sequence[Proportion]) -> tuple[float, float]:
    """Return where the grid begins, and its step: it covers what any of the rates may be."""
    lows, highs = [], []
    for each in found:
        mean = (each.hits + 1) / (each.trials + 2)
        around = _GRID_DEVIATIONS * sqrt(mean * (1 - mean) / (each.trials + 3))
        lows.append(mean - around)
        highs.append(mean + around)
    low = max(0.0, min(lows))
    return low, (min(1.0, max(highs)) - low) / _GRID


def _posterior(found: Proportion, points: Sequence[float]) -> list[float]:
    """Return the probability of each point."""
    misses = found.trials - found.hits
    logs = [found.hits * log(point) + misses * log1p(-point) for point in points]
    highest = max(logs)
    densities = [exp(each - highest) for each in logs]
    whole = sum(densities)
    return [each / whole for each in densities]


def _sum_of_products(columns: Sequence[Sequence[float]]) -> float:
    return sum(map(prod, zip(*columns, strict=True)))


def _variance(found: Proportion) -> float:
    """Return the variance of its rate, with a hit and a miss more, so that it is never 0."""
    rate = (found.hits + 1) / (found.trials + 2)
    return rate * (1 - rate) / found.trials


def _chi_square_p(value: float, *, freedom: int) -> float:
    """Return the upper tail, by the recurrence of the incomplete gamma function."""
    half = value / 2
    odd = freedom % 2
    tail = erfc(sqrt(half)) if odd else exp(-half)
    for number in range(1, (freedom + 1) // 2):
        shape = number - odd / 2
        tail += exp(shape * log(half) - half - lgamma(shape + 1)) if half else 0.0
    return tail
