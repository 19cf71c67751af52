"""The JSON of many videos of one campaign, in a bucket that refuses frequent writes."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from shared.adapters.google.object_store import GCSObjectStore
from shared.adapters.record_mirror import ObjectStoreMirror
from shared.domain.errors import RetryLaterError
from shared.domain.schedule import TICK
from shared.domain.values import replace
from shared.domain.video import Phase
from shared.ports.message_queue import VideoMessage
from shared.use_cases.campaign_state import load_campaign_state
from shared.use_cases.create_videos import create_videos
from shared.use_cases.generate_video import generate_video
from shared.use_cases.mirroring import sweep_mirror
from tests.eventually import eventually
from tests.fakes.ports import POLICY, FakePorts
from tests.unit.use_cases.scenes import CAMPAIGN_ID, a_request

MANY = 16


@pytest.fixture
def ports(bucket_store: GCSObjectStore) -> FakePorts:
    ports = FakePorts(policy=replace(POLICY, max_videos_per_campaign=MANY))
    ports.mirror = ObjectStoreMirror(
        bucket_store.with_brief_calls(),
        gap=timedelta(seconds=1.5),
        now=lambda: datetime.now(UTC),
    )
    return ports


def step_all(ports: FakePorts) -> int:
    """Take a step of all videos at the same time, and return how many were postponed."""
    videos = ports.campaigns.get_all_videos(CAMPAIGN_ID).videos
    messages = [
        VideoMessage(campaign_id=CAMPAIGN_ID, video_hash=each.video_hash) for each in videos
    ]
    with ThreadPoolExecutor(MANY) as pool:
        return sum(pool.map(partial(postponements, ports), messages))


def postponements(ports: FakePorts, message: VideoMessage) -> int:
    """Deliver a message until its step is taken, and return how often it was postponed."""
    for count in range(MANY):
        with suppress(RetryLaterError):
            generate_video(ports, message)
            return count
    raise AssertionError("The step is never taken.")


def stale(ports: FakePorts) -> tuple[str, ...]:
    state = load_campaign_state(ports.campaigns, CAMPAIGN_ID)
    return ports.mirror.stale(ports.mirror.list(CAMPAIGN_ID), state)


def is_swept(ports: FakePorts) -> bool:
    sweep_mirror(ports, end=ports.now() + TICK)
    return not stale(ports)


def test_many_videos_that_end_together_are_paid_once_and_all_have_their_json(
    ports: FakePorts,
) -> None:
    """A step never waits for the campaign's file, which all of them change; a tick writes it."""
    create_videos(ports, a_request(*(f"Boat {number}" for number in range(MANY))))

    assert step_all(ports) == 0, "A submission waited for the bucket."
    assert len(ports.generator.submissions) == MANY
    ports.clock.advance(timedelta(minutes=2))
    step_all(ports)

    videos = ports.campaigns.get_all_videos(CAMPAIGN_ID).videos
    assert {each.phase for each in videos} == {Phase.DONE}
    assert len(ports.generator.submissions) == MANY
    assert eventually(lambda: is_swept(ports))
