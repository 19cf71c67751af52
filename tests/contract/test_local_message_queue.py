from collections.abc import Iterator
from datetime import timedelta

import pytest

from shared.adapters.local.message_queue import LocalMessageQueue
from tests.contract.message_queue_contract import MessageQueueContract, Subscriber


class TestLocalMessageQueue(MessageQueueContract):
    @pytest.fixture
    def queue(self, subscriber: Subscriber) -> Iterator[LocalMessageQueue]:
        queue = LocalMessageQueue(
            subscriber=subscriber.take,
            batch_subscriber=subscriber.take_batch,
            event_subscriber=subscriber.take_event,
            delivery_subscriber=subscriber.take_event,
            tick=lambda _: None,
            tick_every=timedelta(hours=1),
        )
        queue.start()
        yield queue
        queue.close()
