from collections.abc import Iterator
from random import Random

import pytest

from shared.domain.proportions import LEVEL, Proportion, planned_trials
from shared.domain.verdicts import (
    FLOOR,
    PLANNED_LEVEL,
    Arm,
    FixedTest,
    Verdict,
    allocate,
    judge,
    winner,
)

DAYS, PLAYS_A_DAY = 30, 20
EXPERIMENTS = 1_000


def arm(hits: int, plays: int, *, weight: float = 1, exposures: int | None = None) -> Arm:
    exposed = plays if exposures is None else exposures
    return Arm(weight=weight, exposures=exposed, plays=Proportion(hits=hits, trials=plays))


def days(rates: list[float], *, seed: int) -> Iterator[list[Proportion]]:
    """Return the plays until each evening."""
    draw = Random(seed).random  # noqa: S311  # A simulation.
    hits = [0] * len(rates)
    for day in range(1, DAYS + 1):
        for number, rate in enumerate(rates):
            hits[number] += sum(draw() < rate for _ in range(PLAYS_A_DAY))
        yield [Proportion(hits=each, trials=day * PLAYS_A_DAY) for each in hits]


def won(rates: list[float], *, seed: int, planned: int | None = None) -> int | None:
    """Return the arm that has won on any evening, as someone who looks each day sees it."""
    reached = None
    for found in days(rates, seed=seed):
        if planned is not None and reached is None and found[0].trials >= planned:
            reached = tuple(found)
        plan = None if planned is None else FixedTest(trials=planned, reached=reached)
        if found[0].trials >= 100 and (best := winner(found, plan)) is not None:
            return best
    return None


@pytest.mark.parametrize(
    ("rates", "planned"),
    [([0.4, 0.4], None), ([0.4, 0.4], 400), ([0.15, 0.15], None), ([0.4, 0.4, 0.4], 400)],
)
def test_equal_arms_are_decided_in_less_than_five_of_a_hundred_with_daily_looks(
    rates: list[float], planned: int | None
) -> None:
    decided = sum(won(rates, seed=seed, planned=planned) is not None for seed in range(EXPERIMENTS))

    assert decided < LEVEL * EXPERIMENTS


def test_a_lift_is_found_at_the_planned_number_as_often_as_planned() -> None:
    planned = planned_trials(0.4, 0.25, 0.8, level=PLANNED_LEVEL)
    assert planned < DAYS * PLAYS_A_DAY

    found = [won([0.4, 0.5], seed=seed, planned=planned) for seed in range(EXPERIMENTS)]

    assert found.count(1) > 0.78 * EXPERIMENTS
    assert found.count(0) == 0


def test_the_planned_test_looks_once() -> None:
    """What is decided at the planned number stays decided, and what is not needs more evidence."""
    close = (Proportion(hits=450, trials=1_000), Proportion(hits=500, trials=1_000))
    equal = (Proportion(hits=480, trials=1_000), Proportion(hits=480, trials=1_000))

    assert winner(close, FixedTest(trials=1_000, reached=None)) is None
    assert winner(equal, FixedTest(trials=1_000, reached=close)) == 1
    assert winner(close, FixedTest(trials=1_000, reached=equal)) is None


@pytest.mark.parametrize(
    ("arms", "verdict", "best"),
    [
        ([arm(9, 500), arm(400, 500)], Verdict.COLLECTING, None),
        ([arm(90, 99), arm(90, 99)], Verdict.COLLECTING, None),
        ([arm(0, 0), arm(0, 0)], Verdict.COLLECTING, None),
        ([arm(200, 500), arm(205, 500)], Verdict.NO_DIFFERENCE_YET, None),
        ([arm(200, 500), arm(230, 500)], Verdict.LEADING, 1),
        ([arm(300, 500), arm(200, 500)], Verdict.DECIDED, 0),
        ([arm(200, 500), arm(300, 500), arm(295, 500)], Verdict.NO_DIFFERENCE_YET, None),
        ([arm(200, 500), arm(300, 500), arm(150, 500)], Verdict.DECIDED, 1),
        ([arm(300, 500, exposures=650), arm(200, 500)], Verdict.INVALID_SRM, None),
        (
            [arm(90, 90, exposures=900, weight=3), arm(1, 1, exposures=100)],
            Verdict.INVALID_SRM,
            None,
        ),
        ([arm(300, 500, weight=0.5), arm(500, 1_000)], Verdict.DECIDED, 0),
    ],
)
def test_a_verdict_is_one_word(arms: list[Arm], verdict: Verdict, best: int | None) -> None:
    judged = judge(arms)

    assert (judged.verdict, judged.best) == (verdict, best)


def test_decided_differences_exclude_zero_and_all_pairs_hold_together() -> None:
    two, three = (
        judge([arm(200, 500), arm(300, 500)]),
        judge([arm(200, 500), arm(300, 500), arm(250, 500)]),
    )

    (difference,) = two.differences
    assert 0 < difference.interval.low < 0.2 < difference.interval.high
    assert [(each.first, each.second) for each in three.differences] == [(0, 1), (0, 2), (1, 2)]
    assert three.differences[0].interval.low < difference.interval.low
    assert three.differences[0].p_value > difference.p_value


def test_an_adaptive_experiment_shows_its_chances_alone() -> None:
    judged = judge([arm(300, 500, exposures=900), arm(200, 500)], is_adaptive=True)

    assert (judged.verdict, judged.best, judged.differences) == (Verdict.LEADING, 0, ())
    assert judged.sample_ratio_p is None


def test_viewers_are_allocated_by_the_chance_to_be_best_with_a_floor() -> None:
    few, sure = (
        allocate([Proportion(hits=0, trials=0)] * 2),
        allocate([arm(10, 100).plays, arm(90, 100).plays]),
    )
    many = allocate([Proportion(hits=0, trials=0)] * 20)

    assert few == pytest.approx((0.5, 0.5))
    assert sure == pytest.approx((FLOOR, 1 - FLOOR), abs=1e-6)
    assert many == pytest.approx([1 / 20] * 20)


def test_an_adaptive_allocation_finds_the_better_arm() -> None:
    """Simulated viewers, a day of 100 at a time."""
    draw = Random(1).random  # noqa: S311  # A simulation.
    rates, hits, plays = (0.3, 0.5), [0, 0], [0, 0]
    for _ in range(20):
        shares = allocate([Proportion(hits=h, trials=p) for h, p in zip(hits, plays, strict=True)])
        for _ in range(100):
            chosen = int(draw() >= shares[0])
            plays[chosen] += 1
            hits[chosen] += draw() < rates[chosen]

    assert plays[1] > 0.8 * sum(plays)
    assert plays[0] > 0.05 * sum(plays)
