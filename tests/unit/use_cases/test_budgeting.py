"""The day's budget: every dollar of a reservation is in it until it is known not to be paid."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest

from shared.domain.errors import BudgetExceededError, GenerationRefusedError
from shared.domain.values import replace
from shared.domain.video import Video
from shared.ports.video_generator import Failed
from shared.use_cases import budgeting
from shared.use_cases.change_versions import cancel_video, delete_video
from shared.use_cases.create_videos import create_videos
from shared.use_cases.estimate_videos import estimate_videos
from shared.use_cases.regenerate_videos import regenerate_video
from tests.fakes.ports import POLICY, FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    PRICE,
    a_request,
    give_up,
    make,
    reserve,
    settle,
    stored,
    submit,
    wake,
)

FILTERED = Script(ending=Failed(code="content_filtered", message="A policy."))
REFUSED = Script(raises=GenerationRefusedError("Not this.", code="invalid_request"))
A_DAY = timedelta(days=1)


def ports_with(budget: Decimal) -> FakePorts:
    return FakePorts(policy=replace(POLICY, daily_budget_usd=budget))


@pytest.fixture
def frugal() -> FakePorts:
    """Ports of an installation that may use what two videos cost in a day."""
    return ports_with(2 * PRICE)


def today(ports: FakePorts) -> date:
    return ports.now().date()


def committed(ports: FakePorts, day: date | None = None) -> Decimal:
    return ports.campaigns.get_day(day or today(ports)).committed


def reserve_elsewhere(ports: FakePorts, campaign_id: str) -> Video:
    return reserve(ports, campaign_id=campaign_id)


def test_all_campaigns_together_have_the_budget(frugal: FakePorts) -> None:
    reserve_elsewhere(frugal, "spring")
    reserve_elsewhere(frugal, "summer")

    with pytest.raises(BudgetExceededError, match="DAILY_BUDGET_USD"):
        reserve_elsewhere(frugal, "autumn")
    assert set(frugal.campaigns.campaigns) == {"spring", "summer"}
    assert committed(frugal) == 2 * PRICE


def test_a_request_that_exceeds_the_budget_is_refused_whole(frugal: FakePorts) -> None:
    with pytest.raises(BudgetExceededError):
        create_videos(frugal, a_request("One", "Two", "Three"))

    assert frugal.campaigns.campaigns == {}
    assert frugal.campaigns.days == {}
    assert frugal.queue.messages == ()


def test_a_budget_of_nothing_stops_all_spending_but_no_cache_hit() -> None:
    ports = FakePorts()
    make(ports)
    ports.policy = replace(POLICY, daily_budget_usd=Decimal(0))

    with pytest.raises(BudgetExceededError):
        reserve(ports, "A green bicycle")
    assert reserve(ports).is_current


def test_the_next_day_has_a_budget_of_its_own(frugal: FakePorts) -> None:
    create_videos(frugal, a_request("One", "Two"))
    frugal.clock.advance(A_DAY)

    create_videos(frugal, a_request("Three", "Four", campaign_id="summer"))

    assert 2 * PRICE == committed(frugal) == committed(frugal, today(frugal) - A_DAY)


def with_a_budget_at_last(ports: FakePorts, budget: Decimal) -> FakePorts:
    ports.policy = replace(POLICY, trash_days=7, daily_budget_usd=budget)
    return ports


def test_a_budget_counts_what_its_day_had_used_before_it_was_set(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In any state, unless it cost nothing, and however many pages they fill."""
    monkeypatch.setattr(budgeting, "_AT_ONCE", 1)
    reserve_elsewhere(ports, "yesterday")
    ports.clock.advance(A_DAY)
    create_videos(ports, a_request("One", "Two", "Three", "Four"))
    settle(ports)
    _, _, _, unwanted = ports.campaigns.get_all_videos(CAMPAIGN_ID).videos
    reserve_elsewhere(ports, "summer")
    cancelled = reserve_elsewhere(ports, "autumn")
    cancel_video(ports, "autumn", cancelled.video_hash)
    with_a_budget_at_last(ports, 6 * PRICE)
    delete_video(ports, CAMPAIGN_ID, unwanted.video_hash)
    with pytest.raises(BudgetExceededError, match=f"{5 * PRICE} USD of"):
        estimate_videos(ports, a_request("Five", "Six", campaign_id="winter"))

    reserve_elsewhere(ports, "winter")

    assert committed(ports) == 6 * PRICE
    with pytest.raises(BudgetExceededError):
        reserve_elsewhere(ports, "spring-again")


def test_regenerating_obeys_the_budget(frugal: FakePorts) -> None:
    video = make(frugal)
    regenerate_video(frugal, CAMPAIGN_ID, video.video_hash)
    settle(frugal)

    with pytest.raises(BudgetExceededError):
        regenerate_video(frugal, CAMPAIGN_ID, video.video_hash)


def test_an_estimate_says_that_the_budget_is_exceeded(frugal: FakePorts) -> None:
    estimate_videos(frugal, a_request("One", "Two"))

    with pytest.raises(BudgetExceededError):
        estimate_videos(frugal, a_request("One", "Two", "Three"))
    assert frugal.campaigns.days == {}


def test_a_video_says_which_day_holds_its_dollars(frugal: FakePorts) -> None:
    video = make(frugal)

    assert today(frugal) == video.budget_day
    assert committed(frugal) == PRICE


def test_the_cost_of_a_deleted_video_stays_in_its_day(frugal: FakePorts) -> None:
    video = make(frugal)

    delete_video(frugal, CAMPAIGN_ID, video.video_hash)

    assert committed(frugal) == PRICE


@pytest.mark.parametrize("script", [FILTERED, REFUSED])
def test_dollars_that_were_not_billed_are_released(frugal: FakePorts, script: Script) -> None:
    frugal.generator.will(script)

    video = make(frugal)

    assert video.budget_day is None
    assert committed(frugal) == 0


@pytest.mark.parametrize("stop", [cancel_video, delete_video])
def test_the_dollars_of_a_video_that_is_stopped_before_its_submission_are_released(
    frugal: FakePorts, stop: Callable[[FakePorts, str, str], object]
) -> None:
    video = reserve(frugal)

    stop(frugal, CAMPAIGN_ID, video.video_hash)

    assert committed(frugal) == 0


def test_no_dollars_are_released_twice(frugal: FakePorts) -> None:
    reserve(frugal, "Another")
    video = reserve_elsewhere(frugal, "summer")

    cancel_video(frugal, "summer", video.video_hash)
    delete_video(frugal, "summer", video.video_hash)

    assert committed(frugal) == PRICE


def test_the_dollars_of_a_video_cancelled_after_submission_stay(frugal: FakePorts) -> None:
    video = submit(frugal)

    cancel_video(frugal, CAMPAIGN_ID, video.video_hash)
    settle(frugal)

    assert committed(frugal) == PRICE


def test_possibly_billed_dollars_are_held_until_they_are_known_to_be_unbilled(
    frugal: FakePorts,
) -> None:
    video = give_up(frugal)
    assert committed(frugal) == PRICE

    (operation,) = frugal.generator.operations.values()
    operation.script = FILTERED
    wake(frugal, video)

    assert stored(frugal, video).budget_day is None
    assert committed(frugal) == 0


def test_dollars_are_released_to_the_day_of_their_reservation(frugal: FakePorts) -> None:
    yesterday = today(frugal)
    video = reserve(frugal)
    frugal.clock.advance(A_DAY)
    reserve_elsewhere(frugal, "summer")

    cancel_video(frugal, CAMPAIGN_ID, video.video_hash)

    assert committed(frugal, yesterday) == 0
    assert committed(frugal) == PRICE


def test_dollars_are_released_after_the_budget_was_removed() -> None:
    ports = ports_with(Decimal(1600))
    video = reserve(ports)
    ports.policy = POLICY

    cancel_video(ports, CAMPAIGN_ID, video.video_hash)

    assert committed(ports) == 0


def test_a_missing_day_is_not_created_by_a_release(frugal: FakePorts) -> None:
    """A record that was copied by hand names a day of where it came from."""
    video = reserve(frugal)
    frugal.campaigns.days.clear()

    cancel_video(frugal, CAMPAIGN_ID, video.video_hash)

    assert frugal.campaigns.days == {}


def test_without_a_budget_no_day_is_stored(ports: FakePorts) -> None:
    video = make(ports)

    assert video.budget_day is None
    assert ports.campaigns.days == {}


def test_a_warning_is_logged_once_at_80_percent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ports = ports_with(100 * PRICE)

    with caplog.at_level(logging.WARNING):
        for number in range(100):
            video = reserve_elsewhere(ports, f"campaign-{number}")
            if number == 80:
                # The day crosses 80 % a second time.
                cancel_video(ports, video.campaign_id, video.video_hash)

    told = [record for record in caplog.records if record.message == "daily_budget.warning"]
    assert [
        tuple(record.__dict__[name] for name in ("day", "used_usd", "budget_usd"))
        for record in told
    ] == [("2026-11-07", "256.00", "320.00")]


def test_concurrent_requests_do_not_exceed_the_budget() -> None:
    ports = ports_with(60 * PRICE)

    def try_to_reserve(number: int) -> bool:
        try:
            reserve_elsewhere(ports, f"campaign-{number}")
        except BudgetExceededError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        reserved = list(pool.map(try_to_reserve, range(80)))

    assert sum(reserved) == 60
    assert committed(ports) == 60 * PRICE
