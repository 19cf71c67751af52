"""Topics and push subscriptions in the Pub/Sub emulator, over its REST interface."""

import json
import urllib.request
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

# Shorter than in production, and so with more deliveries.
_BACKOFF = {"minimumBackoff": "1s", "maximumBackoff": "5s"}
_MOST_DELIVERIES = 100


@dataclass(frozen=True, kw_only=True)
class Topics:
    """The topics of one project; `host` is `address:port` of the emulator."""

    host: str
    project: str

    def create(self, topic: str) -> None:
        self._call("PUT", f"topics/{topic}", {})

    def push_to(
        self,
        url: str,
        *,
        topic: str,
        subscription: str,
        ack_seconds: int = 10,
        dead_letters: str | None = None,
        deliveries: int = _MOST_DELIVERIES,
    ) -> None:
        """Post every message of `topic` to `url`; refused ones again, up to `dead_letters`."""
        body: Json = {
            "topic": self._name(f"topics/{topic}"),
            "pushConfig": {"pushEndpoint": url},
            "ackDeadlineSeconds": ack_seconds,
            "retryPolicy": _BACKOFF,
        }
        if dead_letters is not None:
            body["deadLetterPolicy"] = {
                "deadLetterTopic": self._name(f"topics/{dead_letters}"),
                "maxDeliveryAttempts": deliveries,
            }
        self._call("PUT", f"subscriptions/{subscription}", body)

    def keep(self, topic: str, *, subscription: str) -> None:
        """Keep the messages of `topic` for a reader."""
        self._call("PUT", f"subscriptions/{subscription}", {"topic": self._name(f"topics/{topic}")})

    def delete_subscription(self, subscription: str) -> None:
        self._call("DELETE", f"subscriptions/{subscription}")

    def publish(self, topic: str, message: Json) -> str:
        """Return the id of the message."""
        answer = self._call("POST", f"topics/{topic}:publish", {"messages": [message]})
        return str(answer["messageIds"][0])

    def _name(self, path: str) -> str:
        return f"projects/{self.project}/{path}"

    def _call(self, method: str, path: str, body: Json | None = None) -> Json:
        request = urllib.request.Request(
            f"http://{self.host}/v1/{self._name(path)}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            answered: Json = json.load(answer)
            return answered
