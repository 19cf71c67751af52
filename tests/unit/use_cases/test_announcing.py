"""Every video that begins or ends is logged, and published as an event."""

import logging
from contextlib import suppress
from datetime import timedelta

import pytest

from shared.domain.errors import GeneratorBusyError, RetryLaterError
from shared.domain.video import Video
from shared.ports.message_queue import VideoMessage
from shared.ports.video_generator import Failed
from shared.use_cases.change_versions import cancel_video, delete_video, promote_video
from shared.use_cases.claims import Claim
from shared.use_cases.create_videos import create_videos
from tests.fakes.ports import FakePolicy, FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.scenes import (
    CAMPAIGN_ID,
    PRICE,
    a_request,
    give_up,
    make,
    remake,
    reserve,
    wake,
)
from tests.unit.use_cases.watching import Hooks, Once, watched

Event = tuple[str, str, str | None]


def events(log: pytest.LogCaptureFixture) -> list[Event]:
    return [
        (record.message, vars(record)["video_id"], vars(record)["failure"])
        for record in log.records
        if record.name == "shared.use_cases.announcing"
    ]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="shared")
    return caplog


def begun(video: Video) -> Event:
    return "video.reserved", video.id, None


def test_a_video_is_announced_when_it_begins_and_when_it_is_complete(
    ports: FakePorts, log: pytest.LogCaptureFixture
) -> None:
    video = make(ports)

    assert [begun(video), ("video.completed", video.id, None)] == events(log)


def test_a_failure_is_announced_with_its_code(
    ports: FakePorts, log: pytest.LogCaptureFixture
) -> None:
    filtered = Failed(code="content_filtered", message="A policy.")
    ports.generator.will(Script(ending=filtered))

    video = make(ports)

    assert [begun(video), ("video.failed", video.id, "content_filtered")] == events(log)


def test_changes_of_versions_are_announced(ports: FakePorts, log: pytest.LogCaptureFixture) -> None:
    old = make(ports)
    new = remake(ports, old)
    log.clear()

    promote_video(ports, CAMPAIGN_ID, old.video_hash)
    delete_video(ports, CAMPAIGN_ID, new.video_hash)

    assert [("video.promoted", old.id, None), ("video.deleted", new.id, None)] == events(log)


def test_a_video_that_is_promoted_twice_is_announced_once(
    ports: FakePorts, log: pytest.LogCaptureFixture
) -> None:
    old = make(ports)
    remake(ports, old)
    log.clear()

    for _ in range(2):
        promote_video(ports, CAMPAIGN_ID, old.video_hash)

    assert [("video.promoted", old.id, None)] == events(log)


def test_a_video_that_is_cancelled_twice_is_announced_once(
    ports: FakePorts, log: pytest.LogCaptureFixture
) -> None:
    video = reserve(ports)

    for _ in range(2):
        cancel_video(ports, CAMPAIGN_ID, video.video_hash)

    assert [begun(video), ("video.cancelled", video.id, "cancelled")] == events(log)


def test_a_waiting_video_that_is_deleted_is_announced_as_cancelled_first(
    ports: FakePorts, log: pytest.LogCaptureFixture
) -> None:
    video = reserve(ports)

    delete_video(ports, CAMPAIGN_ID, video.video_hash)

    assert [
        begun(video),
        ("video.cancelled", video.id, "cancelled"),
        ("video.deleted", video.id, "cancelled"),
    ] == events(log)


def test_a_video_that_was_cancelled_before_its_next_attempt_is_announced(
    ports: FakePorts, log: pytest.LogCaptureFixture
) -> None:
    ports.generator.will(Script(raises=GeneratorBusyError("429", retry_after=timedelta(0))))
    video = reserve(ports)

    def cancel_meanwhile() -> None:
        cancel_video(ports, CAMPAIGN_ID, video.video_hash)

    busy = watched(ports, Hooks(before_effect=Once(cancel_meanwhile, at=1)))
    with suppress(RetryLaterError):
        wake(busy, video)
    wake(ports, video)

    assert [begun(video), ("video.cancelled", video.id, "cancelled")] == events(log)


def test_a_repeat_does_not_announce_the_videos_of_its_claim_again(
    ports: FakePorts, log: pytest.LogCaptureFixture
) -> None:
    claim = Claim(name="1", digest="", claimed_at="2026-11-07T12:00:00+00:00")

    for _ in range(2):
        create_videos(ports, a_request("A red bicycle", "A blue one", claim=claim))

    assert [event for event, _, _ in events(log)] == ["video.reserved"] * 2


def test_the_messages_of_a_request_are_published_together(ports: FakePorts) -> None:
    sent: list[int] = []
    publish = ports.queue.publish

    def count_and_publish(*messages: VideoMessage) -> None:
        sent.append(len(messages))
        publish(*messages)

    ports.queue.publish = count_and_publish  # type: ignore[method-assign]
    create_videos(ports, a_request("A red bicycle", "A blue one", "A green one"))

    assert sent == [3]


def test_a_video_is_announced_with_its_price(
    ports: FakePorts, log: pytest.LogCaptureFixture
) -> None:
    reserve(ports)

    assert [float(PRICE)] == [vars(record)["usd"] for record in log.records]


def test_a_simulated_video_is_announced_as_free(log: pytest.LogCaptureFixture) -> None:
    reserve(FakePorts(policy=FakePolicy(simulated=True)))

    assert [vars(record)["usd"] for record in log.records] == [0.0]


def test_an_overdue_video_is_announced(ports: FakePorts, log: pytest.LogCaptureFixture) -> None:
    video = give_up(ports)

    (overdue,) = [record for record in log.records if record.message == "video.overdue"]
    assert overdue.levelno == logging.WARNING
    assert video.id == vars(overdue)["video_id"]
