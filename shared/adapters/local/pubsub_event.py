"""The CloudEvent that Eventarc makes of a Pub/Sub message."""

import base64
from datetime import datetime

from cloudevents.http import CloudEvent

from shared.messages import encode
from shared.ports.message_queue import VideoMessage

TOPIC = "projects/local/topics/generate-video"
SUBSCRIPTION = "projects/local/subscriptions/generate-video"


def pubsub_event(message: VideoMessage, *, message_id: str, published_at: datetime) -> CloudEvent:
    time = published_at.isoformat().replace("+00:00", "Z")
    attributes = {
        "specversion": "1.0",
        "type": "google.cloud.pubsub.topic.v1.messagePublished",
        "source": f"//pubsub.googleapis.com/{TOPIC}",
        "id": message_id,
        "time": time,
        "datacontenttype": "application/json",
    }
    pubsub_message = {
        "data": base64.b64encode(encode(message)).decode(),
        "attributes": {},
        "messageId": message_id,
        "publishTime": time,
    }
    return CloudEvent(attributes, {"message": pubsub_message, "subscription": SUBSCRIPTION})
