"""No video is paid for if its clip could not be stored, and the error is reported."""

import logging
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from shared.domain.errors import (
    RetryLaterError,
    StorageError,
    StorageFullError,
    UnavailableError,
)
from shared.domain.video import Phase
from shared.ports.message_queue import VideoMessage
from shared.ports.object_store import PutMode
from shared.use_cases.create_videos import create_videos
from shared.use_cases.generate_video import generate_video
from shared.use_cases.storage_probe import ObjectStoreProbe
from tests.fakes.ports import FakePorts
from tests.unit.use_cases.scenes import CAMPAIGN_ID, QUEUE_LIMIT, a_request
from tools.in_memory.object_store import InMemoryObjectStore

PROBES = "videos/maintenance/probes"


class Refusing(InMemoryObjectStore):
    """Cannot do one thing, as where a right is missing or a bucket has a retention policy."""

    refused = ""

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401  # Any method.
        if name == object.__getattribute__(self, "refused"):
            return self._refuse
        return super().__getattribute__(name)

    def _refuse(self, *_: object, **__: object) -> None:
        raise StorageError("Cloud Storage refused a request: it takes storage.objects.x.")


class Overwriting(InMemoryObjectStore):
    """Takes a create for an overwrite, as a store does that knows of no conditions."""

    def put(self, path: str, content: BytesIO, **how: Any) -> None:  # type: ignore[override]  # noqa: ANN401
        super().put(path, content, **{**how, "mode": PutMode.OVERWRITE})


class Full(InMemoryObjectStore):
    free = 0

    def free_bytes(self) -> int:
        return self.free


def probe_of(ports: FakePorts, objects: InMemoryObjectStore) -> ObjectStoreProbe:
    ports.storage_probe = ObjectStoreProbe(objects, ports.now)
    return ports.storage_probe


def first_message(ports: FakePorts) -> VideoMessage:
    return ports.queue.messages[0]


def test_a_store_that_passes_has_no_error_and_no_test_objects_left(
    ports: FakePorts,
) -> None:
    ports.storage_probe.require(1)

    assert (ports.storage_probe.last_error, ports.objects.objects) == ("", {})


@pytest.mark.parametrize("refused", ["put", "rename", "copy", "open", "list", "delete"])
def test_a_refused_object_operation_prevents_the_submission(ports: FakePorts, refused: str) -> None:
    objects = Refusing(ports.clock)
    objects.refused = refused
    probe = probe_of(ports, objects)
    (created,) = create_videos(ports, a_request("A kite"))

    with pytest.raises(RetryLaterError, match=r"Nothing is submitted.* storage\.objects\.x"):
        generate_video(ports, first_message(ports))

    assert ports.generator.submissions == []
    assert ports.campaigns.get_video(CAMPAIGN_ID, created.video.video_hash).attempts == ()
    assert "storage.objects.x" in probe.last_error


def test_a_store_that_overwrites_existing_objects_is_refused(ports: FakePorts) -> None:
    probe = probe_of(ports, Overwriting(ports.clock))

    with pytest.raises(UnavailableError, match="created an object that existed"):
        probe.require(1)


def test_the_store_is_probed_once_in_a_process(ports: FakePorts) -> None:
    objects = Refusing(ports.clock)
    probe = probe_of(ports, objects)
    probe.require(1)
    objects.refused = "put"

    probe.require(1)


def test_a_video_is_generated_once_the_store_works_again(ports: FakePorts) -> None:
    objects = Refusing(ports.clock)
    objects.refused = "rename"
    probe = probe_of(ports, objects)
    create_videos(ports, a_request("A kite"))
    message = first_message(ports)
    with pytest.raises(RetryLaterError):
        generate_video(ports, message)
    objects.refused = ""

    generate_video(ports, message)

    assert (len(ports.generator.submissions), probe.last_error) == (1, "")


def test_an_error_is_logged_once(ports: FakePorts, caplog: pytest.LogCaptureFixture) -> None:
    probe = probe_of(ports, Full(ports.clock))

    for _ in range(3):
        with pytest.raises(StorageFullError):
            probe.require(1_000_000)

    logged = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert len(logged) == 1
    assert "0 MB are free, and 1 MB are needed. Free some space." in logged[0].getMessage()


def test_test_objects_of_an_interrupted_probe_are_removed_by_a_later_one(ports: FakePorts) -> None:
    left = f"{PROBES}/abandoned.1.txt"
    ports.objects.put(left, BytesIO(b"probe"), content_type="text/plain")

    ports.storage_probe.require(1)
    assert left in ports.objects.objects

    ports.clock.advance(timedelta(hours=2))
    probe_of(ports, ports.objects).require(1)
    assert left not in ports.objects.objects


def test_without_room_nothing_is_reserved(ports: FakePorts) -> None:
    probe_of(ports, Full(ports.clock))

    with pytest.raises(StorageFullError, match="no room for another clip"):
        create_videos(ports, a_request("A kite"))

    assert ports.campaigns.campaigns == {}


def test_a_campaign_takes_the_room_of_all_its_videos(ports: FakePorts) -> None:
    objects = Full(ports.clock)
    objects.free = 100_000_000
    probe_of(ports, objects)

    with pytest.raises(StorageFullError, match="128 MB are needed"):
        create_videos(ports, a_request("A boat", "A gull"))
    create_videos(ports, a_request("A kite"))


def test_a_disk_that_fills_up_before_the_submission_prevents_it(
    ports: FakePorts,
) -> None:
    objects = Full(ports.clock)
    objects.free = 100_000_000
    probe_of(ports, objects)
    (created,) = create_videos(ports, a_request("A kite"))
    objects.free = 0
    message = first_message(ports)

    with pytest.raises(RetryLaterError):
        generate_video(ports, message)
    ports.clock.advance(QUEUE_LIMIT)
    generate_video(ports, message)

    video = ports.campaigns.get_video(CAMPAIGN_ID, created.video.video_hash)
    assert video.phase is Phase.FAILED
    assert video.failure is not None
    assert video.failure.code == "storage_full"
    assert "Free some space" in video.failure.message
    assert ports.generator.submissions == []
    assert ports.campaigns.get_campaign(CAMPAIGN_ID).money.committed == 0


def test_a_store_that_never_worked_is_named_at_the_deadline(ports: FakePorts) -> None:
    objects = Refusing(ports.clock)
    objects.refused = "copy"
    probe_of(ports, objects)
    (created,) = create_videos(ports, a_request("A kite"))
    ports.clock.advance(QUEUE_LIMIT)

    generate_video(ports, first_message(ports))

    failure = ports.campaigns.get_video(CAMPAIGN_ID, created.video.video_hash).failure
    assert failure is not None
    assert (failure.code, "storage.objects.x" in failure.message) == ("storage_error", True)
