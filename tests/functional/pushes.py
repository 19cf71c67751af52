"""The forms in which a Pub/Sub message reaches a function."""

import base64
from collections.abc import Callable, Mapping
from typing import Any

from cloudevents.conversion import to_binary, to_structured
from cloudevents.http import CloudEvent

from tests.functional.showreel import Answer, Json, Showreel

Push = Callable[[Showreel, Json], Answer]


def a_message(
    data: bytes | None, *, message_id: str = "1", attributes: Mapping[str, str] | None = None
) -> Json:
    """Without data the key is missing, as in production."""
    message = {
        "attributes": attributes or {},
        "messageId": message_id,
        "publishTime": "2026-11-22T10:00:00Z",
    }
    return message if data is None else message | {"data": base64.b64encode(data).decode()}


def as_raw_push(worker: Showreel, message: Json) -> Answer:
    """As a push subscription delivers that knows nothing of CloudEvents."""
    return worker.post("/", _envelope(message))


def as_binary_event(worker: Showreel, message: Json) -> Answer:
    """As Eventarc pushes."""
    headers, body = to_binary(_event(message))
    return worker.send("POST", "/", headers=headers, data=body)


def as_structured_event(worker: Showreel, message: Json) -> Answer:
    headers, body = to_structured(_event(message))
    return worker.send("POST", "/", headers=headers, data=body)


EVERY_FORM: tuple[Push, ...] = (as_raw_push, as_binary_event, as_structured_event)


def _envelope(message: Json) -> dict[str, Any]:
    return {"message": message, "subscription": "projects/p/subscriptions/s"}


def _event(message: Json) -> CloudEvent:
    attributes = {
        "type": "google.cloud.pubsub.topic.v1.messagePublished",
        "source": "//pubsub.googleapis.com/projects/p/topics/generate-video",
        "id": message["messageId"],
    }
    return CloudEvent(attributes, _envelope(message))
