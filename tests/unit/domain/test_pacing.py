from collections import Counter
from datetime import datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.given_turns import (
    give_turns,
    given_to,
    given_turn,
    is_late,
    is_unused,
    is_void,
    take_turns_back,
    turn_of,
    use_late,
)
from shared.domain.pacing import (
    Given,
    LaneSeen,
    Pace,
    free_turns,
    is_busy,
    may_take_turn,
    refused,
    take_turns,
    turns_each_minute,
    turns_to_give,
)
from shared.domain.queueing import choose, moment_of_turns
from shared.domain.schedule import (
    FIRST_BLOCK,
    GIVE_AGAIN_AFTER,
    GIVE_EVERY,
    LONGEST_BLOCK,
    PROBE,
    TURN_LEAD,
    TURN_LIFE,
    TURN_SLACK,
    TURN_WINDOW,
)
from shared.domain.values import replace
from shared.domain.video import Lane, QueuePlace, Video
from shared.domain.video_steps import take_place
from shared.records.form import encode
from tests.unit.domain.builders import MODEL, NOW, SOON, a_reserved_video

RATE = 50
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
EMPTY = Pace(model=MODEL)
WAIT = timedelta(seconds=60)


def waiting_videos(lane: Lane, count: int, *, first: int = 0) -> list[Video]:
    places = [
        QueuePlace(lane=lane, order=NOW + number * SECOND, limit_at=SOON) for number in range(count)
    ]
    return [
        take_place(a_reserved_video(first + number), place) for number, place in enumerate(places)
    ]


def lanes_of(videos: tuple[Video, ...]) -> list[Lane]:
    return [video.queue.lane for video in videos if video.queue]


@given(
    st.integers(1, 200),
    st.lists(st.tuples(st.integers(0, 9_000), st.integers(1, 60)), min_size=1, max_size=60),
)
def test_no_minute_has_more_turns_than_the_rate_however_it_begins(
    rate: int, wishes: list[tuple[int, int]]
) -> None:
    """Each wish waits for some milliseconds and takes as many turns as it can."""
    pace, now, taken = EMPTY, NOW, []
    for wait, wish in wishes:
        now += wait * timedelta(milliseconds=1)
        count = min(wish, free_turns(pace, rate, now))
        if count:
            pace = take_turns(pace, count, now)
            taken += [now] * count

    assert all(
        sum(first <= moment < first + MINUTE for moment in taken) <= rate for first in set(taken)
    )


@given(st.integers(1, 9999))
def test_a_record_stays_small_whatever_the_rate(rate: int) -> None:
    pace, now = EMPTY, NOW
    for _ in range(400):
        now += timedelta(milliseconds=330)
        pace = take_turns(pace, min(rate, free_turns(pace, rate, now)), now)

    assert len(pace.turns) <= (TURN_WINDOW + TURN_LEAD) / SECOND + 1
    assert len(encode(pace)) < 8_000


def test_turns_are_free_again_a_window_after_they_were_taken() -> None:
    pace = take_turns(EMPTY, RATE, NOW)

    assert (free_turns(pace, RATE, NOW + TURN_WINDOW - SECOND), True) == (
        0,
        free_turns(pace, RATE, NOW + TURN_WINDOW) == RATE,
    )


def test_no_video_overtakes_a_waiting_one() -> None:
    assert may_take_turn(EMPTY, RATE, NOW)
    assert not may_take_turn(replace(EMPTY, waiting_since=NOW), RATE, SOON)


def test_a_rate_of_0_gives_no_turn() -> None:
    assert (
        turns_each_minute(EMPTY, 0, NOW),
        free_turns(EMPTY, 0, NOW),
        turns_to_give(EMPTY, 0, NOW),
    ) == (0, 0, 0)


def test_turns_are_given_evenly_and_the_whole_rate_is_used() -> None:
    """With a pause of five seconds in each minute, as between two ticks."""
    pace, now, given = EMPTY, NOW, Counter[int]()
    while now < NOW + timedelta(minutes=30):
        second = (now - NOW) // SECOND
        if second % 60 < 55:
            count = turns_to_give(pace, RATE, now)
            pace = take_turns(pace, count, now) if count else pace
            given[second] += count
        now += GIVE_EVERY

    assert sum(given.values()) >= 0.95 * 30 * RATE
    assert max(given.values()) <= 11


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 60), st.integers(0, 9))
def test_every_turn_is_used_and_bulk_has_a_fifth(
    interactive: int, bulk: int, count: int, since_bulk: int
) -> None:
    waiting = {
        Lane.INTERACTIVE: waiting_videos(Lane.INTERACTIVE, interactive),
        Lane.BULK: waiting_videos(Lane.BULK, bulk, first=100),
    }

    chosen, _ = choose(waiting, count, since_bulk=since_bulk)

    assert len(chosen) == min(count, interactive + bulk)
    lanes = lanes_of(chosen)
    for lane, videos in waiting.items():
        mine = [video for video in chosen if video.queue and video.queue.lane is lane]
        assert mine == videos[: len(mine)]
    assert lanes.count(Lane.BULK) >= min(len(chosen) // 5, bulk)
    if interactive >= count:
        assert lanes.count(Lane.BULK) <= count // 5 + 1


def test_bulk_has_every_fifth_turn_also_over_many_rounds() -> None:
    since_bulk, lanes = 0, []
    for _ in range(50):
        waiting = {lane: waiting_videos(lane, 2) for lane in Lane}
        chosen, since_bulk = choose(waiting, 1, since_bulk=since_bulk)
        lanes += lanes_of(chosen)

    assert lanes.count(Lane.BULK) == 10


def test_a_given_turn_is_remembered_for_a_while_and_leaves_its_lane() -> None:
    videos = waiting_videos(Lane.BULK, 3)
    seen = LaneSeen(lane=Lane.BULK, waiting=9, first=NOW, last=SOON, seen_at=NOW)

    pace = give_turns(replace(EMPTY, lanes=(seen,)), videos, since_bulk=0, now=NOW)

    assert [each.id for each in videos] == [each.video_id for each in pace.given]
    assert not is_unused(pace.given[0], NOW + GIVE_AGAIN_AFTER - SECOND)
    assert is_unused(pace.given[0], NOW + GIVE_AGAIN_AFTER)
    assert (pace.lanes[0].waiting, pace.lanes[0].first) == (6, NOW + 2 * SECOND)
    assert free_turns(pace, RATE, NOW) == RATE - 3


def test_only_turns_of_videos_that_still_wait_are_remembered() -> None:
    videos = waiting_videos(Lane.BULK, 3)
    pace = give_turns(EMPTY, videos, since_bulk=0, now=NOW)

    assert [videos[1].id] == [each.video_id for each in given_to(pace, videos[1:2], NOW)]
    assert given_to(pace, videos, NOW + TURN_WINDOW) == ()


def test_an_unused_turn_leaves_the_log_when_its_video_is_given_another() -> None:
    first, second, other = waiting_videos(Lane.BULK, 3)
    pace = give_turns(EMPTY, [first, second], since_bulk=0, now=NOW)
    pace = give_turns(pace, [other], since_bulk=0, now=NOW + 2 * SECOND)

    back = take_turns_back(pace, [second, other])

    assert tuple(free_turns(each, RATE, SOON) for each in (pace, back)) == (RATE - 3, RATE - 1)
    assert [first.id] == [each.video_id for each in back.given]
    assert back == take_turns_back(back, [second, other])


def test_a_given_turn_may_be_used_until_it_is_old_or_the_model_is_refused() -> None:
    video, other = waiting_videos(Lane.BULK, 2)
    pace = give_turns(EMPTY, [video], since_bulk=0, now=NOW)

    assert (given_turn(pace, video, NOW), given_turn(pace, other, NOW)) == (NOW, None)
    assert not given_turn(pace, video, NOW + TURN_LIFE)
    assert not given_turn(refused(pace, retry_after=WAIT, now=NOW), video, NOW)


def test_turns_that_are_used_late_count_from_then_on_with_one_write() -> None:
    used, late, gone, soon = waiting_videos(Lane.BULK, 4)
    now = NOW + 9 * SECOND
    pace = give_turns(EMPTY, [used, late, gone], since_bulk=0, now=NOW)
    pace = give_turns(pace, [soon], since_bulk=0, now=now + SECOND)

    pace = use_late(pace, used, [used, late, soon], now)

    assert [(NOW, 1), (now, 2), (now + SECOND, 1)] == [(each.at, each.count) for each in pace.turns]
    assert [late.id, gone.id, soon.id] == [each.video_id for each in pace.given]
    turns = [turn_of(pace, video, NOW) for video in (used, late, gone, soon)]
    assert [is_late(turn, now + TURN_SLACK) for turn in turns] == [True, False, True, False]
    assert is_late(turn_of(pace, late, NOW), now + TURN_SLACK + SECOND)
    assert is_unused(turn_of(pace, late, NOW), NOW + GIVE_AGAIN_AFTER)
    assert [each.count for each in take_turns_back(pace, [late]).turns] == [1, 1, 1]


def test_a_turn_is_void_once_the_generator_has_refused_and_the_next_one_is_the_probe() -> None:
    video, other = waiting_videos(Lane.BULK, 2)
    pace = give_turns(EMPTY, [other], since_bulk=0, now=NOW + SECOND)
    blocked = refused(pace, retry_after=WAIT, now=NOW)
    pace = give_turns(blocked, [video], since_bulk=0, now=NOW + FIRST_BLOCK)

    turns = [turn_of(pace, each, NOW) for each in (other, video)]
    assert [is_void(pace, turn) for turn in turns] == [True, False]
    late = use_late(pace, video, [other, video], NOW + FIRST_BLOCK + PROBE + SECOND)

    assert (late.refusals, late.probed_at) == (1, NOW + FIRST_BLOCK + PROBE + SECOND)
    assert (Given(video_id=other.id, at=NOW + SECOND),) == late.given


def test_turns_are_given_ahead_unless_the_model_has_refused() -> None:
    blocked = refused(EMPTY, retry_after=WAIT, now=NOW)

    moments = [moment_of_turns(pace, NOW, lead=4 * SECOND) for pace in (EMPTY, blocked)]

    assert moments == [NOW + 4 * SECOND, NOW]


def test_a_pace_is_busy_within_a_second_of_its_last_turn() -> None:
    pace = take_turns(EMPTY, 1, NOW)

    assert [is_busy(pace, NOW + seconds * SECOND) for seconds in (0.9, 1, -0.9, -1)] == [
        True,
        False,
        True,
        False,
    ]
    assert not is_busy(EMPTY, NOW)


def test_refusals_at_the_same_time_count_once() -> None:
    pace = refused(take_turns(EMPTY, 9, NOW), retry_after=WAIT, now=NOW)

    assert (pace.refusals, pace.percent, pace.blocked_until) == (1, 100, NOW + FIRST_BLOCK)
    assert refused(pace, retry_after=WAIT, now=NOW + SECOND) is pace


def refused_twice(now: datetime = NOW) -> Pace:
    """A probe is accepted in between."""
    pace = take_turns(refused(EMPTY, retry_after=WAIT, now=now), 1, now + FIRST_BLOCK)
    pace = take_turns(pace, 1, now + FIRST_BLOCK + PROBE)
    return refused(pace, retry_after=WAIT, now=now + FIRST_BLOCK + PROBE)


def test_a_second_refusal_soon_after_the_first_lowers_the_pace_by_a_fifth() -> None:
    assert refused_twice().percent == 80


def test_a_block_probes_with_a_single_video_and_then_goes_on() -> None:
    blocked = refused(EMPTY, retry_after=WAIT, now=NOW)
    end = NOW + FIRST_BLOCK

    assert (free_turns(blocked, RATE, end - SECOND), free_turns(blocked, RATE, end)) == (0, 1)
    probing = take_turns(blocked, 1, end)
    assert free_turns(probing, RATE, end + SECOND) == 0
    assert free_turns(probing, RATE, end + PROBE) > 1
    going = take_turns(probing, 1, end + PROBE)
    assert (going.refusals, going.blocked_until, going.probed_at) == (0, None, None)


def test_refused_probes_double_the_block_and_leave_the_pace() -> None:
    pace, now, blocks = refused(EMPTY, retry_after=WAIT, now=NOW), NOW, []
    for _ in range(5):
        assert pace.blocked_until is not None
        now = pace.blocked_until
        pace = refused(take_turns(pace, 1, now), retry_after=WAIT, now=now + SECOND)
        assert pace.blocked_until is not None
        blocks.append(pace.blocked_until - now - SECOND)

    assert blocks == [WAIT, 2 * WAIT, 4 * WAIT, LONGEST_BLOCK, LONGEST_BLOCK]
    assert pace.percent == 100


def test_a_refusal_long_after_the_last_one_is_a_first_one() -> None:
    pace = take_turns(refused(EMPTY, retry_after=WAIT, now=NOW), 1, NOW + FIRST_BLOCK)
    later = NOW + timedelta(hours=1)

    again = refused(take_turns(pace, 1, later), retry_after=WAIT, now=later)

    assert (1, later + FIRST_BLOCK) == (again.refusals, again.blocked_until)


def test_the_pace_recovers_by_a_few_percent_of_the_rate_each_minute() -> None:
    pace = refused_twice()
    since = pace.refused_at or NOW

    paces = [turns_each_minute(pace, RATE, since + minutes * MINUTE) for minutes in (0, 2, 6, 7)]

    assert paces == [40, 43, 49, 50]


def test_the_pace_is_never_less_than_one_a_minute() -> None:
    pace = replace(EMPTY, percent=1, refused_at=NOW)

    assert turns_each_minute(pace, 1, NOW) == 1
    lowest = refused(replace(pace, percent=11), retry_after=WAIT, now=NOW + SECOND)
    assert lowest.percent == 10


def test_a_quota_that_is_lower_than_the_rate_is_approached() -> None:
    """A generator that accepts 25 in any 60 seconds, while the rate says 50."""
    random = Random(7)  # noqa: S311  # A sample, not a secret.
    pace, now = replace(EMPTY, waiting_since=NOW), NOW
    accepted: list[float] = []
    refusals = 0
    while now < NOW + timedelta(minutes=60):
        count = turns_to_give(pace, RATE, now)
        pace = take_turns(pace, count, now) if count else pace
        for _ in range(count):
            at = (now - NOW).total_seconds() + random.uniform(0, 0.5)
            if sum(moment > at - 60 for moment in accepted) >= 25:
                refusals += 1
                pace = refused(pace, retry_after=WAIT, now=now)
            else:
                accepted.append(at)
        now += GIVE_EVERY

    assert len(accepted) >= 0.75 * 25 * 60
    assert refusals <= 0.1 * len(accepted)
