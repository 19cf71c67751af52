from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.campaign import Campaign
from shared.domain.pacing import LaneSeen, Pace, take_turns
from shared.domain.queueing import (
    estimate,
    expected_done_at,
    place_again,
    place_in_queue,
    spacing,
)
from shared.domain.schedule import GIVE_EVERY, GIVING_PAUSE, TURN_WINDOW, USUAL_GENERATION
from shared.domain.values import replace
from shared.domain.video import Lane, QueuePlace
from tests.unit.domain.builders import MODEL, NOW, SOON, a_campaign, a_reserved_video

RATE = 60
DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)
EMPTY = Pace(model=MODEL)


def placed(
    campaign: Campaign,
    count: int,
    *,
    now: datetime = NOW,
    lane: Lane = Lane.BULK,
    order: datetime | None = None,
) -> tuple[Campaign, list[datetime]]:
    orders: list[datetime] = []
    for _ in range(count):
        campaign, place = place_in_queue(
            campaign, model=MODEL, lane=lane, rate=RATE, limit=DAY, now=now, order=order
        )
        assert (lane, now + DAY) == (place.lane, place.limit_at)
        orders.append(place.order)
    return campaign, orders


def waiting_at(order: datetime, lane: Lane = Lane.BULK) -> QueuePlace:
    return QueuePlace(lane=lane, order=order, limit_at=NOW + DAY)


def lane_of(lane: Lane, waiting: int) -> LaneSeen:
    last = NOW + (waiting - 1) * SECOND
    return LaneSeen(lane=lane, waiting=waiting, first=NOW, last=last, seen_at=NOW)


def turns(number: int) -> timedelta:
    """Return when the turn of this number is given at the latest, with an empty log."""
    return (number - 1) * 0.8 * SECOND + GIVING_PAUSE


def test_a_lone_campaign_is_made_in_the_order_of_its_creation() -> None:
    _, orders = placed(a_campaign(), 100)

    assert [NOW + number * spacing(RATE) for number in range(100)] == orders


def test_campaigns_of_the_same_moment_take_turns() -> None:
    _, first = placed(a_campaign("spring"), 50)
    _, second = placed(a_campaign("summer"), 50)

    named = [(order, "spring") for order in first] + [(order, "summer") for order in second]
    names = [name for _, name in sorted(named)]

    assert all({"spring", "summer"} == {*names[at : at + 2]} for at in range(0, 100, 2))


def test_a_later_campaign_takes_turns_with_the_rest_of_an_earlier_one() -> None:
    _, earlier = placed(a_campaign("spring"), 100)
    _, later = placed(a_campaign("summer"), 1, now=NOW + 30 * SECOND)

    assert sum(order <= later[0] for order in earlier) == 31


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 3), st.integers(1, 20)),
        min_size=1,
        max_size=20,
    )
)
def test_no_video_is_overtaken_by_one_created_after_its_place(
    requests: list[tuple[int, int, int]],
) -> None:
    campaigns = {number: a_campaign(f"campaign-{number}") for number in range(4)}
    now, created = NOW, []
    for seconds, number, count in requests:
        now += seconds * SECOND
        campaigns[number], orders = placed(campaigns[number], count, now=now)
        created += [(now, order) for order in orders]
        assert len(campaigns[number].flows) == 1

    assert all(order >= at for at, order in created)
    assert not any(
        later_at > order and later_order < order
        for at, order in created
        for later_at, later_order in created
    )


def test_the_places_of_a_campaign_are_in_order_however_often_it_asks() -> None:
    campaign, orders = placed(a_campaign(), 3)
    campaign, more = placed(campaign, 3, now=NOW + SECOND)

    assert all(one < other for one, other in pairwise([*orders, *more]))


def test_a_lane_does_not_wait_for_the_other_lane_of_its_campaign() -> None:
    campaign, _ = placed(a_campaign(), 100)

    campaign, (order,) = placed(campaign, 1, lane=Lane.INTERACTIVE)

    assert order == NOW
    assert {flow.lane for flow in campaign.flows} == {Lane.BULK, Lane.INTERACTIVE}


def test_a_flow_of_the_past_is_forgotten() -> None:
    campaign, _ = placed(a_campaign(), 3)

    campaign, _ = placed(campaign, 1, now=NOW + DAY, lane=Lane.INTERACTIVE)

    assert [flow.lane for flow in campaign.flows] == [Lane.INTERACTIVE]


def test_a_place_in_another_flow_leaves_that_of_the_campaign() -> None:
    campaign, orders = placed(a_campaign(), 2, order=SOON)

    assert (orders, campaign.flows) == ([SOON, SOON], ())


def test_a_rate_of_0_still_has_places() -> None:
    assert spacing(0) == timedelta(minutes=1)


def test_a_video_of_an_earlier_release_has_its_place_by_its_creation() -> None:
    video = a_reserved_video(priority=Lane.BULK)

    place = place_again(video, limit=DAY, now=SOON)

    assert place == QueuePlace(lane=Lane.BULK, order=NOW, limit_at=SOON + DAY)


@pytest.mark.parametrize(
    ("second", "position"), [(0, 1), (4, 5), (99, 100), (100, 101), (149, 150), (-9, 1)]
)
def test_the_position_is_estimated_between_the_first_and_the_last(
    second: int, position: int
) -> None:
    pace = replace(EMPTY, lanes=(lane_of(Lane.BULK, 100),))

    found = estimate(waiting_at(NOW + second * SECOND), pace, RATE, NOW)

    assert position == found.position


def test_places_that_the_giver_has_not_counted_yet_are_those_of_one_flow() -> None:
    found = estimate(waiting_at(NOW + 49 * SECOND), EMPTY, RATE, NOW)

    assert (50, NOW + turns(50)) == (found.position, found.expected_submission_at)


def test_a_lone_lane_has_the_whole_rate() -> None:
    pace = replace(EMPTY, lanes=(lane_of(Lane.BULK, 100),))

    found = estimate(waiting_at(NOW + 99 * SECOND), pace, RATE, NOW)

    assert found.reason is None
    assert found.expected_submission_at is not None
    assert 92 * SECOND <= found.expected_submission_at - NOW - GIVING_PAUSE <= 100 * SECOND


def test_an_interactive_video_waits_for_its_lane_and_a_quarter_as_many_of_bulk() -> None:
    pace = replace(EMPTY, lanes=(lane_of(Lane.INTERACTIVE, 10), lane_of(Lane.BULK, 90)))

    found = estimate(waiting_at(NOW + 9 * SECOND, Lane.INTERACTIVE), pace, RATE, NOW)

    assert (10, NOW + turns(13)) == (found.position, found.expected_submission_at)


def test_bulk_has_its_share_and_everything_once_the_other_lane_is_empty() -> None:
    pace = replace(EMPTY, lanes=(lane_of(Lane.INTERACTIVE, 20), lane_of(Lane.BULK, 10)))

    third, last = (
        estimate(waiting_at(NOW + number * SECOND), pace, RATE, NOW) for number in (2, 9)
    )

    assert (3, NOW + turns(15)) == (third.position, third.expected_submission_at)
    assert (10, NOW + turns(30)) == (last.position, last.expected_submission_at)


def test_a_video_without_a_queue_before_it_is_submitted_now() -> None:
    found = estimate(waiting_at(NOW), EMPTY, RATE, NOW)

    assert (found.position, found.expected_submission_at) == (1, NOW)


def test_a_used_up_rate_delays_until_its_turns_are_free_again() -> None:
    pace = take_turns(replace(EMPTY, lanes=(lane_of(Lane.BULK, 5),)), 2, NOW)

    expected = [
        estimate(waiting_at(NOW + place * SECOND), pace, 2, SOON).expected_submission_at
        for place in range(5)
    ]

    windows = [TURN_WINDOW, TURN_WINDOW + GIVE_EVERY, 2 * TURN_WINDOW]
    assert [NOW + each + GIVING_PAUSE for each in windows] == expected[:3]
    assert expected[4] == NOW + 3 * TURN_WINDOW + GIVING_PAUSE


def test_a_block_delays_and_says_why() -> None:
    pace = replace(EMPTY, blocked_until=SOON)

    found = estimate(waiting_at(NOW), pace, RATE, NOW)

    assert found.expected_submission_at == SOON + GIVING_PAUSE
    assert found.reason is not None
    assert "busy" in found.reason
    assert estimate(waiting_at(NOW), pace, RATE, SOON + DAY).reason is None


def test_a_rate_of_0_says_why_and_knows_no_time() -> None:
    found = estimate(waiting_at(NOW), EMPTY, 0, NOW)

    assert found.expected_submission_at is None
    assert found.reason is not None
    assert "MODEL_RATES" in found.reason
    assert expected_done_at([found]) is None


def test_a_model_without_a_rate_lets_nothing_wait() -> None:
    found = estimate(waiting_at(NOW), EMPTY, None, NOW)

    assert (found.position, found.expected_submission_at) == (1, NOW)


def test_a_campaign_is_done_when_its_last_video_is() -> None:
    pace = replace(EMPTY, lanes=(lane_of(Lane.BULK, 100),))
    estimates = [estimate(waiting_at(NOW + n * SECOND), pace, RATE, NOW) for n in (3, 50, 20)]

    latest = max(filter(None, (each.expected_submission_at for each in estimates)))

    assert latest + USUAL_GENERATION == expected_done_at(estimates)
    assert expected_done_at([]) is None
