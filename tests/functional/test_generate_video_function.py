"""generate_video as it is deployed: a push in, one step forward, an answer that Pub/Sub obeys."""

from dataclasses import replace
from io import BytesIO

import pytest

from shared import bootstrap
from shared.domain.storage_layout import attempt_prefix
from shared.messages import encode
from shared.ports.message_queue import VideoMessage
from tests.functional.pushes import a_message, push
from tests.functional.showreel import KITE, Json, Showreel, function
from tools.emulated_cloud.vertex.clips import plain_clip


@pytest.fixture
def worker(api: Showreel) -> Showreel:
    """generate_video beside `api`; no other process takes videos forward."""
    return replace(api, app=function("generate_video"))


def about(video: Json) -> Json:
    video_hash = video["id"].partition(".")[2]
    return a_message(encode(VideoMessage(campaign_id=video["campaign_id"], video_hash=video_hash)))


def announcing(path: str) -> Json:
    """What a bucket publishes of a new object, without its description."""
    attributes = {"eventType": "OBJECT_FINALIZE", "bucketId": "videos", "objectId": path}
    return a_message(None, attributes=attributes)


def test_each_delivery_takes_the_video_one_step_forward(api: Showreel, worker: Showreel) -> None:
    (video,) = api.create("spring", KITE)
    assert api.video(video)["phase"] == "reserved"

    assert push(worker, about(video)).status_code == 200
    assert api.video(video)["phase"] == "generating"

    assert push(worker, about(video)).status_code == 200
    assert api.video(video)["phase"] == "done"


def test_the_announcement_of_a_clip_takes_its_video_forward(
    api: Showreel, worker: Showreel
) -> None:
    (video,) = api.create("spring", KITE)
    push(worker, about(video))
    folder = attempt_prefix("spring", video["id"].partition(".")[2], 1)
    path = f"{folder}157549337/sample_0.mp4"
    clip = plain_clip("", {"durationSeconds": 4})
    bootstrap.ports().objects.put(path, BytesIO(clip), content_type="video/mp4")

    assert push(worker, announcing(path)).status_code == 200

    assert api.video(video)["phase"] == "done"


@pytest.mark.parametrize(
    "data",
    [
        None,
        b"",
        b"garbage",
        b"[]",
        b"{}",
        b'{"campaign_id": "../x", "video_hash": "0123456789abcdef"}',
    ],
)
def test_a_malformed_message_is_acknowledged_and_logged(
    worker: Showreel, data: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = push(worker, a_message(data))

    assert answer.status_code == 200
    assert "message.invalid" in capsys.readouterr().err
