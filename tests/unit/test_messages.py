import json

import pytest

from shared.domain.errors import InvalidRequestError
from shared.domain.values import replace
from shared.domain.webhooks import DeliveryKey
from shared.messages import (
    PubSubMessage,
    decode,
    delivery_or_event_of,
    encode,
    encode_delivery,
    encode_event,
)
from shared.ports.message_queue import VideoMessage

VIDEO = VideoMessage(campaign_id="spring-launch", video_hash="0123456789abcdef")
CLIP = "videos/attempts/spring-launch/0123456789abcdef/1/15754933715511817930/sample_0.mp4"


def message(data: bytes) -> PubSubMessage:
    return PubSubMessage(message_id="1", data=data)


def fields(**changes: object) -> bytes:
    return json.dumps(json.loads(encode(VIDEO)) | changes).encode()


def announcement(path: str, event: str = "OBJECT_FINALIZE") -> PubSubMessage:
    """What a bucket publishes: the facts are attributes, the data is the object's resource."""
    attributes = {
        "eventType": event,
        "bucketId": "showreel-videos",
        "objectId": path,
        "payloadFormat": "JSON_API_V1",
    }
    return PubSubMessage(message_id="1", data=b'{"kind": "storage#object"}', attributes=attributes)


def test_a_message_survives_the_wire() -> None:
    assert decode(message(encode(VIDEO))) == VIDEO


def test_fields_of_a_newer_release_are_ignored() -> None:
    assert decode(message(fields(trace="1-2-3"))) == VIDEO


def test_the_announcement_of_a_clip_names_its_video() -> None:
    assert replace(VIDEO, clip_path=CLIP) == decode(announcement(CLIP))


@pytest.mark.parametrize(
    "announced",
    [
        announcement(CLIP, "OBJECT_DELETE"),
        announcement(CLIP, "OBJECT_METADATA_UPDATE"),
        announcement("videos/attempts/spring-launch/0123456789abcdef/1/manifest.json"),
        announcement("videos/generated/spring-launch/curr_0123456789abcdef_0.mp4"),
        announcement("videos/attempts/../0123456789abcdef/1/sample_0.mp4"),
        PubSubMessage(message_id="1", attributes={"eventType": "OBJECT_FINALIZE"}),
    ],
    ids=["gone", "metadata updated", "beside the clip", "elsewhere", "climbing", "nameless"],
)
def test_other_announcements_of_a_bucket_name_no_video(announced: PubSubMessage) -> None:
    assert decode(announced) is None


MALFORMED = {
    "no data": b"",
    "no JSON": b"no JSON",
    "no UTF-8": b"\xff\xfe\xfd",
    "a JSON array": b"[1, 2]",
    "JSON without end": b"[" * 100_000,
    "no campaign_id": fields(campaign_id=None),
    "a campaign_id that climbs": fields(campaign_id="../etc"),
    "a long campaign_id": fields(campaign_id="a" * 65),
    "no video_hash": fields(video_hash=None),
    "an upper-case video_hash": fields(video_hash="0123456789ABCDEF"),
    "a short video_hash": fields(video_hash="0123456789abcde"),
    "a line end after video_hash": fields(video_hash="0123456789abcdef\n"),
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_message_is_an_invalid_request(data: bytes) -> None:
    with pytest.raises(InvalidRequestError, match=r"\.$"):
        decode(message(data))


def test_the_messages_of_events_and_deliveries_survive_the_wire() -> None:
    key = DeliveryKey("wh_1", "evt_1")

    assert delivery_or_event_of(message(encode_event("evt_1"))) == "evt_1"
    assert key == delivery_or_event_of(message(encode_delivery(key)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"event_id": 1}',
        b'{"webhook_id": "wh_1"}',
        b'{"webhook_id": 2, "event_id": "e"}',
    ],
)
def test_other_messages_are_about_no_event(data: bytes) -> None:
    with pytest.raises(InvalidRequestError):
        delivery_or_event_of(message(data))
