"""A message queue within one process, instead of Pub/Sub and the scheduler."""

from __future__ import annotations

import logging
from datetime import timedelta
from itertools import count
from random import SystemRandom
from threading import Event as Signal
from threading import Lock, Thread
from typing import TYPE_CHECKING, NamedTuple

from shared.adapters.local.message_schedule import Schedule
from shared.domain.errors import RetryLaterError
from shared.domain.identity import video_id
from shared.ports.message_queue import VideoMessage

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.adapters.local.message_schedule import Delivery
    from shared.domain.events import Event
    from shared.domain.plays import View
    from shared.domain.webhooks import DeliveryKey

THREADS = 4
# A receiver may keep each of its threads waiting for as long as a request may take.
SENDERS = 8
SENDERS_OF_A_WEBHOOK = 2
SHORTEST_BACKOFF = timedelta(seconds=0.2)
LONGEST_BACKOFF = timedelta(seconds=30)
MAX_DOUBLINGS = 8

_random = SystemRandom()

logger = logging.getLogger(__name__)


class _Batch(NamedTuple):
    batch_id: str


class _Dispatch(NamedTuple):
    event_id: str


if TYPE_CHECKING:
    _Message = VideoMessage | _Batch | _Dispatch | DeliveryKey


class LocalMessageQueue:
    """Delivers on threads of this process: each message is a call of a subscriber.

    A subscriber that returns acknowledges the message. One that raises gets it again, after a
    backoff that grows with each refusal, and not before the `retry_after` of a RetryLaterError.
    Equal messages that wait are delivered as one. A refused message keeps its time, also when an
    equal one is published. Once `is_stopping` (by default never), nothing more is delivered.
    Messages that wait when the process ends are lost; `tick` finds their videos in the next run.

    Deliveries to webhooks have threads of their own, and one webhook only some of them: a receiver
    that does not answer keeps neither videos nor other receivers waiting.
    """

    def __init__(
        self,
        *,
        subscriber: Callable[[VideoMessage], object],
        batch_subscriber: Callable[[str], object],
        event_subscriber: Callable[[str], object],
        delivery_subscriber: Callable[[DeliveryKey], object],
        tick: Callable[[int], object],
        tick_every: timedelta,
        is_stopping: Callable[[], bool] = bool,
    ) -> None:
        """`tick` is called with the number of the tick, from 0 at the start."""
        self._subscriber = subscriber
        self._batch_subscriber = batch_subscriber
        self._event_subscriber = event_subscriber
        self._delivery_subscriber = delivery_subscriber
        self._tick = tick
        self._tick_every = tick_every
        self._is_stopping = is_stopping
        self._closed = Signal()
        self._steps: Schedule[_Message] = Schedule(has_closed=self._has_closed)
        self._sendings: Schedule[DeliveryKey] = Schedule(
            has_closed=self._has_closed,
            group_of=lambda key: key.webhook_id,
            most_of_group=SENDERS_OF_A_WEBHOOK,
        )
        self._starting = Lock()
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Start deliveries and ticks. Further calls change nothing."""
        with self._starting:
            if self._threads:
                return
            takers = [self._steps] * THREADS + [self._sendings] * SENDERS
            self._threads = [
                Thread(target=self._tick_until_closed, daemon=True),
                *(
                    Thread(target=self._deliver_until_closed, args=(each,), daemon=True)
                    for each in takers
                ),
            ]
            for thread in self._threads:
                thread.start()

    def close(self) -> None:
        """Drop the messages that wait, and return when every delivery under way has ended."""
        self._closed.set()
        self._steps.wake()
        self._sendings.wake()
        for thread in self._threads:
            thread.join()

    def publish(self, *messages: VideoMessage) -> None:
        for message in messages:
            self.publish_later(message, timedelta())

    def publish_later(self, message: VideoMessage, delay: timedelta) -> None:
        self._steps.add(message, seconds=delay.total_seconds())

    def publish_batch(self, batch_id: str) -> None:
        self._steps.add(_Batch(batch_id), seconds=0)

    def publish_events(self, *events: Event) -> None:
        for event in events:
            self._steps.add(_Dispatch(event.id), seconds=0)

    def publish_deliveries(self, *keys: DeliveryKey) -> None:
        for key in keys:
            self.publish_delivery_later(key, timedelta())

    def publish_to_topic(self, event: Event, body: bytes) -> None:
        """Do nothing: a laptop has no topic."""

    def publish_view(self, view_id: str, view: View) -> None:
        """Do nothing: a laptop has no topic for it."""

    def publish_delivery_later(self, key: DeliveryKey, delay: timedelta) -> None:
        self._sendings.add(key, seconds=delay.total_seconds())

    def _has_closed(self) -> bool:
        return self._closed.is_set() or self._is_stopping()

    def _deliver_until_closed(self, schedule: Schedule[_Message]) -> None:
        while delivery := schedule.take():
            self._deliver(schedule, delivery)
            schedule.end(delivery)

    def _deliver(self, schedule: Schedule[_Message], delivery: Delivery[_Message]) -> None:
        about, refusals = _ids(delivery.message), delivery.refusals + 1
        try:
            self._take(delivery.message)
        except RetryLaterError as error:
            logger.info("message.postponed: %s", error.message, extra=about)
            wait = max(error.retry_after, backoff(refusals))
        except Exception:
            logger.exception("message.failed", extra=about)
            wait = backoff(refusals)
        else:
            return
        schedule.add(delivery.message, seconds=wait.total_seconds(), refusals=refusals)

    def _take(self, message: _Message) -> None:
        if isinstance(message, VideoMessage):
            self._subscriber(message)
        elif isinstance(message, _Batch):
            self._batch_subscriber(message.batch_id)
        elif isinstance(message, _Dispatch):
            self._event_subscriber(message.event_id)
        else:
            self._delivery_subscriber(message)

    def _tick_until_closed(self) -> None:
        for number in count():
            if self._has_closed():
                break
            try:
                self._tick(number)
            except Exception:
                logger.exception("tick.failed")
            self._closed.wait(self._tick_every.total_seconds())
        self._steps.wake()
        self._sendings.wake()


def backoff(refusals: int) -> timedelta:
    """Return a random time, so that messages refused together do not come back together."""
    longest = min(SHORTEST_BACKOFF * 2 ** min(refusals, MAX_DOUBLINGS), LONGEST_BACKOFF)
    seconds = _random.uniform(SHORTEST_BACKOFF.total_seconds(), longest.total_seconds())
    return timedelta(seconds=seconds)


def _ids(message: _Message) -> dict[str, str]:
    if not isinstance(message, VideoMessage):
        return message._asdict()
    return {
        "campaign_id": message.campaign_id,
        "video_id": video_id(message.campaign_id, message.video_hash),
    }
