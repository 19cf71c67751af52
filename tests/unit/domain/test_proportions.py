"""Each value is published elsewhere, or exact."""

from fractions import Fraction
from math import factorial

import pytest

from shared.domain.errors import InvalidRequestError
from shared.domain.proportions import (
    Interval,
    Proportion,
    always_valid_half_width,
    always_valid_interval,
    always_valid_p,
    chances,
    holm,
    planned_trials,
    sample_ratio_p,
    two_proportion_p,
    wilson_interval,
)


def of(hits: int, trials: int) -> Proportion:
    return Proportion(hits=hits, trials=trials)


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilsons_interval_is_that_of_newcombe(
    hits: int, trials: int, low: float, high: float
) -> None:
    """Newcombe (1998), table I, method 3."""
    assert wilson_interval(of(hits, trials)) == pytest.approx((low, high), abs=5e-5)


def test_without_trials_every_rate_is_possible() -> None:
    assert wilson_interval(of(0, 0)) == Interval(0.0, 1.0)


def test_the_test_of_two_proportions_is_the_pooled_z_test() -> None:
    """40 and 60 of 100: z = 2.828."""
    assert two_proportion_p(of(40, 100), of(60, 100)) == pytest.approx(0.00468, abs=5e-6)
    assert two_proportion_p(of(5, 5), of(5, 5)) == 1.0


@pytest.mark.parametrize(
    ("squares", "counts"),
    [(3.841, 2), (5.991, 3), (7.815, 4), (16.919, 10), (18.307, 11)],
)
def test_the_sample_ratio_has_the_tail_of_chi_square(squares: float, counts: int) -> None:
    """Critical values at 5 %: so far above and below the expected number, twice."""
    off = round((squares / 2 * 1_000_000_000) ** 0.5)
    found = [1_000_000_000 + off, 1_000_000_000 - off] + [1_000_000_000] * (counts - 2)

    assert sample_ratio_p(found, [1] * counts) == pytest.approx(0.05, abs=1e-4)


def test_the_sample_ratio_follows_the_weights() -> None:
    assert sample_ratio_p([5_200, 4_800], [1, 1]) == pytest.approx(6.33e-5, rel=1e-3)
    assert sample_ratio_p([900, 100], [0.9, 0.1]) == 1.0
    assert sample_ratio_p([0, 0, 0], [1, 1, 1]) == 1.0


def test_holms_p_values_are_those_of_the_textbook() -> None:
    """Wikipedia, Holm-Bonferroni method: only the first and the fourth hypothesis are rejected."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([0.6, 0.5]) == (1.0, 1.0)


def test_the_planned_number_is_that_of_power_prop_test() -> None:
    """R: power.prop.test(p1 = .50, p2 = .75, power = .90) is 76.7; .2, .25 and .8 are 1093.7."""
    assert planned_trials(0.5, 0.5, 0.9) == 77
    assert planned_trials(0.2, 0.25, 0.8) == 1_094
    assert planned_trials(0.25, -0.2, 0.8) == 1_094


@pytest.mark.parametrize(
    ("baseline", "lift", "power", "param"),
    [
        (0.0, 0.1, 0.8, "baseline"),
        (1.0, 0.1, 0.8, "baseline"),
        (float("nan"), 0.1, 0.8, "baseline"),
        (0.5, 1.0, 0.8, "lift"),
        (0.5, -1.0, 0.8, "lift"),
        (0.5, 0.0, 0.8, "lift"),
        (0.5, 1e-300, 0.8, "lift"),
        (0.5, float("inf"), 0.8, "lift"),
        (0.5, 0.1, 1.0, "power"),
        (0.5, 0.1, 0.05, "power"),
        (0.5, 0.1, float("nan"), "power"),
    ],
)
def test_what_no_test_can_find_is_refused(
    baseline: float, lift: float, power: float, param: str
) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        planned_trials(baseline, lift, power)

    assert refused.value.param == param


@pytest.mark.parametrize(("deviation", "half"), [(0.3093, 0.93981), (0.03386, 0.10289)])
def test_the_always_valid_width_is_that_of_growthbook(deviation: float, half: float) -> None:
    """The expected values of its tests, for 6,461 users and tuning parameter 5,000."""
    assert always_valid_half_width(deviation**2, trials=6_461) == pytest.approx(half, abs=2e-5)


def test_the_always_valid_p_value_is_the_level_at_which_its_interval_excludes_zero() -> None:
    first, second = of(200, 500), of(260, 500)

    p_value = always_valid_p(first, second)

    assert 0.01 < p_value < 0.03
    assert always_valid_interval(first, second, level=p_value).low == pytest.approx(0, abs=1e-12)
    assert always_valid_interval(second, first).high < 0
    assert always_valid_p(first, first) == 1.0
    assert always_valid_p(of(100, 100), of(0, 100)) < 1e-6


def exact(first: Proportion, second: Proportion) -> float:
    """Return the probability that `second` is better (Miller: Formulas for Bayesian A/B tests)."""

    def beta(a: int, b: int) -> Fraction:
        return Fraction(factorial(a - 1) * factorial(b - 1), factorial(a + b - 1))

    a, b = first.hits + 1, first.trials - first.hits + 1
    c, d = second.hits + 1, second.trials - second.hits + 1
    terms = (beta(a + i, b + d) / ((d + i) * beta(1 + i, d) * beta(a, b)) for i in range(c))
    return float(sum(terms))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (of(0, 0), of(0, 0)),
        (of(0, 0), of(60, 100)),
        (of(40, 100), of(45, 90)),
        (of(0, 300), of(2, 300)),
        (of(100, 100), of(97, 100)),
    ],
)
def test_the_chance_of_two_is_the_exact_one(first: Proportion, second: Proportion) -> None:
    worse, better = chances([first, second])

    assert better.best == pytest.approx(exact(first, second), abs=1e-5)
    assert worse.best + better.best == pytest.approx(1, abs=1e-5)


def test_the_chances_of_many_are_shared_and_the_loss_is_that_of_the_wrong_choice() -> None:
    """The highest of three uniform rates is 3/4 on average, and each of them 1/2."""
    for chance in chances([of(0, 0)] * 3):
        assert chance == pytest.approx((1 / 3, 1 / 4), abs=1e-5)
    sure, hopeless = chances([of(900_000, 1_000_000), of(5, 100)])
    assert (sure.best, sure.expected_loss) == pytest.approx((1, 0), abs=1e-9)
    assert hopeless.expected_loss == pytest.approx(0.9 - 6 / 102, abs=1e-4)
