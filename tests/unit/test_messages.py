import base64
import json

import pytest

from shared.domain.errors import InvalidRequestError
from shared.messages import body, decode, encode
from shared.ports.message_queue import VideoMessage

MESSAGE = VideoMessage(campaign_id="spring-launch", video_hash="0123456789abcdef")


def pubsub(data: object) -> dict[str, object]:
    return {
        "message": {"data": data, "attributes": {}, "messageId": "1", "publishTime": "now"},
        "subscription": "projects/p/subscriptions/s",
    }


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def fields(**changes: object) -> dict[str, object]:
    return pubsub(in_base64(json.dumps(json.loads(encode(MESSAGE)) | changes)))


def test_a_message_survives_the_wire() -> None:
    assert MESSAGE == decode(pubsub(base64.b64encode(encode(MESSAGE)).decode()))


def test_fields_of_a_later_version_are_passed_over() -> None:
    assert MESSAGE == decode(fields(trace="1-2-3"))


def test_the_body_is_whatever_was_published() -> None:
    assert b"any bytes" == body(pubsub(in_base64("any bytes")))


MALFORMED = {
    "nothing": None,
    "no object": "text",
    "no message": {},
    "a null message": {"message": None},
    "no data key": {"message": {"messageId": "1"}},
    "empty data": pubsub(""),
    "a number as data": pubsub(7),
    "no base64": pubsub("no base64!"),
    "no ASCII": pubsub("é"),
    "no JSON": pubsub(in_base64("no JSON")),
    "no UTF-8": pubsub(base64.b64encode(b"\xff\xfe\xfd").decode()),
    "a JSON array": pubsub(in_base64("[1, 2]")),
    "JSON without end": pubsub(in_base64("[" * 100_000)),
    "no campaign_id": fields(campaign_id=None),
    "a campaign_id that climbs": fields(campaign_id="../etc"),
    "a long campaign_id": fields(campaign_id="a" * 65),
    "no video_hash": fields(video_hash=None),
    "an upper-case video_hash": fields(video_hash="0123456789ABCDEF"),
    "a short video_hash": fields(video_hash="0123456789abcde"),
    "a line end after video_hash": fields(video_hash="0123456789abcdef\n"),
}


@pytest.mark.parametrize("cloud_event_data", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_message_is_an_invalid_request(cloud_event_data: object) -> None:
    with pytest.raises(InvalidRequestError, match=r"\.$"):
        decode(cloud_event_data)
