"""generate_video as it is deployed: a push in, one step forward, an answer that Pub/Sub obeys."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cloudevents.conversion import to_binary, to_structured
from cloudevents.http import CloudEvent

from shared import bootstrap
from shared.messages import encode
from shared.ports.message_queue import VideoMessage
from tests.functional.showreel import KITE, Answer, Json, Showreel, function, serving

Push = Callable[[Showreel, bytes], Answer]


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Showreel]:
    with serving(tmp_path / "data") as service:
        yield service


@pytest.fixture
def worker(api: Showreel, monkeypatch: pytest.MonkeyPatch) -> Showreel:
    """generate_video over the data folder of `api`, and nobody else who takes videos forward."""
    worker = replace(api, app=function("generate_video"))
    monkeypatch.setattr(bootstrap, "_subscriber", None)
    return worker


def as_binary_event(worker: Showreel, data: bytes) -> Answer:
    """As Eventarc pushes."""
    headers, body = to_binary(event(data))
    return worker.send("POST", "/", headers=headers, data=body)


def as_structured_event(worker: Showreel, data: bytes) -> Answer:
    headers, body = to_structured(event(data))
    return worker.send("POST", "/", headers=headers, data=body)


def as_raw_push(worker: Showreel, data: bytes) -> Answer:
    """As a push subscription delivers that knows nothing of CloudEvents."""
    return worker.post("/", envelope(data))


def event(data: bytes) -> CloudEvent:
    attributes = {
        "type": "google.cloud.pubsub.topic.v1.messagePublished",
        "source": "//pubsub.googleapis.com/projects/p/topics/generate-video",
        "id": "1",
    }
    return CloudEvent(attributes, envelope(data))


def envelope(data: bytes) -> Json:
    message = {
        "data": base64.b64encode(data).decode(),
        "attributes": {},
        "messageId": "1",
        "publishTime": "2026-11-22T10:00:00Z",
    }
    return {"message": message, "subscription": "projects/p/subscriptions/s"}


def about(video: Json) -> bytes:
    video_hash = video["id"].partition(".")[2]
    return encode(VideoMessage(campaign_id=video["campaign_id"], video_hash=video_hash))


@pytest.mark.parametrize("push", [as_binary_event, as_structured_event, as_raw_push])
def test_each_delivery_takes_the_video_one_step_forward(
    api: Showreel, worker: Showreel, push: Push
) -> None:
    (video,) = api.create("spring", KITE)
    assert api.video(video)["phase"] == "reserved"

    assert push(worker, about(video)).status_code == 200
    assert api.video(video)["phase"] == "generating"

    assert push(worker, about(video)).status_code == 200
    assert api.video(video)["phase"] == "done"


def test_a_delivery_that_comes_once_more_changes_nothing(api: Showreel, worker: Showreel) -> None:
    (video,) = api.create("spring", KITE)
    for _ in range(2):
        as_binary_event(worker, about(video))
    before = api.snapshot()

    answer = as_binary_event(worker, about(video))

    assert answer.status_code == 200
    assert api.snapshot() == before


def test_a_message_about_an_unknown_video_is_acknowledged(worker: Showreel) -> None:
    unknown = {"campaign_id": "spring", "id": "video_spring.0123456789abcdef"}

    assert as_binary_event(worker, about(unknown)).status_code == 200


@pytest.mark.parametrize(
    "data",
    [b"", b"garbage", b"[]", b"{}", b'{"campaign_id": "../x", "video_hash": "0123456789abcdef"}'],
)
def test_garbage_is_acknowledged_and_logged(
    worker: Showreel, data: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = as_binary_event(worker, data)

    assert answer.status_code == 200
    assert "message.invalid" in capsys.readouterr().err


def test_a_busy_generator_asks_for_the_message_again_later(
    api: Showreel, worker: Showreel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNTHETIC_FAULTS", "rate_limited")
    (video,) = api.create("spring", KITE)

    answer = as_binary_event(worker, about(video))

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert api.video(video)["phase"] == "reserved"
