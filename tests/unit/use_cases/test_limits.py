"""Limits: what would exceed one is refused whole, before anything is kept."""

import logging
from decimal import Decimal

import pytest

from shared.domain.errors import BudgetExceededError, MaxCostExceededError
from shared.domain.limits import Limits, available, reaches_warning
from shared.ports.video_generator import Failed
from shared.use_cases.begin_campaign import change_campaign
from shared.use_cases.change_versions import delete_video
from shared.use_cases.create_videos import create_videos
from shared.use_cases.estimate_videos import estimate_videos
from shared.use_cases.regenerate_videos import regenerate_campaign, regenerate_video
from tests.fakes.ports import FakePolicy, FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    PRICE,
    a_request,
    give_up,
    make,
    reserve,
    settle,
)

FILTERED = Script(ending=Failed(code="content_filtered", message="A policy."))


@pytest.fixture
def frugal() -> FakePorts:
    """Ports of an installation whose campaigns may use what two videos cost."""
    return FakePorts(policy=FakePolicy(campaign_budget_usd=2 * PRICE))


def committed(ports: FakePorts) -> Decimal:
    return ports.campaigns.get_campaign(CAMPAIGN_ID).money.committed


def test_a_budget_refuses_what_exceeds_it_and_keeps_nothing(frugal: FakePorts) -> None:
    with pytest.raises(BudgetExceededError, match=r"budget of 6\.40 USD.*to 9\.60 USD"):
        create_videos(frugal, a_request("One", "Two", "Three"))

    assert frugal.campaigns.campaigns == {}
    assert frugal.queue.messages == ()


def test_a_budget_can_be_used_up_to_its_last_cent(frugal: FakePorts) -> None:
    create_videos(frugal, a_request("One", "Two"))

    with pytest.raises(BudgetExceededError):
        create_videos(frugal, a_request("One", "Two", "Three"))
    assert committed(frugal) == 2 * PRICE


def test_a_cache_hit_needs_no_budget(frugal: FakePorts) -> None:
    make(frugal, "One")
    change_campaign(frugal, CAMPAIGN_ID, budget_usd=Decimal(0))

    (hit,) = create_videos(frugal, a_request("One", max_cost=Decimal(0)))

    assert hit.video.is_current


def test_unbilled_dollars_can_be_used_again(frugal: FakePorts) -> None:
    frugal.generator.will(FILTERED, FILTERED)
    create_videos(frugal, a_request("One", "Two"))
    settle(frugal)

    create_videos(frugal, a_request("Three", "Four"))

    assert committed(frugal) == 2 * PRICE


def test_possibly_billed_dollars_stay_reserved(frugal: FakePorts) -> None:
    give_up(frugal)

    with pytest.raises(BudgetExceededError):
        create_videos(frugal, a_request("Two", "Three"))
    create_videos(frugal, a_request("Two"))


def test_a_deleted_video_gives_no_dollars_back(frugal: FakePorts) -> None:
    for prompt in ("One", "Two"):
        video = make(frugal, prompt)
        delete_video(frugal, CAMPAIGN_ID, video.video_hash)

    with pytest.raises(BudgetExceededError):
        reserve(frugal, "Three")


def test_regenerating_obeys_the_budget(frugal: FakePorts) -> None:
    video = make(frugal)
    regenerate_video(frugal, CAMPAIGN_ID, video.video_hash)
    settle(frugal)

    with pytest.raises(BudgetExceededError):
        regenerate_video(frugal, CAMPAIGN_ID, video.video_hash)
    with pytest.raises(BudgetExceededError):
        regenerate_campaign(frugal, CAMPAIGN_ID)


def test_a_campaign_can_have_a_budget_of_its_own_and_give_it_up(frugal: FakePorts) -> None:
    change_campaign(frugal, CAMPAIGN_ID, budget_usd=PRICE)
    with pytest.raises(BudgetExceededError):
        create_videos(frugal, a_request("One", "Two"))

    change_campaign(frugal, CAMPAIGN_ID, budget_usd=None)

    create_videos(frugal, a_request("One", "Two"))


def test_an_estimate_says_that_the_budget_is_exceeded(frugal: FakePorts) -> None:
    with pytest.raises(BudgetExceededError):
        estimate_videos(frugal, a_request("One", "Two", "Three"))


def test_a_request_may_cost_what_its_caller_allows_and_no_cent_more(ports: FakePorts) -> None:
    with pytest.raises(MaxCostExceededError, match=r"costs 6\.40 USD, and max_cost_usd is 6\.39"):
        create_videos(ports, a_request("One", "Two", max_cost=2 * PRICE - Decimal("0.01")))
    assert ports.campaigns.campaigns == {}

    create_videos(ports, a_request("One", "Two", max_cost=2 * PRICE))


def test_a_regeneration_may_cost_what_its_caller_allows(ports: FakePorts) -> None:
    video = make(ports)

    with pytest.raises(MaxCostExceededError):
        regenerate_video(ports, CAMPAIGN_ID, video.video_hash, max_cost=Decimal(1))
    with pytest.raises(MaxCostExceededError):
        regenerate_campaign(ports, CAMPAIGN_ID, max_cost=Decimal(1))

    regenerate_campaign(ports, CAMPAIGN_ID, max_cost=PRICE)


def test_the_budget_warning_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ports = FakePorts(policy=FakePolicy(campaign_budget_usd=5 * PRICE))

    with caplog.at_level(logging.WARNING):
        for count in range(1, 5):
            create_videos(ports, a_request(*["One", "Two", "Three", "Four"][:count]))

    told = [record for record in caplog.records if record.message == "campaign.budget_warning"]
    assert [(record.__dict__["used_usd"], record.__dict__["budget_usd"]) for record in told] == [
        ("12.80", "16.00")
    ]


def test_a_warning_marks_the_step_over_four_fifths() -> None:
    steps = [(0, 79), (79, 80), (80, 100), (0, 100)]

    assert [
        reaches_warning(before=Decimal(before), after=Decimal(after), budget=Decimal(100))
        for before, after in steps
    ] == [False, True, False, True]


def test_the_rest_of_a_budget_is_never_negative(ports: FakePorts) -> None:
    make(ports)
    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)

    assert available(campaign, Limits(videos=4, campaign_budget=Decimal(4))) == Decimal("0.80")
    assert available(campaign, Limits(videos=4, campaign_budget=Decimal(1))) == Decimal(0)
    assert available(campaign, Limits(videos=4)) is None
