"""How often the records are read and written: it is what a database is paid for."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest

from shared.domain.campaign import Campaign, Change
from shared.domain.daily_budget import DayBudget
from shared.domain.values import replace
from shared.domain.video import Video
from shared.ports.campaign_repository import VideoPage
from shared.use_cases.claims import Claim
from shared.use_cases.create_videos import Draft, create_videos
from shared.use_cases.regenerate_videos import regenerate_video
from tests.fakes.ports import POLICY, FakePorts
from tests.unit.use_cases.scenes import CAMPAIGN_ID, a_request, deliver, make, reserve, wake
from tools.in_memory.campaign_repository import InMemoryCampaignRepository


class CountingRepository(InMemoryCampaignRepository):
    def __init__(self) -> None:
        super().__init__()
        self.reset()

    def reset(self) -> None:
        self.reads = 0
        self.commits = 0

    def get_campaign(self, campaign_id: str) -> Campaign:
        self.reads += 1
        return super().get_campaign(campaign_id)

    def get_video(self, campaign_id: str, video_hash: str) -> Video:
        self.reads += 1
        return super().get_video(campaign_id, video_hash)

    def get_videos(self, campaign_id: str, video_hashes: Iterable[str]) -> VideoPage:
        self.reads += 1
        return super().get_videos(campaign_id, video_hashes)

    def get_day(self, day: date) -> DayBudget:
        self.reads += 1
        return super().get_day(day)

    def commit(self, change: Change) -> Change:
        self.commits += 1
        return super().commit(change)

    def commit_video(self, video: Video) -> Video:
        self.commits += 1
        return super().commit_video(video)


@pytest.fixture
def campaigns() -> CountingRepository:
    return CountingRepository()


@pytest.fixture(params=[0, 30], ids=["an empty campaign", "a large one"])
def ports(request: pytest.FixtureRequest, campaigns: CountingRepository) -> FakePorts:
    ports = FakePorts(policy=replace(POLICY, max_videos_per_campaign=100))
    ports.campaigns = campaigns
    for index in range(request.param):
        make(ports, drafts=(Draft(prompt=f"Prompt {index}", index=index + 1),))
    campaigns.reset()
    return ports


def test_a_new_video_costs_one_read_and_one_commit(
    ports: FakePorts, campaigns: CountingRepository
) -> None:
    reserve(ports)

    assert (1, 1) == (campaigns.reads, campaigns.commits)


def test_a_new_batch_costs_one_read_and_one_commit(
    ports: FakePorts, campaigns: CountingRepository
) -> None:
    drafts = tuple(Draft(prompt=prompt) for prompt in ("One", "Two", "Three", "Four"))

    create_videos(ports, a_request(drafts=drafts))

    assert (1, 1) == (campaigns.reads, campaigns.commits)


def test_a_budget_of_the_day_costs_one_read_more(
    ports: FakePorts, campaigns: CountingRepository
) -> None:
    ports.policy = replace(POLICY, max_videos_per_campaign=100, daily_budget_usd=Decimal(1000))
    reserve(ports, campaign_id="summer")
    campaigns.reset()

    reserve(ports)

    assert (2, 1) == (campaigns.reads, campaigns.commits)


def test_a_claim_is_read_together_with_the_campaign(
    ports: FakePorts, campaigns: CountingRepository
) -> None:
    claim = Claim(name="claim", digest="", claimed_at="2026-11-07T12:00:00+00:00")
    drafts = tuple(Draft(prompt=prompt) for prompt in ("One", "Two", "Three", "Four"))

    create_videos(ports, a_request(drafts=drafts, claim=claim))

    assert (1, 1) == (campaigns.reads, campaigns.commits)


def test_a_hit_costs_two_reads_and_no_commit(
    ports: FakePorts, campaigns: CountingRepository
) -> None:
    make(ports)
    campaigns.reset()

    reserve(ports)

    assert (2, 0) == (campaigns.reads, campaigns.commits)


def test_a_submission_costs_two_commits(ports: FakePorts, campaigns: CountingRepository) -> None:
    reserve(ports)
    campaigns.reset()

    deliver(ports)

    # Two reads are for the JSON beside the videos.
    assert (3, 2) == (campaigns.reads, campaigns.commits)


def test_a_completion_costs_three_commits(ports: FakePorts, campaigns: CountingRepository) -> None:
    video = reserve(ports)
    deliver(ports)
    campaigns.reset()

    wake(ports, video)

    assert 3 == campaigns.commits


def test_a_replacement_costs_one_commit_more(
    ports: FakePorts, campaigns: CountingRepository
) -> None:
    video = regenerate_video(ports, CAMPAIGN_ID, make(ports).video_hash).video
    deliver(ports)
    campaigns.reset()

    wake(ports, video)

    assert 4 == campaigns.commits
