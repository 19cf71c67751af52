import pytest

from shared.domain.plays import SLICES, Counts
from shared.domain.watching import Rate, rate_of, total, watched

UNKNOWN = Rate(value=None, low=None, high=None, of=0)


def test_a_rate_has_its_denominator_and_its_interval() -> None:
    rate = rate_of(45, 100)

    assert (rate.value, rate.of) == (0.45, 100)
    assert [rate.low, rate.high] == pytest.approx([0.3561, 0.5476], abs=1e-4)


def test_what_is_not_known_is_never_0() -> None:
    found = watched(Counts(impressions=3))

    assert found.impressions == 3
    rates = (found.view_rate, found.q25, found.q50, found.q75, found.completion, *found.retention)
    assert set(rates) == {UNKNOWN}
    assert (found.average_watch_seconds, found.watched) == (None, None)
    assert watched(Counts(plays=2)).impressions is None


def test_ten_plays_of_the_first_half_and_a_complete_one_with_a_replay() -> None:
    half, whole = (1,) * 16 + (0,) * 16, (1,) * SLICES
    counts = total(
        [Counts(plays=1, q25=1, q50=1, played_ms=4_000, bins=half)] * 10
        + [Counts(plays=1, views=1, q25=1, q50=1, q75=1, q100=1, played_ms=16_000, bins=whole)]
    )

    found = watched(counts)

    assert [found.q50.value, found.q75.value] == pytest.approx([1, 1 / 11])
    assert [rate.value for rate in found.retention] == [
        *[1.0] * 16,
        *[pytest.approx(1 / 11)] * 16,
    ]
    assert found.average_watch_seconds == pytest.approx(56 / 11)
    assert found.watched == pytest.approx(6 / 11)
