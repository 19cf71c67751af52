"""The simulated Pub/Sub and the quota do what Google's pages say."""

from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from shared.messages import PubSubMessage
from tools.emulated_cloud.vertex.quota import Counting, Quota
from tools.simulate.clock import SimulatedClock
from tools.simulate.pubsub import FIRST_WAIT, LONGEST_WAIT, MOST_DELIVERIES, Latency, Subscription

RANDOM = Random(1)  # noqa: S311  # It is repeatable on purpose.


class Subscriber:
    """Refuses the messages in `refused`, and notes when each message came."""

    def __init__(self, *, refused: set[str], lost: float = 0.0, places: int = 40) -> None:
        self.clock = SimulatedClock()
        self.came: list[tuple[str, float]] = []
        self.most_at_once = 0
        self._refused = refused
        self._busy = 0
        self.subscription = Subscription(
            clock=self.clock,
            take=self._take,
            places=places,
            random=RANDOM,
            latency=Latency(seconds=0.001, cold_starts=0.0),
            lost=lost,
        )

    def _take(self, message: PubSubMessage) -> bool:
        self._busy += 1
        self.most_at_once = max(self.most_at_once, self._busy)
        self.came.append((message.message_id, self.clock.seconds))
        self.clock.sleep(1.0)
        self._busy -= 1
        return message.message_id not in self._refused


def test_each_message_is_delivered_once_and_not_more_at_once_than_there_are_places() -> None:
    subscriber = Subscriber(refused=set(), places=4)
    for _ in range(10):
        subscriber.subscription.publish(b"")
    subscriber.clock.run(until=60.0)

    assert {int(name) for name, _ in subscriber.came} == set(range(1, 11))
    assert len(subscriber.came) == 10
    assert subscriber.most_at_once == 4
    assert subscriber.came[-1][1] == pytest.approx(2.06, abs=0.02)


def test_a_refused_message_is_redelivered_after_10_to_600_s_and_dropped_after_20_deliveries() -> (
    None
):
    subscriber = Subscriber(refused={"1"})
    subscriber.subscription.publish(b"")
    subscriber.clock.run(until=4 * 3600.0)

    moments = [at for _, at in subscriber.came]
    waits = [later - earlier - 1.0 for earlier, later in pairwise(moments)]
    assert len(moments) == MOST_DELIVERIES
    assert waits[0] == pytest.approx(FIRST_WAIT, rel=0.1)
    assert waits[3] == pytest.approx(8 * FIRST_WAIT, rel=0.1)
    assert waits[-1] == pytest.approx(LONGEST_WAIT, rel=0.1)
    assert subscriber.subscription.dead_letters == 1


def test_the_backoff_is_that_of_the_installation() -> None:
    text = (Path(__file__).parents[3] / "infra" / "pubsub.tf").read_text("utf-8")

    assert f'minimum_backoff = "{FIRST_WAIT:.0f}s"' in text
    assert f'maximum_backoff = "{LONGEST_WAIT:.0f}s"' in text
    assert f"max_delivery_attempts = {MOST_DELIVERIES}\n" in text


def test_refusals_slow_down_the_messages_of_others() -> None:
    hindered, unhindered = Subscriber(refused={"1", "2", "3", "4", "5"}), Subscriber(refused=set())
    for subscriber in (hindered, unhindered):
        for _ in range(200):
            subscriber.subscription.publish(b"")
        subscriber.clock.run(until=3600.0)

    assert pytest.approx(max(at for _, at in unhindered.came), abs=1.0) == 5.0
    assert max(at for name, at in hindered.came if int(name) > 5) > 10.0
    assert {name for name, _ in hindered.came} == {name for name, _ in unhindered.came}


def test_half_of_the_messages_are_lost() -> None:
    subscriber = Subscriber(refused=set(), lost=0.5)
    for _ in range(1000):
        subscriber.subscription.publish(b"")
    subscriber.clock.run(until=600.0)

    assert 400 < len(subscriber.came) < 600


@pytest.mark.parametrize(
    ("counting", "moments", "taken"),
    [
        (
            Counting.FIXED,
            [0.0, 59.0, 59.9, 60.0, 61.0, 62.0],
            [True, True, False, True, True, False],
        ),
        (
            Counting.ROLLING,
            [0.0, 59.0, 59.9, 60.1, 60.2, 119.2],
            [True, True, False, True, False, True],
        ),
        (
            Counting.BUCKET,
            [0.0, 1.0, 2.0, 31.0, 32.0, 62.0],
            [True, True, False, True, False, True],
        ),
    ],
)
def test_a_quota_of_two_a_minute(
    counting: Counting, moments: list[float], taken: list[bool]
) -> None:
    quota = Quota(rate=lambda _: 2.0, counting=counting)

    assert [quota.takes(at) for at in moments] == taken


def test_a_quota_of_0_refuses_every_submission() -> None:
    for counting in Counting:
        quota = Quota(rate=lambda _: 0.0, counting=counting)
        assert not any(quota.takes(at) for at in (0.0, 61.0, 3600.0))
