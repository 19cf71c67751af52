"""The report of an experiment: its arms' counts by day, and what they say so far."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from math import ceil

from msgspec import Struct

from shared.domain.experiment import MOST_PLANNED, Experiment, Metric
from shared.domain.plays import Counts, CountsKey
from shared.domain.proportions import LEVEL, Chance, Proportion, always_valid_half_width
from shared.domain.verdicts import (
    FEWEST_PLAYS,
    Arm,
    Difference,
    FixedTest,
    Judgement,
    Verdict,
    allocate,
    judge,
)
from shared.domain.watching import Rate, Watched, rate_of, total, watched

ByDay = Mapping[date, Sequence[Counts]]
"""The counts of each arm, by day, in the order of days."""


class ArmOfDay(Struct, frozen=True, kw_only=True):
    """`rate` is that of the metric."""

    counts: Counts
    rate: Rate


# A view that begins late on a day can grow for the lifetime of its token, which is a day.
_GROWING = timedelta(days=1)
_DAY = timedelta(days=1)
_HIDING = (Verdict.COLLECTING, Verdict.INVALID_SRM)


class ArmReport(Struct, frozen=True, kw_only=True):
    """`rate` is that of the metric. `share` is the part of the next viewers that are assigned."""

    watched: Watched
    rate: Rate
    share: float
    chance: Chance | None


class ExperimentReport(Struct, frozen=True, kw_only=True):
    """Chances and differences are hidden while there are few plays or a wrong sample ratio.

    `plays_needed` is what the arm with the fewest plays lacks, and `days_needed` how long that
    takes at the pace so far. Both are None where they are not known: no pace is told of less than
    a day.
    """

    verdict: Verdict
    best: int | None
    winner: int | None
    sample_ratio_p: float | None
    is_planned_test_made: bool
    arms: tuple[ArmReport, ...]
    differences: tuple[Difference, ...]
    plays_needed: int | None
    days_needed: int | None
    days: Mapping[date, Sequence[ArmOfDay]]


def report_of(
    experiment: Experiment, counts: Iterable[tuple[CountsKey, Counts]], *, now: datetime
) -> ExperimentReport:
    days = _by_day(experiment, counts)
    sums = [total(day[number] for day in days.values()) for number in range(len(experiment.arms))]
    found = [_reached(each, experiment.metric) for each in sums]
    plan = _plan(experiment, days, now.date())
    judged = judge(
        [
            Arm(weight=weight, exposures=each.exposures, plays=plays)
            for weight, each, plays in zip(experiment.weights, sums, found, strict=True)
        ],
        plan=plan,
        is_adaptive=experiment.is_adaptive,
    )
    is_hidden = judged.verdict in _HIDING
    needed = _plays_needed(found, judged.verdict, plan, is_adaptive=experiment.is_adaptive)
    return ExperimentReport(
        verdict=judged.verdict,
        best=judged.best,
        winner=judged.best if judged.verdict is Verdict.DECIDED else None,
        sample_ratio_p=judged.sample_ratio_p,
        is_planned_test_made=plan is not None and plan.reached is not None,
        arms=_arms(experiment, sums, found, judged),
        differences=() if is_hidden else judged.differences,
        plays_needed=needed,
        days_needed=_days_needed(needed, found, now - experiment.created_at),
        days={
            day: [_of_day(counts, experiment.metric) for counts in arms]
            for day, arms in days.items()
        },
    )


def shares_of(experiment: Experiment, counts: Iterable[tuple[CountsKey, Counts]]) -> list[float]:
    """Return the part of the next viewers that each arm of an adaptive experiment gets."""
    sums = [Counts()] * len(experiment.arms)
    for key, each in counts:
        if key.arm is not None and key.arm < len(sums):
            sums[key.arm] += each
    return list(allocate([_reached(each, experiment.metric) for each in sums]))


def _by_day(experiment: Experiment, counts: Iterable[tuple[CountsKey, Counts]]) -> ByDay:
    days: dict[date, list[Counts]] = {}
    for key, each in sorted(counts, key=lambda found: found[0].day):
        of_day = days.setdefault(key.day, [Counts()] * len(experiment.arms))
        if key.arm is not None and key.arm < len(of_day):
            of_day[key.arm] += each
    return days


def _of_day(counts: Counts, metric: Metric) -> ArmOfDay:
    plays = _reached(counts, metric)
    return ArmOfDay(counts=counts, rate=rate_of(plays.hits, plays.trials))


def _reached(counts: Counts, metric: Metric) -> Proportion:
    hits = {Metric.COMPLETION: counts.q100, Metric.Q50: counts.q50, Metric.VIEW: counts.views}
    return Proportion(hits=hits[metric], trials=counts.plays)


def _plan(experiment: Experiment, days: ByDay, today: date) -> FixedTest | None:
    """Make the fixed test once, on a day whose views can no longer change."""
    if experiment.planned_n is None:
        return None
    sums = [Counts()] * len(experiment.arms)
    for day, counts in days.items():
        sums = [one + two for one, two in zip(sums, counts, strict=True)]
        if min(each.plays for each in sums) >= experiment.planned_n:
            is_settled = today - day > _GROWING
            reached = tuple(_reached(each, experiment.metric) for each in sums)
            return FixedTest(trials=experiment.planned_n, reached=reached if is_settled else None)
    return FixedTest(trials=experiment.planned_n, reached=None)


def _arms(
    experiment: Experiment,
    sums: Sequence[Counts],
    found: Sequence[Proportion],
    judged: Judgement,
) -> tuple[ArmReport, ...]:
    weights = allocate(found) if experiment.is_adaptive else experiment.weights
    is_hidden = judged.verdict in _HIDING
    return tuple(
        ArmReport(
            watched=watched(counts),
            rate=rate_of(plays.hits, plays.trials),
            share=weight / sum(weights),
            chance=None if is_hidden else chance,
        )
        for counts, plays, weight, chance in zip(sums, found, weights, judged.chances, strict=True)
    )


def _plays_needed(
    found: Sequence[Proportion], verdict: Verdict, plan: FixedTest | None, *, is_adaptive: bool
) -> int | None:
    """Return 0 once it is decided: nothing is needed any more."""
    fewest = min(each.trials for each in found)
    if verdict is Verdict.DECIDED:
        return 0
    if verdict is Verdict.INVALID_SRM or is_adaptive:
        return None
    if plan is not None and fewest < plan.trials:
        return plan.trials - fewest
    if fewest < FEWEST_PLAYS:
        return FEWEST_PLAYS - fewest
    wanted = _plays_to_decide(found)
    return None if wanted is None else max(0, wanted - fewest)


def _days_needed(plays: int | None, found: Sequence[Proportion], elapsed: timedelta) -> int | None:
    """Return None on the first day: minutes are too few to estimate the plays of a day."""
    if plays == 0:
        return 0
    fewest = min(each.trials for each in found)
    if plays is None or fewest == 0 or elapsed < _DAY:
        return None
    return ceil(plays * (elapsed / _DAY) / fewest)


def _plays_to_decide(found: Sequence[Proportion]) -> int | None:
    """Return the plays of each arm that decide the difference of the best two, if it stays.

    Return None if that is more than any experiment has.
    """
    best, second = sorted((each.rate for each in found), reverse=True)[:2]
    pairs = len(found) * (len(found) - 1) / 2
    variance = best * (1 - best) + second * (1 - second)

    def is_enough(plays: int) -> bool:
        half = always_valid_half_width(variance / plays, trials=2 * plays, level=LEVEL / pairs)
        return half < best - second

    wanted = 1 + bisect_left(range(1, MOST_PLANNED), 1, key=is_enough)
    return None if wanted == MOST_PLANNED else wanted
