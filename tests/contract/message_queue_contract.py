"""What every message queue keeps."""

from collections.abc import Callable
from datetime import timedelta
from threading import Lock

import pytest

from shared.domain.errors import RetryLaterError
from shared.domain.events import budget_warning
from shared.domain.money import ZERO
from shared.domain.webhooks import DeliveryKey
from shared.ports.message_queue import MessageQueue, VideoMessage
from tests.eventually import eventually
from tests.unit.domain.builders import NOW

FIRST = VideoMessage(campaign_id="spring", video_hash="0123456789abcdef")
SECOND = VideoMessage(campaign_id="spring", video_hash="fedcba9876543210")

BATCH_ID = "batch_0123456789abcdef"

Batches = Callable[[], list[str]]
Told = Callable[[], list[str | DeliveryKey]]
Received = Callable[[], list[VideoMessage]]


class Subscriber:
    """Notes what is delivered, and refuses as often as it is told to."""

    def __init__(self) -> None:
        self.received: list[VideoMessage] = []
        self.batches: list[str] = []
        self.events: list[str | DeliveryKey] = []
        self.refusals = 0
        self._lock = Lock()

    def take(self, message: VideoMessage) -> None:
        self.received.append(message)
        self._refuse()

    def take_batch(self, batch_id: str) -> None:
        self.batches.append(batch_id)
        self._refuse()

    def take_event(self, event: str | DeliveryKey) -> None:
        self.events.append(event)
        self._refuse()

    def _refuse(self) -> None:
        """Threads deliver: two of them must not count one refusal twice."""
        with self._lock:
            refuses = self.refusals > 0
            self.refusals -= refuses
        if refuses:
            raise RetryLaterError("Not now.", retry_after=timedelta())


class MessageQueueContract:
    """A subclass gives the fixture `queue`, which delivers to `subscriber`."""

    @pytest.fixture
    def subscriber(self) -> Subscriber:
        return Subscriber()

    @pytest.fixture
    def received(self, subscriber: Subscriber) -> Received:
        """Where messages have to be fetched, a subclass does so here."""
        return lambda: subscriber.received

    @pytest.fixture
    def batches(self, subscriber: Subscriber) -> Batches:
        """The same for the messages of batches."""
        return lambda: subscriber.batches

    @pytest.fixture
    def told(self, subscriber: Subscriber) -> Told:
        """The same for the messages of events and of deliveries."""
        return lambda: subscriber.events

    def test_published_messages_are_delivered(
        self, queue: MessageQueue, received: Received
    ) -> None:
        queue.publish(FIRST, SECOND)

        eventually(lambda: {FIRST, SECOND} == set(received()))

    def test_a_message_that_was_delivered_can_be_published_again(
        self, queue: MessageQueue, subscriber: Subscriber, received: Received
    ) -> None:
        queue.publish(FIRST)
        eventually(lambda: FIRST in received())

        subscriber.received.clear()
        queue.publish(FIRST)

        eventually(lambda: FIRST in received())

    def test_a_refused_message_is_redelivered(
        self, queue: MessageQueue, subscriber: Subscriber, received: Received
    ) -> None:
        subscriber.refusals = 2

        queue.publish(FIRST)

        eventually(lambda: received()[:3] == [FIRST] * 3)

    def test_the_message_of_a_batch_is_delivered_until_it_is_taken(
        self, queue: MessageQueue, subscriber: Subscriber, batches: Batches
    ) -> None:
        subscriber.refusals = 1

        queue.publish_batch(BATCH_ID)

        eventually(lambda: batches() == [BATCH_ID] * 2)

    def test_the_messages_of_events_are_delivered_until_they_are_taken(
        self, queue: MessageQueue, subscriber: Subscriber, told: Told
    ) -> None:
        event = budget_warning("spring", used=ZERO, budget=ZERO, at=NOW)
        key = DeliveryKey(f"wh_{'0' * 24}", event.id)
        subscriber.refusals = 1

        queue.publish_events(event)
        queue.publish_deliveries(key)

        eventually(lambda: {event.id, key} == {*told()} and len(told()) >= 3)

    def test_a_delayed_message_is_not_delivered_early(
        self, queue: MessageQueue, received: Received
    ) -> None:
        queue.publish_later(FIRST, timedelta(hours=1))
        queue.publish(SECOND)

        eventually(lambda: SECOND in received())

        assert FIRST not in received()
