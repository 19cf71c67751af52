"""The bucket's notifications to Pub/Sub about new objects."""

import json
import logging
from base64 import b64encode
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from urllib.request import Request, urlopen

from tools.emulated_cloud.bucket.refusals import Resource

_logger = logging.getLogger(__name__)
_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class Notification:
    """`pubsub_host` is the emulator's host and port; `topic` is a full name."""

    pubsub_host: str
    topic: str
    prefix: str = ""

    @property
    def config(self) -> dict[str, object]:
        """What the bucket says about it."""
        return {
            "topic": f"//pubsub.googleapis.com/{self.topic}",
            "payload_format": "JSON_API_V1",
            "event_types": ["OBJECT_FINALIZE"],
            "object_name_prefix": self.prefix,
        }


class Notifier:
    """Publishes in order, on its own thread: the bucket's answer does not wait for it."""

    def __init__(self) -> None:
        self.notifications: list[Notification] = []
        self._finalized: SimpleQueue[Resource | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="bucket-notifier", daemon=True)
        self._thread.start()

    def finalized(self, resource: Resource) -> None:
        self._finalized.put(resource)

    def close(self) -> None:
        self._finalized.put(None)
        self._thread.join(_SECONDS)

    def _run(self) -> None:
        while (resource := self._finalized.get()) is not None:
            for notification in self.notifications:
                if resource["name"].startswith(notification.prefix):
                    self._publish(notification, resource)

    def _publish(self, notification: Notification, resource: Resource) -> None:
        url = f"http://{notification.pubsub_host}/v1/{notification.topic}:publish"
        body = json.dumps({"messages": [_message(resource)]}).encode()
        request = Request(url, body, {"Content-Type": "application/json"})
        try:
            urlopen(request, timeout=_SECONDS).close()
        except OSError:
            _logger.warning("No notification of %s", resource["name"], exc_info=True)


def _message(resource: Resource) -> dict[str, object]:
    return {
        "data": b64encode(json.dumps(resource).encode()).decode(),
        "attributes": {
            "bucketId": resource["bucket"],
            "eventTime": resource["updated"],
            "eventType": "OBJECT_FINALIZE",
            "notificationConfig": f"projects/_/buckets/{resource['bucket']}/notificationConfigs/1",
            "objectGeneration": resource["generation"],
            "objectId": resource["name"],
            "payloadFormat": "JSON_API_V1",
        },
    }
