"""A message queue inside one process, which stands for Pub/Sub and the scheduler."""

import heapq
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Condition, Event, Thread
from time import monotonic
from typing import Protocol
from uuid import uuid4

from cloudevents.http import CloudEvent

from shared.adapters.local.pubsub_event import pubsub_event
from shared.adapters.local.redelivery import backoff_seconds, requested_seconds
from shared.domain.identity import video_id
from shared.ports.message_queue import VideoMessage

THREADS = 4

logger = logging.getLogger(__name__)


class Tick(Protocol):
    def __call__(self, *, first: bool) -> object:
        """Publish what is due. The first tick finds what an earlier run left unfinished."""


@dataclass(frozen=True, order=True, kw_only=True)
class _Delivery:
    """`due` is a time of the monotonic clock; `number` keeps the order of equal times."""

    due: float
    number: int
    message: VideoMessage = field(compare=False)
    message_id: str = field(compare=False)
    published_at: datetime = field(compare=False)
    refusals: int = field(default=0, compare=False)


class LocalMessageQueue:
    """Delivers on threads of this process, each message as the CloudEvent that Pub/Sub sends.

    A subscriber that returns has acknowledged. One that raises gets the message again, each time
    later, and not before the error's `retry_after`. Equal messages that wait are delivered as one,
    and what was refused keeps to its time, however often the tick asks for it again.
    Once `is_stopping`, which by default is never, nothing more is delivered. What waits when the
    process ends is lost; the first tick of the next one finds its video.
    """

    def __init__(
        self,
        *,
        subscriber: Callable[[CloudEvent], object],
        tick: Tick,
        tick_every: timedelta,
        is_stopping: Callable[[], bool] = bool,
    ) -> None:
        self._subscriber = subscriber
        self._tick = tick
        self._tick_every = tick_every
        self._numbers = count()
        self._changed = Condition()
        self._schedule: list[_Delivery] = []
        self._waiting: dict[VideoMessage, _Delivery] = {}
        self._is_stopping = is_stopping
        self._closed = Event()
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Begin to deliver and to tick. Calls after the first change nothing."""
        with self._changed:
            if self._threads:
                return
            targets = [self._tick_until_closed, *[self._deliver_until_closed] * THREADS]
            self._threads = [Thread(target=target, daemon=True) for target in targets]
            for thread in self._threads:
                thread.start()

    def close(self) -> None:
        """Return when no delivery is under way any more. What waits is dropped."""
        self._closed.set()
        with self._changed:
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def publish(self, *messages: VideoMessage) -> None:
        for message in messages:
            self.publish_later(message, timedelta())

    def publish_later(self, message: VideoMessage, delay: timedelta) -> None:
        self._add(
            _Delivery(
                due=monotonic() + delay.total_seconds(),
                number=next(self._numbers),
                message=message,
                message_id=uuid4().hex,
                published_at=datetime.now(UTC),
            )
        )

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
                # An equal message that came earlier has taken its place.
                if self._waiting.get(delivery.message) is delivery:
                    return self._waiting.pop(delivery.message)
        return None

    def _has_closed(self) -> bool:
        return self._closed.is_set() or self._is_stopping()

    def _deliver_until_closed(self) -> None:
        while delivery := self._next():
            self._deliver(delivery)

    def _deliver(self, delivery: _Delivery) -> None:
        try:
            self._subscriber(
                pubsub_event(
                    delivery.message,
                    message_id=delivery.message_id,
                    published_at=delivery.published_at,
                )
            )
        except Exception as error:
            asked = requested_seconds(error)
            if asked is None:
                logger.exception("message.refused", extra=_ids(delivery.message))
            self._add_again(delivery, asked or 0)

    def _add_again(self, delivery: _Delivery, asked: float) -> None:
        refusals = delivery.refusals + 1
        due = monotonic() + max(asked, backoff_seconds(refusals))
        self._add(replace(delivery, due=due, refusals=refusals))

    def _tick_until_closed(self) -> None:
        first = True
        while not self._has_closed():
            try:
                self._tick(first=first)
            except Exception:
                logger.exception("tick.failed")
            first = False
            self._closed.wait(self._tick_every.total_seconds())


def _ids(message: VideoMessage) -> dict[str, str]:
    return {
        "campaign_id": message.campaign_id,
        "video_id": video_id(message.campaign_id, message.video_hash),
    }
