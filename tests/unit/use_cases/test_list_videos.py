"""Lists in pages, of which the last video may be removed before the next one is read."""

from datetime import timedelta

import pytest

from shared.domain.errors import VideoNotFoundError
from shared.domain.values import replace
from shared.domain.video import Video
from shared.ports.campaign_repository import SortOrder, VideoQuery
from shared.use_cases.change_versions import delete_video
from shared.use_cases.list_videos import list_videos
from tests.fakes.ports import POLICY, FakePorts
from tests.unit.use_cases.scenes import CAMPAIGN_ID, make, remake


def made(ports: FakePorts, count: int) -> list[Video]:
    first = make(ports)
    return [first, *(remake(ports, first) for _ in range(count - 1))]


@pytest.fixture
def ports() -> FakePorts:
    return FakePorts(policy=replace(POLICY, keep_historical=9))


@pytest.mark.parametrize("order", SortOrder)
def test_deleting_page_by_page_deletes_every_video(ports: FakePorts, order: SortOrder) -> None:
    made(ports, 5)
    query, after = VideoQuery(limit=2, order=order), None

    while (page := list_videos(ports, query, after=after)).videos:
        for video in page.videos:
            delete_video(ports, video.campaign_id, video.video_hash)
        after = page.videos[-1].id

    assert ports.campaigns.videos == {}


def test_history_that_is_dropped_between_two_pages_keeps_its_place(ports: FakePorts) -> None:
    old, new, *_ = made(ports, 3)
    ports.policy = replace(POLICY, keep_historical=0)
    ports.clock.advance(timedelta(seconds=1))
    newest = remake(ports, old)

    page = list_videos(ports, VideoQuery(order=SortOrder.ASCENDING), after=new.id)

    assert [newest.id] == [video.id for video in page.videos]


def test_a_hundred_removed_videos_are_remembered(ports: FakePorts) -> None:
    video = make(ports)
    campaign = ports.campaigns.get_campaign(CAMPAIGN_ID)
    for number in range(101):
        campaign = campaign.without_video(replace(video, video_hash=f"{number:016x}"))

    hashes = [each.video_hash for each in campaign.removed]
    assert [f"{number:016x}" for number in range(1, 101)] == hashes


@pytest.mark.parametrize("after", ["video_spring.0000000000000009", "video_a.b", "nonsense", ""])
def test_a_page_cannot_begin_after_an_unknown_video(ports: FakePorts, after: str) -> None:
    make(ports)

    with pytest.raises(VideoNotFoundError):
        list_videos(ports, VideoQuery(), after=after)
