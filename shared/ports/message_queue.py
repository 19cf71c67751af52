"""Messages: each requests a step of a video or batch, or dispatches or delivers an event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from shared.domain.events import Event
    from shared.domain.plays import View
    from shared.domain.webhooks import DeliveryKey


class VideoMessage(Struct, frozen=True, kw_only=True):
    """Requests one step of one video. Messages carry ids and paths, never media.

    `clip_path` is an object that the bucket announced, under the video's attempts. `turn` is when
    the video was given its turn to be submitted; without one, it takes its own if it can.
    """

    campaign_id: str
    video_hash: str
    clip_path: str | None = None
    turn: datetime | None = None


class MessageQueue(Protocol):
    """Delivers each message at least once, in any order, sometimes twice."""

    def publish(self, *messages: VideoMessage) -> None:
        """Send the messages together. Return once the queue has durably accepted all of them."""

    def publish_later(self, message: VideoMessage, delay: timedelta) -> None:
        """Deliver after `delay`, or not at all if the queue cannot: the tick finds the video."""

    def publish_batch(self, batch_id: str) -> None:
        """Send a message that requests the next lines of a batch, as `publish` does."""

    def publish_events(self, *events: Event) -> None:
        """Send messages that request that these events be dispatched, as `publish` does."""

    def publish_deliveries(self, *keys: DeliveryKey) -> None:
        """Send messages that request that these deliveries be tried, as `publish` does."""

    def publish_to_topic(self, event: Event, body: bytes) -> None:
        """Send an event to the topic that callers subscribe to. A laptop has none."""

    def publish_view(self, view_id: str, view: View) -> None:
        """Send what is known of a view to the topic of the export. A laptop has none."""

    def publish_delivery_later(self, key: DeliveryKey, delay: timedelta) -> None:
        """Request it after `delay`, or not at all if the queue cannot: the tick finds it."""
