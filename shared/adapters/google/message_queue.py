"""Messages through a topic of Pub/Sub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.api_core.exceptions import (
    Aborted,
    Cancelled,
    DeadlineExceeded,
    InternalServerError,
    ResourceExhausted,
    ServiceUnavailable,
    Unknown,
)
from google.api_core.retry import Retry, if_exception_type
from google.api_core.timeout import ConstantTimeout
from google.cloud.pubsub_v1 import PublisherClient  # type: ignore[import-untyped]
from google.cloud.pubsub_v1.types import (  # type: ignore[import-untyped]
    BatchSettings,
    PublisherOptions,
)

from shared.adapters.google.google_errors import google_errors
from shared.building import built_once
from shared.domain.schedule import LAST_RETRY, TRY
from shared.messages import encode, encode_batch, encode_delivery, encode_event, encode_view

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import timedelta

    from shared.domain.events import Event
    from shared.domain.plays import View
    from shared.domain.webhooks import DeliveryKey
    from shared.ports.message_queue import VideoMessage

# The errors that Google's own client retries.
_PASSING = if_exception_type(
    Aborted,
    Cancelled,
    DeadlineExceeded,
    InternalServerError,
    ResourceExhausted,
    ServiceUnavailable,
    Unknown,
)
_TRY_SECONDS = TRY.total_seconds()
_RETRY_SECONDS = LAST_RETRY.total_seconds()


class PubSubMessageQueue:
    """Publishes to existing topics, whose subscriptions deliver the messages.

    Uses the environment's credentials, or none with PUBSUB_EMULATOR_HOST. Connects when the first
    message is published, because the platform forks the process before that.
    """

    def __init__(
        self,
        *,
        project: str,
        topic: str,
        batch_topic: str,
        delivery_topic: str,
        event_topic: str,
        plays_topic: str = "",
    ) -> None:
        self._topic = f"projects/{project}/topics/{topic}"
        self._batch_topic = f"projects/{project}/topics/{batch_topic}"
        self._delivery_topic = f"projects/{project}/topics/{delivery_topic}"
        self._event_topic = f"projects/{project}/topics/{event_topic}"
        self._plays_topic = f"projects/{project}/topics/{plays_topic}"

    def publish(self, *messages: VideoMessage) -> None:
        self._publish(self._topic, map(encode, messages))

    def publish_batch(self, batch_id: str) -> None:
        self._publish(self._batch_topic, (encode_batch(batch_id),))

    def publish_events(self, *events: Event) -> None:
        self._publish(self._delivery_topic, (encode_event(each.id) for each in events))

    def publish_deliveries(self, *keys: DeliveryKey) -> None:
        self._publish(self._delivery_topic, map(encode_delivery, keys))

    def publish_delivery_later(self, key: DeliveryKey, delay: timedelta) -> None:
        """Do nothing: the tick finds a delivery that is due."""

    def publish_to_topic(self, event: Event, body: bytes) -> None:
        """A subscription can filter by what an event is about."""
        about = {
            "type": event.type.value,
            "campaign_id": event.campaign_id,
            "video_id": event.video_id,
            "batch_id": event.batch_id,
        }
        attributes = {name: value for name, value in about.items() if value}
        self._publish(self._event_topic, (body,), attributes)

    def publish_view(self, view_id: str, view: View) -> None:
        self._publish(self._plays_topic, (encode_view(view_id, view),))

    def _publish(
        self, topic: str, contents: Iterable[bytes], attributes: Mapping[str, str] | None = None
    ) -> None:
        with google_errors("Pub/Sub", permission="pubsub.topics.publish"):
            publisher = self._publisher
            sent = [publisher.publish(topic, content, **(attributes or {})) for content in contents]
            for published in sent:
                published.result(timeout=_RETRY_SECONDS + 2 * _TRY_SECONDS)

    def publish_later(self, message: VideoMessage, delay: timedelta) -> None:
        """Do nothing: the bucket announces the clip, and the tick wakes a video that is due."""

    @built_once
    def _publisher(self) -> PublisherClient:
        return PublisherClient(
            # Waiting for a fuller batch would cost each message 10 ms.
            batch_settings=BatchSettings(max_messages=1),
            publisher_options=PublisherOptions(
                retry=Retry(predicate=_PASSING, initial=0.1, maximum=2.0, timeout=_RETRY_SECONDS),
                # A plain number would be a limit for all tries together, and restart at its end.
                timeout=ConstantTimeout(_TRY_SECONDS),  # type: ignore[no-untyped-call]
            ),
        )
