"""Clean-up: history goes after it was shown what would; a current video is never touched."""

import pytest

from shared.domain.errors import CampaignNotFoundError
from shared.domain.values import replace
from shared.domain.video import Video
from shared.use_cases.change_versions import delete_video
from shared.use_cases.cleanup_campaign import (
    Cleanup,
    cleanup_all,
    cleanup_campaign,
    preview_cleanup,
)
from shared.use_cases.delete_campaign import delete_campaign
from tests.fakes.ports import POLICY, FakePorts
from tests.unit.use_cases.rules import assert_agreement
from tests.unit.use_cases.scenes import CAMPAIGN_ID, make, remake, stored
from tests.unit.use_cases.watching import Hooks, Once, watched
from tools.in_memory.clip import CLIP_FACTS


@pytest.fixture
def ports() -> FakePorts:
    return FakePorts(policy=replace(POLICY, keep_historical=9))


@pytest.fixture
def videos(ports: FakePorts) -> list[Video]:
    """Four versions of one slot, the earliest first; the last is current."""
    made = [make(ports)]
    while len(made) < 4:
        made.append(remake(ports, made[-1]))
    return [stored(ports, video) for video in made]


def hashes(cleanup: Cleanup) -> set[str]:
    return {video.video_hash for video in cleanup.videos}


def test_a_preview_lists_the_deletions_and_removes_no_video(
    ports: FakePorts, videos: list[Video]
) -> None:
    objects = dict(ports.objects.objects)

    preview = preview_cleanup(ports, CAMPAIGN_ID, keep=1)

    assert {videos[0].video_hash, videos[1].video_hash} == hashes(preview)
    assert 2 * CLIP_FACTS.size_bytes == preview.size_bytes
    assert objects == ports.objects.objects
    assert len(ports.campaigns.videos) == 4


@pytest.mark.parametrize("keep", [0, 1, 2, 3])
def test_all_but_the_latest_historical_videos_are_removed(
    ports: FakePorts, videos: list[Video], keep: int
) -> None:
    preview = preview_cleanup(ports, CAMPAIGN_ID, keep=keep)

    cleanup = cleanup_campaign(ports, CAMPAIGN_ID, keep=keep)

    assert preview == cleanup
    assert {video.video_hash for video in videos[: 3 - keep]} == hashes(cleanup)
    assert stored(ports, videos[-1]).is_current
    assert keep + 1 == len(ports.campaigns.videos)
    assert_agreement(ports)


def test_without_historical_videos_no_commit_is_made(ports: FakePorts) -> None:
    make(ports)
    before = ports.campaigns.get_campaign(CAMPAIGN_ID)

    assert cleanup_campaign(ports, CAMPAIGN_ID, keep=0) == Cleanup(videos=(), size_bytes=0)

    assert ports.campaigns.get_campaign(CAMPAIGN_ID) == before


def test_a_historical_video_that_is_deleted_concurrently_is_no_error(
    ports: FakePorts, videos: list[Video]
) -> None:
    deleting = Once(lambda: delete_video(ports, CAMPAIGN_ID, videos[0].video_hash), at=1)

    cleanup = cleanup_campaign(watched(ports, Hooks(before_call=deleting)), CAMPAIGN_ID, keep=0)

    assert {videos[1].video_hash, videos[2].video_hash} == hashes(cleanup)
    assert_agreement(ports)


def test_a_preview_is_repeated_after_a_concurrent_deletion(
    ports: FakePorts, videos: list[Video]
) -> None:
    deleting = Once(lambda: delete_video(ports, CAMPAIGN_ID, videos[0].video_hash), at=1)

    preview = preview_cleanup(watched(ports, Hooks(before_call=deleting)), CAMPAIGN_ID, keep=0)

    assert {videos[1].video_hash, videos[2].video_hash} == hashes(preview)


def test_all_campaigns_are_cleaned_up_together(ports: FakePorts) -> None:
    campaign_ids = [f"campaign-{number:03}" for number in range(101)]
    for campaign_id in campaign_ids:
        remake(ports, make(ports, campaign_id=campaign_id))

    cleanups = list(cleanup_all(ports, keep=0))

    assert [video.campaign_id for each in cleanups for video in each.videos] == campaign_ids
    assert {each.size_bytes for each in cleanups} == {CLIP_FACTS.size_bytes}
    assert all(video.is_current for video in ports.campaigns.videos.values())


def test_a_campaign_that_is_deleted_meanwhile_does_not_end_the_clean_up_of_all(
    ports: FakePorts,
) -> None:
    for campaign_id in ("autumn", "spring", "summer"):
        remake(ports, make(ports, campaign_id=campaign_id))

    cleanups = cleanup_all(ports, keep=0)
    first = next(cleanups)
    assert delete_campaign(ports, "spring")

    assert [video.campaign_id for each in (first, *cleanups) for video in each.videos] == [
        "autumn",
        "summer",
    ]


def test_an_unknown_campaign_cannot_be_cleaned_up(ports: FakePorts) -> None:
    with pytest.raises(CampaignNotFoundError):
        cleanup_campaign(ports, CAMPAIGN_ID, keep=0)
