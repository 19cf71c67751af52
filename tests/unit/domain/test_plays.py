"""A view is what its beacons say together, in whichever order and number they arrive."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import InvalidRequestError
from shared.domain.play_tokens import PlayToken
from shared.domain.plays import MOST_BEACONS, SLICES, Beacon, Counts, View, counts_of, merge
from shared.domain.values import replace
from tests.unit.domain.builders import NOW, a_beacon, a_token

ALL = (1 << SLICES) - 1
LATER = NOW + timedelta(minutes=5)


def view_of(beacons: Iterable[Beacon], token: PlayToken | None = None) -> View | None:
    view = None
    for beacon in beacons:
        view = merge(view, beacon, token or a_token(), LATER)
    return view


@st.composite
def growing_views(draw: st.DrawFn) -> list[Beacon]:
    """The beacons of one page load in their order: each has at least the state of the last."""
    beacons: list[Beacon] = []
    played_ms = bins = 0
    for seq in range(1, draw(st.integers(1, 6)) + 1):
        played_ms += draw(st.integers(0, 5000))
        # No more slices than this time can have played.
        if played_ms >= 500:
            bins |= draw(st.integers(0, ALL))
        last = beacons[-1] if beacons else a_beacon()
        beacons.append(
            replace(
                last,
                seq=seq,
                played_ms=played_ms,
                visible_ms=min(played_ms, last.visible_ms + draw(st.integers(0, 5000))),
                bins=bins,
                loops=last.loops + draw(st.integers(0, 2)),
                replays=last.replays + draw(st.integers(0, 2)),
                stalls=last.stalls + draw(st.integers(0, 2)),
                ended=last.ended or draw(st.booleans()),
                error=last.error or draw(st.booleans()),
                impression=last.impression or draw(st.booleans()),
                simulated=last.simulated or draw(st.booleans()),
            )
        )
    return beacons


@given(growing_views(), st.data())
def test_order_repetition_and_loss_of_earlier_beacons_change_no_total(
    beacons: list[Beacon], data: st.DataObject
) -> None:
    *earlier, last = beacons
    kept = [each for each in earlier if data.draw(st.booleans())]
    repeated = [each for each in (*kept, last) for _ in range(data.draw(st.integers(1, 2)))]
    arrived = data.draw(st.permutations(repeated))

    assert counts_of(view_of(arrived)) == counts_of(view_of(beacons)) == counts_of(view_of([last]))


@given(growing_views())
def test_the_differences_of_each_beacon_add_up_to_the_view(beacons: list[Beacon]) -> None:
    total, view = Counts(), None
    for beacon in beacons:
        changed = merge(view, beacon, a_token(), LATER)
        total += counts_of(changed) - counts_of(view)
        view = changed

    assert total == counts_of(view)


@pytest.mark.parametrize(
    ("bins", "quartiles"),
    [
        (0, (0, 0, 0, 0)),
        (0x000000FF, (1, 0, 0, 0)),
        (0x0000FFFF, (1, 1, 0, 0)),
        (0x00FFFFFF, (1, 1, 1, 0)),
        (ALL, (1, 1, 1, 1)),
        # One slice may be missing at the end, and one in the middle, of a view that is complete.
        (ALL >> 1, (1, 1, 1, 1)),
        (ALL & ~(1 << 10), (1, 0, 0, 1)),
        # Two are too many.
        (ALL >> 2, (1, 1, 1, 0)),
        # Who seeks to the end has not seen the beginning.
        (0xFF000000, (0, 0, 0, 0)),
        (0x0000FF00, (0, 0, 0, 0)),
    ],
)
def test_a_quartile_is_reached_when_all_of_it_was_watched(
    bins: int, quartiles: tuple[int, int, int, int]
) -> None:
    counts = counts_of(view_of([a_beacon(played_ms=8000, bins=bins)]))

    assert (counts.q25, counts.q50, counts.q75, counts.q100) == quartiles
    assert counts.bins == tuple(int(digit) for digit in reversed(f"{bins:032b}"))


@pytest.mark.parametrize(
    ("beacon", "plays", "views"),
    [
        (a_beacon(impression=True), 0, 0),
        (a_beacon(played_ms=1999, visible_ms=1999), 1, 0),
        (a_beacon(played_ms=2000, visible_ms=2000), 1, 1),
        (a_beacon(played_ms=9000, visible_ms=1000), 1, 0),
        # It is complete, although it could not be seen for 2 s.
        (a_beacon(played_ms=1600, bins=ALL), 1, 1),
        # The time that it was seen is part of the time that it played.
        (a_beacon(played_ms=1000, visible_ms=9000), 1, 0),
        # Loops are no plays.
        (a_beacon(played_ms=80_000, visible_ms=80_000, loops=9), 1, 1),
    ],
)
def test_plays_and_views(beacon: Beacon, plays: int, views: int) -> None:
    counts = counts_of(view_of([beacon]))

    assert (counts.plays, counts.views) == (plays, views)


def test_an_error_and_an_impression_count_without_a_play() -> None:
    assert counts_of(view_of([a_beacon(error=True)])) == Counts(errors=1)
    assert counts_of(view_of([a_beacon(impression=True)])) == Counts(impressions=1)


def test_no_more_time_is_counted_than_has_passed_since_the_token_was_issued() -> None:
    claim = a_beacon(played_ms=2**53, visible_ms=2**53, loops=99)

    soon = merge(None, claim, a_token(), NOW + timedelta(seconds=10))
    later = merge(soon, claim, a_token(), NOW + timedelta(minutes=1))

    assert (counts_of(soon).played_ms, counts_of(soon).clipped) == (15_000, 1)
    assert (counts_of(later).played_ms, counts_of(later).clipped) == (65_000, 1)
    honest = merge(None, a_beacon(played_ms=8_000), a_token(), NOW + timedelta(seconds=3))
    assert counts_of(honest).clipped == 0


@pytest.mark.parametrize(
    ("again", "most_ms"),
    [
        # A slice of the clip is to spare in each round.
        ({}, 8_250),
        ({"loops": 2}, 24_750),
        ({"loops": 1, "replays": 2}, 33_000),
        # However often it claims to have begun again.
        ({"loops": 10_000, "replays": 10_000}, 825_000),
    ],
)
def test_a_view_has_played_the_clip_once_for_each_time_that_it_began(
    again: dict[str, int], most_ms: int
) -> None:
    """A token that a page shares with all of its viewers is hours old: time alone limits little."""
    late = NOW + timedelta(hours=23)

    lie = merge(None, a_beacon(played_ms=2**53, **again), a_token(), late)
    honest = merge(None, a_beacon(played_ms=most_ms, **again), a_token(), late)

    assert (counts_of(lie).played_ms, counts_of(lie).clipped) == (most_ms, 1)
    assert (counts_of(honest).played_ms, counts_of(honest).clipped) == (most_ms, 0)


def test_a_simulated_view_counts_and_says_so() -> None:
    counts = counts_of(view_of([a_beacon(played_ms=1), a_beacon(played_ms=2, simulated=True)]))

    assert (counts.plays, counts.simulated) == (1, 1)


def test_a_token_of_the_future_counts_no_play() -> None:
    """The clock of the instance that issued it may be ahead."""
    view = merge(None, a_beacon(played_ms=8000), a_token(), NOW - timedelta(minutes=1))

    assert counts_of(view) == Counts()


def test_beacons_beyond_the_limit_change_nothing() -> None:
    view = view_of(a_beacon(played_ms=each) for each in range(MOST_BEACONS))

    assert merge(view, a_beacon(played_ms=9999), a_token(), LATER) is view


@pytest.mark.parametrize(
    "changes", [{"video_id": "video_spring.00000000000000ff"}, {"experiment_id": "e", "arm": 1}]
)
def test_a_view_is_one_of_a_single_video_and_arm(changes: dict[str, object]) -> None:
    view = view_of([a_beacon(played_ms=1000)])

    with pytest.raises(InvalidRequestError, match="another video"):
        merge(view, a_beacon(played_ms=2000), a_token(**changes), LATER)


def test_a_token_of_one_view_counts_no_other() -> None:
    token = a_token(view=a_beacon(1).view)

    with pytest.raises(InvalidRequestError, match="another view"):
        merge(None, a_beacon(2), token, LATER)


@pytest.mark.parametrize("beacon", [a_beacon(bins=ALL), a_beacon(played_ms=8000, bins=1 << SLICES)])
def test_slices_that_cannot_have_been_watched_are_refused(beacon: Beacon) -> None:
    with pytest.raises(InvalidRequestError, match="do not fit"):
        merge(None, beacon, a_token(), LATER)


def test_the_day_of_a_view_is_that_of_its_first_beacon() -> None:
    midnight = NOW.replace(hour=23, minute=59)
    token = a_token(issued_at=midnight)

    view = merge(None, a_beacon(played_ms=1), token, midnight)
    view = merge(view, a_beacon(played_ms=2), token, midnight + timedelta(minutes=2))

    assert view.day == midnight.date()
