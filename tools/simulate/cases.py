"""What is simulated: how many videos, under which quota, and what goes wrong meanwhile."""

from dataclasses import dataclass
from functools import partial
from math import inf

from tools.emulated_cloud.vertex.quota import Counting
from tools.simulate.generator import CLIP_SECONDS
from tools.simulate.pubsub import USUAL, Latency

RATE = 50.0
_MINUTE = 60.0
_HOUR = 60 * _MINUTE
_TROUBLE = 20 * _MINUTE


@dataclass(frozen=True, kw_only=True)
class Case:
    """`bulk` videos are requested at once, and `interactive` ones at random times meanwhile.

    `rates` are the seconds from which another rate a minute holds. `filtered` is the share of
    clips that the safety filter blocks, `lost` that of messages to `generate_video` that never
    arrive, and `latency` how late the others are. A tick comes up to `tick_late` seconds early or
    late. The generator is not reached from the first to the second moment of `down`. `deaths` is
    the probability that a process is killed before or after any one call.
    """

    name: str
    bulk: int
    interactive: int = 0
    rates: tuple[tuple[float, float], ...] = ((0.0, RATE),)
    counting: Counting = Counting.FIXED
    filtered: float = 0.0
    lost: float = 0.0
    latency: Latency = USUAL
    tick_late: float = 0.0
    down: tuple[float, float] = (inf, inf)
    deaths: float = 0.0
    seed: int = 1

    @property
    def videos(self) -> int:
        return self.bulk + self.interactive

    def rate(self, at: float) -> float:
        return next(rate for since, rate in reversed(self.rates) if since <= at)

    def is_down(self, at: float) -> bool:
        return self.down[0] <= at < self.down[1]

    @property
    def ideal_seconds(self) -> float:
        """How long a generator takes that gets every submission at the first possible moment."""
        left, at = float(self.videos), 0.0
        while True:
            left -= 0.0 if self.is_down(at) else self.rate(at)
            if left <= 0:
                return at + CLIP_SECONDS
            at += _MINUTE


_many = partial(Case, bulk=3000, interactive=30)
CASES = (
    Case(name="1", bulk=1),
    Case(name="300", bulk=300, interactive=8, filtered=0.02),
    Case(name="1,000", bulk=1000, interactive=30, filtered=0.02),
    Case(name="10,000", bulk=10_000, interactive=30, filtered=0.02),
    Case(
        name="10,000, a rolling minute, a late tick",
        bulk=10_000,
        interactive=30,
        counting=Counting.ROLLING,
        tick_late=2.0,
    ),
    _many(name="3,000, a token bucket", counting=Counting.BUCKET),
    _many(
        name="3,000, a rolling minute, slow pushes",
        counting=Counting.ROLLING,
        latency=Latency(seconds=1.0, cold_starts=0.1),
    ),
    _many(
        name="3,000, the quota halved after 20 min",
        rates=((0.0, RATE), (_TROUBLE, RATE / 2)),
    ),
    _many(
        name="3,000, a quota of 0 for an hour",
        rates=((0.0, RATE), (_TROUBLE, 0.0), (_TROUBLE + _HOUR, RATE)),
    ),
    _many(
        name="3,000, the generator down for two hours",
        down=(_TROUBLE, _TROUBLE + 2 * _HOUR),
    ),
    _many(name="3,000, half of all messages lost", lost=0.5),
    _many(name="3,000, processes killed", deaths=0.002),
)

# Those whose course docs/images/queue.svg shows.
PLOTTED = (
    "10,000",
    "3,000, a quota of 0 for an hour",
    "3,000, the generator down for two hours",
    "3,000, processes killed",
)
