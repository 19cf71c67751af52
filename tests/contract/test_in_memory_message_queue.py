from contextlib import suppress
from datetime import UTC, datetime

import pytest

from shared.domain.errors import RetryLaterError
from shared.domain.webhooks import DeliveryKey
from shared.ports.message_queue import VideoMessage
from tests.contract.message_queue_contract import (
    Batches,
    MessageQueueContract,
    Received,
    Subscriber,
    Told,
)
from tests.fakes.message_queue import InMemoryMessageQueue

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class TestInMemoryMessageQueue(MessageQueueContract):
    @pytest.fixture
    def queue(self) -> InMemoryMessageQueue:
        return InMemoryMessageQueue(now=lambda: NOW)

    @pytest.fixture
    def received(self, queue: InMemoryMessageQueue, subscriber: Subscriber) -> Received:
        def deliver_and_look() -> list[VideoMessage]:
            queue.deliver_all(subscriber.take)
            return subscriber.received

        return deliver_and_look

    @pytest.fixture
    def told(self, queue: InMemoryMessageQueue, subscriber: Subscriber) -> Told:
        def deliver_and_look() -> list[str | DeliveryKey]:
            with suppress(RetryLaterError):
                queue.deliver_events(subscriber.take_event)
                queue.send_due(subscriber.take_event)
            return subscriber.events

        return deliver_and_look

    @pytest.fixture
    def batches(self, queue: InMemoryMessageQueue, subscriber: Subscriber) -> Batches:
        def deliver_and_look() -> list[str]:
            queue.deliver_batches(subscriber.take_batch)
            return subscriber.batches

        return deliver_and_look
