"""The queue, as a file that survives every process: what Pub/Sub is to functions."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from shared.domain.events import Event
from shared.domain.plays import View
from shared.domain.webhooks import DeliveryKey
from shared.ports import Clock
from shared.ports.message_queue import VideoMessage


@dataclass(frozen=True, order=True)
class Letter:
    """A message, and when it may be delivered. Only that of a video has a campaign.

    `turn` is empty for a message without a turn.
    """

    due_at: datetime
    campaign_id: str
    video_hash: str
    turn: str = ""

    @property
    def message(self) -> VideoMessage:
        return VideoMessage(
            campaign_id=self.campaign_id,
            video_hash=self.video_hash,
            turn=datetime.fromisoformat(self.turn) if self.turn else None,
        )


@dataclass(frozen=True)
class Mailbox:
    """Every message that was ever published. The deliverer keeps its own position."""

    path: Path
    now: Clock

    def publish(self, *messages: VideoMessage) -> None:
        for message in messages:
            self.publish_later(message, timedelta())

    def publish_later(self, message: VideoMessage, delay: timedelta) -> None:
        due_at = (self.now() + delay).isoformat()
        # A write at the end of the file is atomic, also while other processes write.
        turn = message.turn.isoformat() if message.turn else ""
        entry = [due_at, message.campaign_id, message.video_hash, turn]
        with self.path.open("a") as file:
            file.write(json.dumps(entry) + "\n")

    def publish_batch(self, batch_id: str) -> None:
        """Publish a message that has the id in place of a hash, and no campaign."""
        self.publish(VideoMessage(campaign_id="", video_hash=batch_id))

    def publish_events(self, *events: Event) -> None:
        for event in events:
            self.publish(VideoMessage(campaign_id="", video_hash=event.id))

    def publish_deliveries(self, *keys: DeliveryKey) -> None:
        for key in keys:
            self.publish_delivery_later(key, timedelta())

    def publish_to_topic(self, event: Event, body: bytes) -> None:
        """Leave the topic to its own tests."""

    def publish_view(self, view_id: str, view: View) -> None:
        """Leave this topic to its own tests, too."""

    def publish_delivery_later(self, key: DeliveryKey, delay: timedelta) -> None:
        """Publish a message that has both ids in place of a hash, and no campaign."""
        self.publish_later(VideoMessage(campaign_id="", video_hash="/".join(key)), delay)

    def letters(self, *, after: int) -> tuple[Letter, ...]:
        """Return what was published after the first so many."""
        if not self.path.exists():
            return ()
        lines = self.path.read_text().splitlines()[after:]
        entries = (json.loads(line) for line in lines)
        return tuple(Letter(datetime.fromisoformat(at), *ids) for at, *ids in entries)


class Topic(Mailbox):
    """The same without delays: Pub/Sub has none, and leaves them to the bucket and to the tick."""

    def publish_later(self, message: VideoMessage, delay: timedelta) -> None:
        if not delay:
            super().publish_later(message, delay)
