"""A message queue that delivers when a test says."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from shared.domain.errors import RetryLaterError
from shared.domain.events import Event
from shared.domain.plays import View
from shared.domain.webhooks import DeliveryKey
from shared.ports import Clock
from shared.ports.message_queue import VideoMessage

MAX_DELIVERIES = 1_000


class InMemoryMessageQueue:
    """Holds messages until `deliver_all`. `now` says which delays are over."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self.batches: list[str] = []
        self.events: list[Event] = []
        self.topic: list[tuple[Event, bytes]] = []
        self.views: list[tuple[str, View]] = []
        self.deliveries: list[tuple[datetime, DeliveryKey]] = []
        self._waiting: list[tuple[datetime, VideoMessage]] = []

    def publish(self, *messages: VideoMessage) -> None:
        for message in messages:
            self.publish_later(message, timedelta())

    def publish_later(self, message: VideoMessage, delay: timedelta) -> None:
        self._waiting.append((self._now() + delay, message))

    def publish_batch(self, batch_id: str) -> None:
        self.batches.append(batch_id)

    def deliver_batches(self, subscriber: Callable[[str], object]) -> None:
        """Deliver the messages of batches, also what is published meanwhile, and refused ones."""
        while self.batches:
            with suppress(RetryLaterError):
                subscriber(self.batches[0])
                self.batches.pop(0)

    def publish_events(self, *events: Event) -> None:
        self.events += events

    def publish_to_topic(self, event: Event, body: bytes) -> None:
        self.topic.append((event, body))

    def publish_view(self, view_id: str, view: View) -> None:
        self.views.append((view_id, view))

    def publish_deliveries(self, *keys: DeliveryKey) -> None:
        for key in keys:
            self.publish_delivery_later(key, timedelta())

    def publish_delivery_later(self, key: DeliveryKey, delay: timedelta) -> None:
        self.deliveries.append((self._now() + delay, key))

    def deliver_events(self, subscriber: Callable[[str], object]) -> None:
        """Deliver the messages of events; one whose subscriber raises stays."""
        while self.events:
            subscriber(self.events[0].id)
            self.events.pop(0)

    def send_due(self, subscriber: Callable[[DeliveryKey], object]) -> None:
        """Deliver the messages of deliveries that are due now."""
        waiting = self.deliveries
        due = {key: None for at, key in waiting if at <= self._now()}
        self.deliveries = [each for each in waiting if each[0] > self._now()]
        for key in due:
            subscriber(key)

    @property
    def messages(self) -> tuple[VideoMessage, ...]:
        """Those that wait, in the order in which they were published."""
        return tuple(message for _, message in self._waiting)

    @property
    def next_at(self) -> datetime | None:
        """When the next delivery is due, if there is one."""
        return min((at for at, _ in self._waiting), default=None)

    def deliver_all(self, subscriber: Callable[[VideoMessage], object]) -> int:
        """Deliver what is due, also what is published meanwhile, and return how many that were.

        A RetryLaterError brings its message back when it says. Any other error reaches the test,
        and leaves its message waiting.
        """
        for deliveries in range(MAX_DELIVERIES):
            if not self._deliver_next(subscriber):
                return deliveries
        raise AssertionError(f"The queue is not empty after {MAX_DELIVERIES} deliveries.")

    def _deliver_next(self, subscriber: Callable[[VideoMessage], object]) -> bool:
        due = next((each for each in self._waiting if each[0] <= self._now()), None)
        if due is None:
            return False
        _, message = due
        try:
            subscriber(message)
        except RetryLaterError as error:
            self.publish_later(message, error.retry_after)
        self._waiting.remove(due)
        return True
