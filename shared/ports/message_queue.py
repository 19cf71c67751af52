"""Messages: what asks for the next step of a video."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class VideoMessage:
    """Asks for one step of one video. Messages carry ids, never media."""

    campaign_id: str
    video_hash: str


class MessageQueue(Protocol):
    """Delivers each message at least once, in any order, now and then twice."""

    def publish(self, *messages: VideoMessage) -> None:
        """Send the messages together. Return when all of them are safe with the queue."""

    def publish_later(self, message: VideoMessage, delay: timedelta) -> None:
        """Deliver after `delay` where the queue can. Where it cannot, the tick does it."""
