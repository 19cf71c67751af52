"""What a report says, of counts by day."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.experiment import Allocation, Experiment, Metric
from shared.domain.experiment_report import ExperimentReport, report_of, shares_of
from shared.domain.plays import Counts, CountsKey
from shared.domain.verdicts import FLOOR, Verdict
from tests.contract.experiment_contract import an_experiment
from tests.unit.domain.builders import NOW

Day = Sequence[tuple[int, int]]
"""The plays of each arm, and how many of them were complete."""


def counted(experiment: Experiment, *days: Day) -> list[tuple[CountsKey, Counts]]:
    return [
        (
            CountsKey(
                video_id=experiment.arms[arm].video_id,
                experiment_id=experiment.id,
                arm=arm,
                day=NOW.date() + timedelta(days=number),
            ),
            Counts(exposures=plays, plays=plays, q100=complete, q50=plays, views=plays // 2),
        )
        for number, day in enumerate(days)
        for arm, (plays, complete) in enumerate(day)
    ]


def reported(*days: Day, after: int = 0, **changes: object) -> ExperimentReport:
    """The report so many days after the last of the days."""
    experiment = fair(**changes)
    now = NOW + timedelta(days=len(days) - 1 + after)
    return report_of(experiment, counted(experiment, *days), now=now)


def fair(**changes: object) -> Experiment:
    """Return an experiment of two equal weights, judged by completion."""
    arms = tuple(type(arm)(video_id=arm.video_id) for arm in an_experiment().arms)
    fields: dict[str, Any] = {
        "arms": arms,
        "metric": Metric.COMPLETION,
        "planned_n": None,
        **changes,
    }
    return an_experiment(**fields)


def test_a_new_experiment_knows_nothing_and_needs_plays() -> None:
    experiment = fair()

    report = report_of(experiment, (), now=NOW)

    assert (report.verdict, report.best, report.winner) == (Verdict.COLLECTING, None, None)
    assert (report.plays_needed, report.days_needed, report.days) == (100, None, {})
    assert [(arm.rate.value, arm.rate.of, arm.chance) for arm in report.arms] == [
        (None, 0, None)
    ] * 2
    assert [arm.share for arm in report.arms] == [0.5, 0.5]


def test_the_days_of_an_experiment_are_added_up() -> None:
    report = reported([(60, 20), (50, 30)], [(60, 20), (70, 50)])

    assert [arm.rate.value for arm in report.arms] == pytest.approx([40 / 120, 80 / 120])
    assert [arm.rate.of for arm in report.arms] == [120, 120]
    assert [[arm.counts.plays for arm in arms] for arms in report.days.values()] == [
        [60, 50],
        [60, 70],
    ]
    assert (report.verdict, report.best, report.winner) == (Verdict.DECIDED, 1, 1)
    assert (report.plays_needed, report.days_needed) == (0, 0)


@pytest.mark.parametrize(
    ("metric", "rate"), [(Metric.COMPLETION, 0.25), (Metric.Q50, 1.0), (Metric.VIEW, 0.5)]
)
def test_an_arm_is_judged_by_the_metric(metric: Metric, rate: float) -> None:
    report = reported([(200, 50), (200, 50)], metric=metric)

    assert [arm.rate.value for arm in report.arms] == [rate, rate]


def test_a_wrong_sample_ratio_hides_who_wins() -> None:
    report = reported([(900, 300), (500, 400)])

    assert (report.verdict, report.best, report.winner) == (Verdict.INVALID_SRM, None, None)
    assert [arm.chance for arm in report.arms] == [None, None]
    assert (report.differences, report.plays_needed) == ((), None)


def test_the_fixed_test_is_made_once_with_the_plays_of_its_day_and_never_again() -> None:
    """44 of 100 against 60 is significant at 4 %, and at no time with the level for every look."""
    reached, later = [(100, 44), (100, 60)], [(100, 58), (100, 46)]

    while_growing = reported(reached, after=1, planned_n=100)
    settled = reported(reached, after=2, planned_n=100)
    much_later = reported(reached, later, after=2, planned_n=100)

    assert (while_growing.verdict, while_growing.is_planned_test_made) == (Verdict.LEADING, False)
    assert (settled.verdict, settled.winner, settled.is_planned_test_made) == (
        Verdict.DECIDED,
        1,
        True,
    )
    assert (much_later.verdict, much_later.winner) == (Verdict.DECIDED, 1)


def test_plays_needed_are_those_up_to_the_plan_at_the_pace_so_far() -> None:
    report = reported([(100, 40), (120, 45)], [(100, 40), (90, 37)], planned_n=500)

    assert (report.plays_needed, report.days_needed) == (300, 2)


def test_before_a_day_has_passed_no_pace_is_told() -> None:
    """Five plays of two minutes do not say that a hundred take 20 days."""
    experiment = fair()

    def told(elapsed: timedelta) -> int | None:
        counts = counted(experiment, [(5, 2), (5, 2)])
        return report_of(experiment, counts, now=NOW + elapsed).days_needed

    assert told(timedelta(minutes=2)) is None
    # The next day has begun by the calendar.
    assert told(timedelta(hours=23)) is None
    assert told(timedelta(days=1)) == 19


def test_plays_needed_without_a_plan_decide_the_difference_if_it_stays() -> None:
    undecided = reported([(300, 120), (300, 145)])
    assert undecided.verdict is not Verdict.DECIDED
    assert undecided.plays_needed

    plays = 300 + undecided.plays_needed + 10
    decided = reported([(plays, round(plays * 0.4)), (plays, round(plays * 145 / 300))])
    equal = reported([(300, 120), (300, 120)])

    assert decided.verdict is Verdict.DECIDED
    assert (equal.verdict, equal.plays_needed) == (Verdict.NO_DIFFERENCE_YET, None)


def test_a_thompson_experiment_is_never_decided_and_shows_its_shares() -> None:
    report = reported([(900, 300), (500, 400)], allocation=Allocation.THOMPSON)
    experiment = fair(allocation=Allocation.THOMPSON)

    assert (report.verdict, report.best, report.winner) == (Verdict.LEADING, 1, None)
    assert (report.sample_ratio_p, report.plays_needed) == (None, None)
    assert report.arms[1].share == pytest.approx(1 - FLOOR)
    shares = shares_of(experiment, counted(experiment, [(900, 300), (500, 400)]))
    assert shares == [pytest.approx(arm.share) for arm in report.arms]
