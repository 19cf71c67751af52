"""Savings: every hit counts, and hardly any is a write."""

import time
from decimal import Decimal

import pytest

from shared.domain.campaign import Campaign
from shared.domain.errors import UnavailableError
from shared.domain.money import Savings
from shared.use_cases.create_videos import create_videos
from shared.use_cases.savings import SavingsCounter
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.scenes import CAMPAIGN_ID, PRICE, a_request, make
from tools.in_memory.campaign_repository import InMemoryCampaignRepository

HIT = Savings(amount=PRICE, hits=1)


class SlowDatabase(InMemoryCampaignRepository):
    """Counts its writes, and is out of reach while `is_down`."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0
        self.is_down = False

    def add_savings(self, campaign_id: str, amount: Decimal, hits: int) -> None:
        if self.is_down:
            raise UnavailableError("The database is down.")
        self.writes += 1
        super().add_savings(campaign_id, amount, hits)


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def stopwatch(monkeypatch: pytest.MonkeyPatch) -> Stopwatch:
    stopwatch = Stopwatch()
    monkeypatch.setattr(time, "monotonic", stopwatch)
    return stopwatch


@pytest.fixture
def campaigns(ports: FakePorts) -> SlowDatabase:
    campaigns = SlowDatabase()
    now = ports.now()
    campaigns.campaigns = {
        campaign_id: Campaign(campaign_id=campaign_id, created_at=now, updated_at=now)
        for campaign_id in (CAMPAIGN_ID, "autumn")
    }
    return campaigns


@pytest.fixture
def savings(campaigns: SlowDatabase, stopwatch: Stopwatch) -> SavingsCounter:
    return SavingsCounter(campaigns)


def saved(campaigns: SlowDatabase, campaign_id: str = CAMPAIGN_ID) -> tuple[Decimal, int]:
    savings = campaigns.get_campaign(campaign_id).savings
    return savings.amount, savings.hits


def test_the_hits_of_a_busy_second_are_one_write(
    savings: SavingsCounter, campaigns: SlowDatabase, stopwatch: Stopwatch
) -> None:
    for _ in range(100):
        savings.add(CAMPAIGN_ID, HIT)
    assert campaigns.writes == 1

    stopwatch.seconds += 1
    savings.add(CAMPAIGN_ID, HIT)

    assert campaigns.writes == 2
    assert saved(campaigns) == (101 * PRICE, 101)


def test_unwritten_savings_are_shown(savings: SavingsCounter, campaigns: SlowDatabase) -> None:
    savings.add(CAMPAIGN_ID, HIT)
    savings.add(CAMPAIGN_ID, HIT)

    shown = savings.included_in(campaigns.get_campaign(CAMPAIGN_ID))

    assert campaigns.writes == 1
    assert shown.savings == HIT + HIT


def test_nothing_is_kept_of_campaigns_that_are_quiet(
    savings: SavingsCounter, stopwatch: Stopwatch
) -> None:
    for number in range(99):
        stopwatch.seconds += 1
        savings.add(f"campaign-{number}", HIT)

    assert (savings._unwritten, len(savings._written_at)) == ({}, 1)


def test_campaigns_are_counted_apart(savings: SavingsCounter, campaigns: SlowDatabase) -> None:
    for campaign_id in (CAMPAIGN_ID, CAMPAIGN_ID, "autumn", "autumn", "autumn"):
        savings.add(campaign_id, HIT)

    savings.write_all()

    assert saved(campaigns) == (2 * PRICE, 2)
    assert saved(campaigns, "autumn") == (3 * PRICE, 3)


def test_savings_that_could_not_be_written_are_written_later(
    savings: SavingsCounter, campaigns: SlowDatabase
) -> None:
    campaigns.is_down = True
    savings.add(CAMPAIGN_ID, HIT)
    campaigns.is_down = False

    savings.write_all()
    savings.write_all()

    assert saved(campaigns) == (PRICE, 1)


def test_a_hit_is_answered_though_its_saving_cannot_be_written(ports: FakePorts) -> None:
    campaigns = SlowDatabase()
    ports.campaigns = campaigns
    ports.savings = SavingsCounter(campaigns)
    video = make(ports)
    campaigns.is_down = True

    (created,) = create_videos(ports, a_request("A red bicycle"))

    assert video == created.video
