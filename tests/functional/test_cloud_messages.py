"""Messages that are really published: what comes of them through Pub/Sub's own deliveries."""

import base64
import json

import pytest

from tests.eventually import eventually
from tests.functional.cloud_place import CloudPlace
from tests.functional.showreel import BOAT, KITE, Json, Showreel


@pytest.fixture
def family() -> str:
    """A folder has no topics."""
    return "emulated"


def publish(service: Showreel, body: Json) -> str:
    """Return the id of the message."""
    assert isinstance(service.place, CloudPlace)
    data = base64.b64encode(json.dumps(body).encode()).decode()
    return service.place.project.topics.publish("request-videos", {"data": data})


def receipt(service: Showreel, message_id: str) -> Json:
    path = f"videos/requests/{message_id}.json"
    eventually(lambda: path in service.files())
    return dict(json.loads(service.read(path)))


def test_a_published_request_creates_its_videos(showreel: Showreel) -> None:
    body = {"campaign_id": "spring", "prompts": [KITE, BOAT], "seconds": 4}

    video_ids = receipt(showreel, publish(showreel, body))["video_ids"]

    ended = [showreel.ended({"id": video_id}) for video_id in video_ids]
    assert [(video["prompt"], video["status"]) for video in ended] == [
        (KITE, "completed"),
        (BOAT, "completed"),
    ]
