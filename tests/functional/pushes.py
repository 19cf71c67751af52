"""Pub/Sub messages as a push subscription delivers them."""

import base64
from collections.abc import Mapping

from tests.functional.showreel import Answer, Json, Showreel

# Those of a push subscription with authentication.
_HEADERS = {
    "Authorization": "Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln",
    "User-Agent": "CloudPubSub-Google",
    "From": "noreply@google.com",
    "X-Cloud-Trace-Context": "0123456789abcdef0123456789abcdef/1;o=1",
}


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


def push(worker: Showreel, message: Json) -> Answer:
    """Send a message as a subscription with a dead letter topic wraps it."""
    envelope = {
        "message": message,
        "subscription": "projects/p/subscriptions/s",
        "deliveryAttempt": 1,
    }
    return worker.send("POST", "/", json=envelope, headers=_HEADERS)
