import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier, Event, Lock
from time import monotonic

import pytest

from shared.adapters.local.message_queue import (
    LONGEST_BACKOFF,
    SENDERS_OF_A_WEBHOOK,
    SHORTEST_BACKOFF,
    THREADS,
    LocalMessageQueue,
    backoff,
)
from shared.domain.errors import RetryLaterError
from shared.domain.webhooks import DeliveryKey
from shared.ports.message_queue import VideoMessage
from tests.contract.event_log_contract import a_warning
from tests.eventually import DEADLINE_SECONDS, eventually

A_LONG_TIME = timedelta(hours=1)
Subscriber = Callable[[VideoMessage], object]
Tick = Callable[[int], object]


def a_message(number: int = 0) -> VideoMessage:
    return VideoMessage(campaign_id="spring", video_hash=f"{number:016x}")


def no_tick(_number: int) -> None:
    """Leave everything to the tests."""


class Mailbox:
    """Counts what is delivered, and goes on with `then`."""

    def __init__(self, then: Callable[[VideoMessage], object] = lambda message: None) -> None:
        self.count: Counter[VideoMessage] = Counter()
        self._then = then
        self._lock = Lock()

    def __call__(self, message: VideoMessage) -> None:
        with self._lock:
            self.count[message] += 1
        self._then(message)


def no_batch(*ids: object) -> None:
    raise AssertionError(f"This test does not publish {ids}.")


def a_queue(  # Each has a default.
    subscriber: Subscriber,
    *,
    event_subscriber: Callable[[str], object] = no_batch,
    delivery_subscriber: Callable[[DeliveryKey], object] = no_batch,
    tick: Tick = no_tick,
    tick_every: timedelta = A_LONG_TIME,
    is_stopping: Callable[[], bool] = bool,
) -> LocalMessageQueue:
    return LocalMessageQueue(
        subscriber=subscriber,
        batch_subscriber=no_batch,
        event_subscriber=event_subscriber,
        delivery_subscriber=delivery_subscriber,
        tick=tick,
        tick_every=tick_every,
        is_stopping=is_stopping,
    )


@contextmanager
def started(queue: LocalMessageQueue) -> Iterator[LocalMessageQueue]:
    queue.start()
    try:
        yield queue
    finally:
        queue.close()


def test_a_message_published_before_the_start_is_delivered_after_it() -> None:
    mailbox = Mailbox()
    queue = a_queue(mailbox)
    queue.publish(a_message())

    with started(queue):
        eventually(lambda: mailbox.count[a_message()])


def test_a_subscriber_that_raises_is_logged_with_the_ids_and_gets_the_message_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def break_once(message: VideoMessage) -> None:
        if mailbox.count[message] == 1:
            raise ZeroDivisionError

    mailbox = Mailbox(break_once)
    with started(a_queue(mailbox)) as queue:
        queue.publish(a_message())
        eventually(lambda: mailbox.count[a_message()] == 2)

    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert record.__dict__["campaign_id"] == "spring"
    assert record.__dict__["video_id"] == "video_spring.0000000000000000"


def test_a_message_that_a_subscriber_postpones_is_redelivered_without_an_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    wait = timedelta(seconds=0.6)

    def refuse_once(message: VideoMessage) -> None:
        delivered_at.append(monotonic())
        if len(delivered_at) == 1:
            raise RetryLaterError("Later.", retry_after=wait)

    delivered_at: list[float] = []
    with started(a_queue(Mailbox(refuse_once))) as queue:
        queue.publish(a_message())
        eventually(lambda: len(delivered_at) == 2)

    assert delivered_at[1] - delivered_at[0] >= wait.total_seconds()
    assert caplog.records == []


def test_every_thread_survives_a_subscriber_that_raises() -> None:
    def break_once(message: VideoMessage) -> None:
        if mailbox.count[message] == 1:
            raise ZeroDivisionError

    messages = [a_message(number) for number in range(3 * THREADS)]
    mailbox = Mailbox(break_once)
    with started(a_queue(mailbox)) as queue:
        for message in messages:
            queue.publish(message)
        eventually(lambda: all(mailbox.count[message] == 2 for message in messages))


def test_a_delayed_message_is_delivered_when_it_is_due() -> None:
    mailbox = Mailbox()
    with started(a_queue(mailbox)) as queue:
        published_at = monotonic()
        queue.publish_later(a_message(), timedelta(seconds=0.2))
        eventually(lambda: mailbox.count[a_message()])

    assert monotonic() - published_at >= 0.2


def test_messages_are_delivered_on_several_threads_at_once() -> None:
    barrier = Barrier(THREADS)
    met = []

    def meet(message: VideoMessage) -> None:
        met.append(barrier.wait(DEADLINE_SECONDS))

    with started(a_queue(Mailbox(meet))) as queue:
        for number in range(THREADS):
            queue.publish(a_message(number))
        eventually(lambda: len(met) == THREADS)


def test_a_long_delivery_does_not_hold_up_a_message_that_becomes_due() -> None:
    def wait_in_first(message: VideoMessage) -> None:
        if message == a_message(1):
            assert released.wait(DEADLINE_SECONDS)

    released = Event()
    mailbox = Mailbox(wait_in_first)
    with started(a_queue(mailbox)) as queue:
        queue.publish_later(a_message(1), timedelta(seconds=0.05))
        queue.publish_later(a_message(2), timedelta(seconds=0.1))
        eventually(lambda: mailbox.count[a_message(2)])
        released.set()


def test_equal_messages_that_wait_are_delivered_as_one() -> None:
    mailbox = Mailbox()
    queue = a_queue(mailbox)
    for _ in range(100):
        queue.publish(a_message(1))
    queue.publish(a_message(2))

    with started(queue):
        eventually(lambda: mailbox.count[a_message(2)])

    assert mailbox.count[a_message(1)] == 1


def test_of_two_equal_messages_the_earlier_time_counts() -> None:
    mailbox = Mailbox()
    with started(a_queue(mailbox)) as queue:
        queue.publish_later(a_message(1), A_LONG_TIME)
        queue.publish(a_message(1))
        eventually(lambda: mailbox.count[a_message(1)])

        queue.publish_later(a_message(2), timedelta(seconds=0.1))
        queue.publish_later(a_message(2), A_LONG_TIME)
        eventually(lambda: mailbox.count[a_message(2)])


def test_an_equal_message_does_not_shorten_the_backoff_of_a_refused_one() -> None:
    def refuse(message: VideoMessage) -> None:
        if message == a_message(1):
            raise RetryLaterError("Later.", retry_after=A_LONG_TIME)

    mailbox = Mailbox(refuse)
    with started(a_queue(mailbox)) as queue:
        queue.publish(a_message(1))
        eventually(lambda: mailbox.count[a_message(1)])
        eventually(lambda: len(queue._steps))
        queue.publish(a_message(1))
        queue.publish(a_message(2))
        eventually(lambda: mailbox.count[a_message(2)])

    assert mailbox.count[a_message(1)] == 1


def test_a_message_published_during_its_own_delivery_is_delivered_again() -> None:
    def publish_once_more(message: VideoMessage) -> None:
        if mailbox.count[message] == 1:
            queue.publish(message)

    mailbox = Mailbox(publish_once_more)
    with started(a_queue(mailbox)) as queue:
        queue.publish(a_message())
        eventually(lambda: mailbox.count[a_message()] == 2)


def test_ticks_are_counted_from_the_start() -> None:
    ticks: list[int] = []

    with started(a_queue(Mailbox(), tick=ticks.append, tick_every=timedelta(milliseconds=1))):
        eventually(lambda: len(ticks) >= 3)

    assert ticks[:3] == [0, 1, 2]


def test_a_tick_that_raises_is_logged_and_the_next_one_runs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def tick(number: int) -> None:
        ticks.append(number)
        if number == 0:
            raise ZeroDivisionError

    ticks: list[int] = []
    with started(a_queue(Mailbox(), tick=tick, tick_every=timedelta(milliseconds=1))):
        eventually(lambda: len(ticks) >= 2)

    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_a_second_start_changes_nothing() -> None:
    ticks: list[int] = []
    queue = a_queue(Mailbox(), tick=ticks.append)

    with started(queue):
        queue.start()
        eventually(lambda: ticks)

    assert ticks == [0]


def test_nothing_more_is_delivered_once_the_process_is_to_stop() -> None:
    """The server may wait for a reader of a clip long after it was asked to stop."""
    stopping = Event()
    mailbox = Mailbox(lambda message: stopping.set())
    queue = a_queue(mailbox, tick_every=timedelta(milliseconds=1), is_stopping=stopping.is_set)
    for number in range(3 * THREADS):
        queue.publish(a_message(number))
    queue.start()

    for thread in queue._threads:
        thread.join(DEADLINE_SECONDS)

    assert not any(thread.is_alive() for thread in queue._threads)
    assert mailbox.count.total() <= THREADS


def test_close_waits_for_running_deliveries_and_drops_waiting_messages() -> None:
    def finish_when_released(message: VideoMessage) -> None:
        begun.set()
        assert released.wait(DEADLINE_SECONDS)
        finished.append(message)

    begun, released = Event(), Event()
    finished: list[VideoMessage] = []
    queue = a_queue(Mailbox(finish_when_released))
    queue.publish(a_message(1))
    queue.publish_later(a_message(2), A_LONG_TIME)
    queue.start()
    assert begun.wait(DEADLINE_SECONDS)

    released.set()
    queue.close()

    assert finished == [a_message(1)]


@pytest.mark.parametrize("refusals", [1, 2, 7, 8, 9, 5_000])
def test_the_backoff_doubles_within_its_bounds(refusals: int) -> None:
    longest = min(SHORTEST_BACKOFF * 2 ** min(refusals, 10), LONGEST_BACKOFF)

    waits = [backoff(refusals) for _ in range(200)]

    assert min(waits) >= SHORTEST_BACKOFF
    assert max(waits) <= longest
    assert max(waits) > longest / 2


def test_an_event_and_its_deliveries_are_delivered_by_their_ids(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def tell(event_id: str) -> None:
        told.append(event_id)
        queue.publish_delivery_later(DeliveryKey("wh_1", event_id), timedelta(milliseconds=1))

    def send(key: DeliveryKey) -> None:
        sent.append(key)
        if len(sent) == 1:
            raise ZeroDivisionError

    event = a_warning(1)
    told: list[str] = []
    sent: list[tuple[str, ...]] = []
    queue = a_queue(Mailbox(), event_subscriber=tell, delivery_subscriber=send)
    with started(queue):
        queue.publish_events(event)
        eventually(lambda: len(sent) == 2)

    assert told == [event.id]
    assert sent == [("wh_1", event.id)] * 2
    assert caplog.records[0].__dict__["webhook_id"] == "wh_1"


def test_a_receiver_that_does_not_answer_keeps_neither_videos_nor_other_receivers_waiting() -> None:
    def send(key: DeliveryKey) -> None:
        if key.webhook_id == "wh_dead":
            hanging.append(key.event_id)
            released.wait(DEADLINE_SECONDS)
        else:
            sent.append(key.event_id)

    released, mailbox = Event(), Mailbox()
    hanging: list[str] = []
    sent: list[str] = []
    with started(a_queue(mailbox, delivery_subscriber=send)) as queue:
        events = [f"evt_{number}" for number in range(20)]
        queue.publish_deliveries(*(DeliveryKey("wh_dead", each) for each in events))
        eventually(lambda: len(hanging) == SENDERS_OF_A_WEBHOOK)
        queue.publish_deliveries(*(DeliveryKey("wh_alive", each) for each in events))
        queue.publish(a_message())
        eventually(lambda: len(sent) == 20 and mailbox.count[a_message()])

        assert len(hanging) == SENDERS_OF_A_WEBHOOK
        released.set()
        eventually(lambda: sorted(hanging) == sorted(events))
