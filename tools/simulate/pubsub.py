"""A topic of Pub/Sub with a push subscription, as Google documents its delivery."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from random import Random

from shared.messages import PubSubMessage
from tools.simulate.clock import SimulatedClock

# infra/pubsub.tf sets these.
FIRST_WAIT, LONGEST_WAIT = 10.0, 600.0
MOST_DELIVERIES = 20
_SHORTEST_LATENCY = 0.05
_SHORTEST_START, _LONGEST_START = 2.0, 5.0
# Google's page on pushes: refusals slow the whole subscription. One refusal a second means a
# delivery each half second; five mean one each 30 to 60 s. Between these, it is interpolated.
_REFUSALS_WITHIN = 10.0
_GAP_AT_ONE, _GAP_AT_FIVE = 0.5, 45.0
_LONGEST_GAP = 60.0


@dataclass(frozen=True, kw_only=True)
class Latency:
    """How late pushes are: by so many `seconds` on average, at random.

    The share `cold_starts` of them reach an instance that is being started.
    """

    seconds: float
    cold_starts: float


USUAL = Latency(seconds=0.25, cold_starts=0.02)


@dataclass(kw_only=True)
class Delivery:
    message: PubSubMessage
    refusals: int = 0


@dataclass(kw_only=True)
class Subscription:
    """Delivers each message to `take` until that returns True, to at most `places` at once.

    `lost` is the share of published messages that never arrive.
    """

    clock: SimulatedClock
    take: Callable[[PubSubMessage], bool]
    places: int
    random: Random
    latency: Latency
    lost: float = 0.0

    def __post_init__(self) -> None:
        self.published = 0
        self.deliveries = 0
        self.refusals = 0
        self.dead_letters = 0
        self._ids = count(1)
        self._busy = 0
        self._waiting: deque[Delivery] = deque()
        self._refused_at: deque[float] = deque()
        self._next_at = 0.0
        self._is_held = False

    def publish(self, data: bytes, **attributes: str) -> None:
        self.published += 1
        message = PubSubMessage(message_id=str(next(self._ids)), data=data, attributes=attributes)
        if self.random.random() >= self.lost:
            self._add(Delivery(message=message), after=self._lateness())

    def _lateness(self) -> float:
        seconds = _SHORTEST_LATENCY + self.random.expovariate(1 / self.latency.seconds)
        if self.random.random() < self.latency.cold_starts:
            seconds += self.random.uniform(_SHORTEST_START, _LONGEST_START)
        return seconds

    def _add(self, delivery: Delivery, *, after: float) -> None:
        def arrive() -> None:
            self._waiting.append(delivery)
            self._deliver()

        self.clock.start(arrive, after=after)

    def _deliver(self) -> None:
        while self._waiting and self._busy < self.places:
            if self.clock.seconds < self._next_at:
                self._hold()
                return
            self._busy += 1
            self._next_at = self.clock.seconds + self._gap()
            delivery = self._waiting.popleft()
            self.clock.start(partial(self._push, delivery))

    def _hold(self) -> None:
        """Deliver again once the subscription's backoff is over."""
        if self._is_held:
            return

        def resume() -> None:
            self._is_held = False
            self._deliver()

        self._is_held = True
        self.clock.start(resume, after=self._next_at - self.clock.seconds)

    def _push(self, delivery: Delivery) -> None:
        self.deliveries += 1
        is_taken = self.take(delivery.message)
        self._busy -= 1
        if not is_taken:
            self._refuse(delivery)
        self._deliver()

    def _refuse(self, delivery: Delivery) -> None:
        self.refusals += 1
        self._refused_at.append(self.clock.seconds)
        delivery.refusals += 1
        if delivery.refusals >= MOST_DELIVERIES:
            self.dead_letters += 1
            return
        wait = min(FIRST_WAIT * 2.0 ** (delivery.refusals - 1), LONGEST_WAIT)
        self._add(delivery, after=wait * self.random.uniform(0.9, 1.1))

    def _gap(self) -> float:
        """Return the seconds between two deliveries, by the refusals of the last seconds."""
        while self._refused_at and self._refused_at[0] < self.clock.seconds - _REFUSALS_WITHIN:
            self._refused_at.popleft()
        if not self._refused_at:
            return 0.0
        rate = len(self._refused_at) / _REFUSALS_WITHIN
        gap = _GAP_AT_ONE * float((_GAP_AT_FIVE / _GAP_AT_ONE) ** ((rate - 1) / 4))
        return min(gap, _LONGEST_GAP)
