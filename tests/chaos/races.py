"""Several processes and many callers want different things of one campaign at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from tests.chaos.crowd import at_a_slow_store, writes_of_slow_store
from tests.chaos.scenes import SetScene
from tests.chaos.stories import (
    CAMPAIGN,
    REGENERATING,
    Act,
    Scene,
    Stage,
    asking,
    creating,
    nothing,
    one_reserved,
    one_submitted,
    one_video,
    two_slots,
    two_versions,
)
from tests.chaos.tripwire import Touch
from tests.chaos.work import Post, deliver, take_letter, tick_and_deliver
from tests.chaos.worlds import World

# On a quiet machine it is half of that: a step gives up a commit after eight seconds.
MOST_WRITES_IN_A_STEP = 80

Start = Callable[[], object]
"""Returns when all runners are ready."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """What a process finds when it comes to the starting line."""

    world: World
    scene: SetScene
    start: Start
    touch: Touch


@dataclass(frozen=True, kw_only=True)
class Runner:
    """A process. `callers` are how many of it wait for the start."""

    run: Callable[[Line], None]
    callers: int = 1


def callers(number: int, act: Act) -> Runner:
    def run(line: Line) -> None:
        with line.world.opened(line.touch) as site, ThreadPoolExecutor(number) as threads:

            def ask() -> None:
                line.start()
                act(site, line.scene.versions)

            for each in [threads.submit(ask) for _ in range(number)]:
                each.result()

    return Runner(run=run, callers=number)


def caller(act: Act) -> Runner:
    return callers(1, act)


def _deliver(line: Line) -> None:
    line.start()
    deliver(line.world, line.scene.post, line.touch)


def _tick(line: Line) -> None:
    """Tick, and deliver what that publishes; all earlier messages are lost."""
    post = Post(read=len(line.world.mailbox.letters(after=0)))
    line.start()
    tick_and_deliver(line.world, post, line.touch)


def deliverers(threads: int, *, first: int, of: int) -> Runner:
    """A process that takes so many messages at once: each of its threads every `of`th one.

    Their store takes a campaign's commits one after the other, and each of them is slow.
    """

    def take(line: Line, number: int) -> None:
        mine = line.scene.post.letters_due(line.world)[number::of]
        with line.world.opened(line.touch) as site:
            ports = at_a_slow_store(site.ports)
            line.start()
            for letter in mine:
                before = writes_of_slow_store()
                take_letter(ports, letter)
                held = writes_of_slow_store() - before
                assert held <= MOST_WRITES_IN_A_STEP, f"A step waited for {held} writes."

    def run(line: Line) -> None:
        with ThreadPoolExecutor(threads) as pool:
            for each in [pool.submit(take, line, first + number) for number in range(threads)]:
                each.result()

    return Runner(run=run, callers=threads)


DELIVERER = Runner(run=_deliver)
TICKER = Runner(run=_tick)


@dataclass(frozen=True, kw_only=True)
class Race:
    """`later` is the time between the scene and the start.

    `paid` are the submissions that its end may have seen since its scene was set.
    One that `ends_at_once` leaves no video to be worked on when its runners have ended. They take
    no messages about events.
    """

    name: str
    scene: Scene
    runners: tuple[Runner, ...]
    paid: range
    later: timedelta = timedelta()
    shown: frozenset[int] = frozenset({0})
    ends_at_once: bool = False


def two_regenerating(stage: Stage) -> None:
    two_slots(stage)
    stage.act(asking("POST", f"/v1/campaigns/{CAMPAIGN}/regenerate", {}))


def hundred_submitted(stage: Stage) -> None:
    stage.act(creating(*map("Picture {}".format, range(100))))
    stage.deliver()


def third_version_submitted(stage: Stage) -> None:
    two_versions(stage)
    stage.act(REGENERATING)
    stage.deliver()


CANCELLING = asking("POST", "/v1/videos/{pending}/cancel", {})
DELETING_PENDING = asking("DELETE", "/v1/videos/{pending}")
PROMOTING = asking("POST", "/v1/videos/{historical}/promote", {})
CLEANING_UP = asking(
    "POST", f"/v1/campaigns/{CAMPAIGN}/cleanup", {"dry_run": False, "keep_last": 0}
)

_READY = timedelta(minutes=1)
_OVERDUE = timedelta(minutes=3)
_NOTHING_SHOWN: frozenset[int] = frozenset()
_NONE, _ONCE, _AT_MOST_ONCE = range(1), range(1, 2), range(2)

RACES = (
    Race(
        name="20 regenerate one slot",
        scene=one_video,
        runners=(callers(5, REGENERATING),) * 4,
        paid=_ONCE,
    ),
    Race(
        name="100 clips of one campaign arrive together at a slow store",
        scene=hundred_submitted,
        later=_READY,
        runners=tuple(deliverers(10, first=first, of=40) for first in range(0, 40, 10)),
        paid=_NONE,
        shown=_NOTHING_SHOWN,
        ends_at_once=True,
    ),
    Race(
        name="50 create one video",
        scene=nothing,
        runners=(callers(10, creating("A red bicycle")),) * 5,
        paid=_ONCE,
        shown=_NOTHING_SHOWN,
    ),
    Race(
        name="20 regenerate a campaign while its slots are regenerated",
        scene=two_slots,
        runners=(
            callers(10, asking("POST", f"/v1/campaigns/{CAMPAIGN}/regenerate", {})),
            callers(10, REGENERATING),
        ),
        paid=range(2, 3),
        shown=frozenset({0, 1}),
    ),
    Race(
        name="cancel and delete against a submission",
        scene=one_reserved,
        runners=(DELIVERER, DELIVERER, caller(CANCELLING), caller(DELETING_PENDING)),
        paid=_AT_MOST_ONCE,
        shown=_NOTHING_SHOWN,
    ),
    Race(
        name="cancel against a finishing generation",
        scene=one_submitted,
        later=_READY,
        runners=(DELIVERER, DELIVERER, callers(2, CANCELLING)),
        paid=_NONE,
    ),
    Race(
        name="cancel and delete against a finishing generation",
        scene=one_submitted,
        later=_READY,
        runners=(DELIVERER, DELIVERER, caller(CANCELLING), caller(DELETING_PENDING)),
        paid=_NONE,
    ),
    Race(
        name="two ticks at once, all messages lost",
        scene=two_regenerating,
        later=_OVERDUE,
        runners=(TICKER, TICKER),
        paid=range(2, 3),
        shown=frozenset({0, 1}),
    ),
    Race(
        name="two ticks at once over finished clips",
        scene=one_submitted,
        later=_OVERDUE,
        runners=(TICKER, TICKER, DELIVERER),
        paid=_NONE,
    ),
    Race(
        name="promote against a finishing regeneration",
        scene=third_version_submitted,
        later=_READY,
        runners=(DELIVERER, DELIVERER, callers(2, PROMOTING), caller(CLEANING_UP)),
        paid=_NONE,
    ),
    Race(
        name="another prompt against a finishing regeneration",
        scene=third_version_submitted,
        later=_READY,
        runners=(DELIVERER, DELIVERER, callers(3, creating("A blue bicycle"))),
        paid=_AT_MOST_ONCE,
    ),
)
