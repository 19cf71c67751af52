"""What the world is told: an event for every video that begins or ends."""

import logging

import pytest

from shared.domain.video import Video
from shared.ports.video_generator import Failed
from shared.use_cases.change_versions import delete_video, promote_video
from tests.fakes.ports import FakePolicy, FakePorts
from tests.fakes.video_generator import Script
from tests.unit.use_cases.scenes import CAMPAIGN_ID, PRICE, give_up, make, remake, reserve

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


def test_what_people_do_to_versions_is_announced(
    ports: FakePorts, log: pytest.LogCaptureFixture
) -> None:
    old = make(ports)
    new = remake(ports, old)
    log.clear()

    promote_video(ports, CAMPAIGN_ID, old.video_hash)
    delete_video(ports, CAMPAIGN_ID, new.video_hash)

    assert [("video.promoted", old.id, None), ("video.deleted", new.id, None)] == events(log)


def test_a_video_is_announced_with_its_price(
    ports: FakePorts, log: pytest.LogCaptureFixture
) -> None:
    reserve(ports)

    assert [float(PRICE)] == [vars(record)["usd"] for record in log.records]


def test_a_simulated_video_is_announced_as_free(log: pytest.LogCaptureFixture) -> None:
    reserve(FakePorts(policy=FakePolicy(simulated=True)))

    assert [0.0] == [vars(record)["usd"] for record in log.records]


def test_a_video_that_is_older_than_its_deadline_is_told_of(
    ports: FakePorts, log: pytest.LogCaptureFixture
) -> None:
    video = give_up(ports)

    (overdue,) = [record for record in log.records if record.message == "video.overdue"]
    assert logging.WARNING == overdue.levelno
    assert video.id == vars(overdue)["video_id"]
