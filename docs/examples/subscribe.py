"""Print the videos of one campaign as they complete, from a subscription with a filter.

It needs google-cloud-pubsub and your credentials, or PUBSUB_EMULATOR_HOST of `make run-emulated`:

    python docs/examples/subscribe.py my-project spring
"""

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from google.api_core.exceptions import AlreadyExists
from google.cloud.pubsub_v1 import SubscriberClient  # type: ignore[import-untyped]

Event = dict[str, Any]


def subscribe(project: str, campaign_id: str, take: Callable[[Event], object]) -> Any:  # noqa: ANN401  # The client has no types.
    """Call `take` with each event until the future that is returned is cancelled.

    Pub/Sub drops what does not match the filter, so it costs nothing. An event may come more
    than once, with the same `id`.
    """
    client = SubscriberClient()
    subscription = client.subscription_path(project, f"{campaign_id}-completed")
    wanted = f'attributes.type = "video.completed" AND attributes.campaign_id = "{campaign_id}"'
    topic = client.topic_path(project, "video-events")
    with suppress(AlreadyExists):
        client.create_subscription(request={"name": subscription, "topic": topic, "filter": wanted})

    def receive(message: Any) -> None:  # noqa: ANN401  # The client has no types.
        take(json.loads(message.data))
        message.ack()

    return client.subscribe(subscription, receive)


def show(event: Event) -> None:
    video = event["data"]
    print(event["id"], video["id"], video["content_url"], flush=True)


if __name__ == "__main__":
    future = subscribe(sys.argv[1], sys.argv[2], show)
    with suppress(KeyboardInterrupt):
        future.result()
    future.cancel()
