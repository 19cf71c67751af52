from collections.abc import Iterator
from datetime import timedelta

import pytest

from shared.adapters.local.message_queue import LocalMessageQueue
from shared.adapters.local.push_subscription import PushSubscription
from shared.messages import PubSubMessage, decode
from shared.ports import Ports
from shared.pubsub.pushes import answer_push
from tests.contract.message_queue_contract import MessageQueueContract, Subscriber
from tests.fakes.no_ports import NoPorts


def no_tick(*, first: bool) -> None:
    """Leave everything to the tests."""


class TestLocalMessageQueue(MessageQueueContract):
    @pytest.fixture
    def queue(self, subscriber: Subscriber) -> Iterator[LocalMessageQueue]:
        def take(_ports: Ports, message: PubSubMessage) -> None:
            video = decode(message)
            assert video is not None
            subscriber.take(video)

        queue = LocalMessageQueue(
            subscriber=PushSubscription(lambda pushed: answer_push(pushed, NoPorts, take)),
            tick=no_tick,
            tick_every=timedelta(hours=1),
        )
        queue.start()
        yield queue
        queue.close()
