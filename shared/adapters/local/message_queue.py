"""A message queue within one process, instead of Pub/Sub and the scheduler."""

import heapq
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from random import SystemRandom
from threading import Condition, Event, Thread
from time import monotonic

from shared.domain.errors import RetryLaterError
from shared.domain.identity import video_id
from shared.ports.message_queue import VideoMessage

THREADS = 4
SHORTEST_BACKOFF = timedelta(seconds=0.2)
LONGEST_BACKOFF = timedelta(seconds=30)
MAX_DOUBLINGS = 8

_random = SystemRandom()

logger = logging.getLogger(__name__)


_Message = VideoMessage | str
"""A message of a video, or the id of a batch."""


@dataclass(frozen=True, order=True, kw_only=True)
class _Delivery:
    """`due` is a time of the monotonic clock; `number` keeps the order of equal times."""

    due: float
    number: int
    message: _Message = field(compare=False)
    refusals: int = field(default=0, compare=False)


class LocalMessageQueue:
    """Delivers on threads of this process: each message is a call of a subscriber.

    A subscriber that returns acknowledges the message. One that raises gets it again, after a
    backoff that grows with each refusal, and not before the `retry_after` of a RetryLaterError.
    Equal messages that wait are delivered as one. A refused message keeps its time, also when an
    equal one is published. Once `is_stopping` (by default never), nothing more is delivered.
    Messages that wait when the process ends are lost; `tick` finds their videos in the next run.
    """

    def __init__(
        self,
        *,
        subscriber: Callable[[VideoMessage], object],
        batch_subscriber: Callable[[str], object],
        tick: Callable[[int], object],
        tick_every: timedelta,
        is_stopping: Callable[[], bool] = bool,
    ) -> None:
        """`tick` is called with the number of the tick, from 0 at the start."""
        self._subscriber = subscriber
        self._batch_subscriber = batch_subscriber
        self._tick = tick
        self._tick_every = tick_every
        self._numbers = count()
        self._changed = Condition()
        self._schedule: list[_Delivery] = []
        self._waiting: dict[_Message, _Delivery] = {}
        self._is_stopping = is_stopping
        self._closed = Event()
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Start deliveries and ticks. Further calls change nothing."""
        with self._changed:
            if self._threads:
                return
            targets = [self._tick_until_closed, *[self._deliver_until_closed] * THREADS]
            self._threads = [Thread(target=target, daemon=True) for target in targets]
            for thread in self._threads:
                thread.start()

    def close(self) -> None:
        """Drop the messages that wait, and return when every delivery under way has ended."""
        self._closed.set()
        with self._changed:
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def publish(self, *messages: VideoMessage) -> None:
        for message in messages:
            self.publish_later(message, timedelta())

    def publish_batch(self, batch_id: str) -> None:
        self._publish(batch_id, timedelta())

    def publish_later(self, message: VideoMessage, delay: timedelta) -> None:
        self._publish(message, delay)

    def _publish(self, message: _Message, delay: timedelta) -> None:
        due = monotonic() + delay.total_seconds()
        self._add(_Delivery(due=due, number=next(self._numbers), message=message))

    def _add(self, delivery: _Delivery) -> None:
        with self._changed:
            earlier = self._waiting.get(delivery.message)
            if earlier is not None and (earlier.refusals or earlier.due <= delivery.due):
                return
            self._waiting[delivery.message] = delivery
            heapq.heappush(self._schedule, delivery)
            self._changed.notify_all()

    def _next(self) -> _Delivery | None:
        """Wait until a delivery is due. Return None once the queue is closed, or about to be."""
        with self._changed:
            while not self._has_closed():
                seconds = self._schedule[0].due - monotonic() if self._schedule else None
                if seconds is None or seconds > 0:
                    self._changed.wait(seconds)
                    continue
                delivery = heapq.heappop(self._schedule)
                # An equal message that is due earlier may have replaced it.
                if self._waiting.get(delivery.message) is delivery:
                    return self._waiting.pop(delivery.message)
        return None

    def _has_closed(self) -> bool:
        return self._closed.is_set() or self._is_stopping()

    def _deliver_until_closed(self) -> None:
        while delivery := self._next():
            self._deliver(delivery)

    def _deliver(self, delivery: _Delivery) -> None:
        about = _ids(delivery.message)
        try:
            self._take(delivery.message)
        except RetryLaterError as error:
            logger.info("message.postponed: %s", error.message, extra=about)
            self._add_again(delivery, not_before=error.retry_after)
        except Exception:
            logger.exception("message.failed", extra=about)
            self._add_again(delivery)

    def _take(self, message: _Message) -> None:
        if isinstance(message, str):
            self._batch_subscriber(message)
        else:
            self._subscriber(message)

    def _add_again(self, delivery: _Delivery, *, not_before: timedelta = timedelta()) -> None:
        refusals = delivery.refusals + 1
        wait = max(not_before, backoff(refusals))
        due = monotonic() + wait.total_seconds()
        self._add(replace(delivery, due=due, refusals=refusals))

    def _tick_until_closed(self) -> None:
        for number in count():
            if self._has_closed():
                return
            try:
                self._tick(number)
            except Exception:
                logger.exception("tick.failed")
            self._closed.wait(self._tick_every.total_seconds())


def backoff(refusals: int) -> timedelta:
    """Return a random time, so that messages refused together do not come back together."""
    longest = min(SHORTEST_BACKOFF * 2 ** min(refusals, MAX_DOUBLINGS), LONGEST_BACKOFF)
    seconds = _random.uniform(SHORTEST_BACKOFF.total_seconds(), longest.total_seconds())
    return timedelta(seconds=seconds)


def _ids(message: _Message) -> dict[str, str]:
    if isinstance(message, str):
        return {"batch_id": message}
    return {
        "campaign_id": message.campaign_id,
        "video_id": video_id(message.campaign_id, message.video_hash),
    }
