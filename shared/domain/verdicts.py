"""What the plays of an experiment say about its arms, and how its next viewers are allocated."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from itertools import combinations

from msgspec import Struct

from shared.domain.proportions import (
    LEVEL,
    Chance,
    Interval,
    Proportion,
    always_valid_interval,
    always_valid_p,
    chances,
    holm,
    sample_ratio_p,
    two_proportion_p,
    wilson_interval,
)

FEWEST_PLAYS = 100
FEWEST_HITS = 10
# How often viewers that are allocated rightly are taken for wrongly allocated.
SAMPLE_RATIO_LEVEL = 0.001
LEADS_FROM = 0.9
# With a planned number of plays there are two tests, whose levels sum up to `LEVEL`.
PLANNED_LEVEL = 0.04
EARLY_LEVEL = LEVEL - PLANNED_LEVEL
FLOOR = 0.1


class Verdict(StrEnum):
    COLLECTING = "collecting"
    NO_DIFFERENCE_YET = "no_difference_yet"
    LEADING = "leading"
    DECIDED = "decided"
    INVALID_SRM = "invalid_srm"


class Arm(Struct, frozen=True, kw_only=True):
    """`plays` that began, and how many of them reached the metric; `exposures` were assigned."""

    weight: float
    exposures: int
    plays: Proportion


class FixedTest(Struct, frozen=True, kw_only=True):
    """One fixed test at `trials` plays of each arm.

    `reached` has the plays of the arms up to the end of the first day on which each arm had that
    many, and is None until then. Later plays do not change it: the test looks once.
    """

    trials: int
    reached: tuple[Proportion, ...] | None


class Difference(Struct, frozen=True, kw_only=True):
    """The rate of the arm `second` less that of the arm `first`.

    The intervals and p-values of all pairs hold together, and at all looks.
    """

    first: int
    second: int
    interval: Interval
    p_value: float


class Judgement(Struct, frozen=True, kw_only=True):
    """`best` is the arm that leads or has won. If the sample ratio is wrong, there is none.

    The shares of an adaptive experiment change, so that its sample ratio is not tested.
    """

    verdict: Verdict
    best: int | None
    sample_ratio_p: float | None
    rates: tuple[Interval, ...]
    chances: tuple[Chance, ...]
    differences: tuple[Difference, ...]


def judge(
    arms: Sequence[Arm], *, plan: FixedTest | None = None, is_adaptive: bool = False
) -> Judgement:
    """Judge at least two arms; the verdict holds whenever and however often it is read.

    If the allocation follows the plays, the experiment is adaptive, and never decided: no test
    holds for it.
    """
    found = [arm.plays for arm in arms]
    likely = chances(found)
    ratio = None
    if not is_adaptive:
        ratio = sample_ratio_p([arm.exposures for arm in arms], [arm.weight for arm in arms])
    are_few = any(each.trials < FEWEST_PLAYS or each.hits < FEWEST_HITS for each in found)
    verdict, best = Verdict.NO_DIFFERENCE_YET, None
    leader = max(range(len(arms)), key=lambda number: likely[number].best)
    if ratio is not None and ratio < SAMPLE_RATIO_LEVEL:
        verdict = Verdict.INVALID_SRM
    elif are_few:
        verdict = Verdict.COLLECTING
    elif not is_adaptive and (won := winner(found, plan)) is not None:
        verdict, best = Verdict.DECIDED, won
    elif likely[leader].best >= LEADS_FROM:
        verdict, best = Verdict.LEADING, leader
    return Judgement(
        verdict=verdict,
        best=best,
        sample_ratio_p=ratio,
        rates=tuple(map(wilson_interval, found)),
        chances=likely,
        differences=() if is_adaptive or are_few else _differences(found),
    )


def winner(found: Sequence[Proportion], plan: FixedTest | None = None) -> int | None:
    """Return the arm that is significantly better than all others, or None.

    Without a difference there is ever one in at most `LEVEL` of all experiments, however often it
    is asked. Each of `found` must have trials.
    """
    if plan is None:
        return _better_than_all(found, always_valid_p, LEVEL)
    planned = None
    if plan.reached is not None:
        planned = _better_than_all(plan.reached, two_proportion_p, PLANNED_LEVEL)
    return _better_than_all(found, always_valid_p, EARLY_LEVEL) if planned is None else planned


def allocate(found: Sequence[Proportion]) -> tuple[float, ...]:
    """Return the shares of the next viewers, which are those of Thompson sampling.

    Each arm has the probability that it is the best one, and at least `FLOOR`.
    """
    floor = min(FLOOR, 1 / len(found))
    rest = 1 - floor * len(found)
    return tuple(floor + rest * chance.best for chance in chances(found))


def _better_than_all(
    found: Sequence[Proportion], test: Callable[[Proportion, Proportion], float], level: float
) -> int | None:
    """Return the arm with the highest rate, if its differences from all others are significant."""
    best = max(range(len(found)), key=lambda number: found[number].rate)
    against = [p_value for pair, p_value in _p_values(found, test).items() if best in pair]
    return best if max(against) <= level else None


def _differences(found: Sequence[Proportion]) -> tuple[Difference, ...]:
    p_values = _p_values(found, always_valid_p)
    level = LEVEL / len(p_values)
    return tuple(
        Difference(
            first=first,
            second=second,
            interval=always_valid_interval(found[first], found[second], level=level),
            p_value=p_value,
        )
        for (first, second), p_value in p_values.items()
    )


def _p_values(
    found: Sequence[Proportion], test: Callable[[Proportion, Proportion], float]
) -> dict[tuple[int, int], float]:
    """Return Holm's p-value of each pair."""
    pairs = list(combinations(range(len(found)), 2))
    return dict(zip(pairs, holm([test(found[one], found[two]) for one, two in pairs]), strict=True))
