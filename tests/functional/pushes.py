"""Pub/Sub messages as a push subscription delivers them."""

import base64
from collections.abc import Mapping

from tests.functional.showreel import Answer, Json, Showreel


def a_message(
    data: bytes | None, *, message_id: str = "1", attributes: Mapping[str, str] | None = None
) -> Json:
    """Without data the key is missing, as in production."""
    message = {
        "attributes": attributes or {},
        "messageId": message_id,
        "message_id": message_id,
        "publishTime": "2026-11-22T10:00:00.101Z",
        "publish_time": "2026-11-22T10:00:00.101Z",
    }
    return message if data is None else message | {"data": base64.b64encode(data).decode()}


def an_envelope(message: Json) -> Json:
    """Wrap a message as a subscription with a dead letter topic does."""
    return {
        "message": message,
        "subscription": "projects/p/subscriptions/s",
        "deliveryAttempt": 1,
    }


def push(worker: Showreel, message: Json) -> Answer:
    return worker.post("/", an_envelope(message))
