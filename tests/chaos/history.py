"""One history: a story is told, a process dies or stands still at one point, and others go on."""

from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from shared.ports import Ports
from tests.chaos.aftermaths import Aftermath
from tests.chaos.children import Child, ChildError, KilledError, fork, in_a_process
from tests.chaos.findings import Finding, Kind
from tests.chaos.rules import (
    broken_rules,
    day_disagreements,
    event_disagreements,
    remains_of,
    shape_of,
    without_holder,
)
from tests.chaos.stories import CAMPAIGN, Story, Versions
from tests.chaos.tripwire import Touch, touch_nothing
from tests.chaos.witness import Witness
from tests.chaos.work import (
    MOST_TICKS,
    TICK,
    Post,
    Work,
    act_once,
    deliver,
    in_step,
    live,
    settle,
    settle_alone,
    settle_quietly,
)
from tests.chaos.worlds import World

T = TypeVar("T")


@dataclass(kw_only=True)
class History:
    """Plays `story` in `world`, where nothing has happened yet but its scene.

    `touch` is what its process does at every point.
    `shape` is what became of all videos in the end, `paid` how many submissions were, and
    `inspections` how many clips somebody looked into. The world is gone by then.
    """

    world: World
    story: Story
    versions: Versions
    post: Post
    touch: Touch
    aftermath: Aftermath
    findings: list[Finding] = field(default_factory=list)
    shape: tuple[str, ...] = ()
    paid: int = 0
    inspections: int = 0
    _disturbed_at: float | None = None

    def __post_init__(self) -> None:
        self._witness = Witness(self.world, CAMPAIGN, self.story.shown)

    @property
    def was_disturbed(self) -> bool:
        return self._disturbed_at is not None

    @property
    def ticks(self) -> int:
        """How many there were from the disturbance to the end."""
        if self._disturbed_at is None:
            return 0
        return round((self.world.clock.seconds - self._disturbed_at) / TICK.total_seconds())

    def tell(self) -> None:
        """Find all that is wrong with it."""
        self.world.state.has_acted = 0
        self.world.state.stands_still = 0
        self._witness.begin()
        try:
            self._live()
        except (ChildError, KilledError, TimeoutError) as error:
            self._report(Finding(Kind.FAILURE, str(error)))
        finally:
            self._report(*self._witness.end())
        self.paid = self.world.bill.paid().total()
        self.inspections = self.world.bill.inspections()
        self.world.remove()

    def _live(self) -> None:
        if not self._comes_to_rest():
            self._report(Finding(Kind.RESTLESS, f"there is work left after {MOST_TICKS} ticks"))
            return
        if self.story.asks_again:
            self._ask_again()
        found, self.shape = self.world.observe(self._in_the_end)
        self._report(*found)

    def _in_the_end(self, ports: Ports) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
        """Return what is wrong at rest, and the shape."""
        remains = remains_of(ports)
        rules = broken_rules(remains, ports, self.world.bill)
        found = (*rules, *self.story.rule(ports, self.versions))
        if not self.story.must_be_repeated:
            # What is copied was counted elsewhere, and ended there.
            days = day_disagreements(remains, ports)
            found = (*found, *days, *event_disagreements(remains, ports))
        return found, shape_of(remains)

    def _comes_to_rest(self) -> bool:
        act = partial(act_once, self.world, self.story.act, self.versions)
        process = fork(partial(live, self.world, act, self.post, self.touch))
        try:
            if self.aftermath.is_a_pause and process.is_stopped(self._stands_still):
                self._go_on_without(process)
            at_rest = process.join()
        except KilledError:
            self._disturb()
            return self._recovers(act)
        was_told_to_stop = self.aftermath is Aftermath.STOPPED and self._stands_still()
        return self._goes_on() if was_told_to_stop else at_rest

    def _goes_on(self) -> bool:
        """The next process finds everything free, and needs no message."""
        self._disturb()
        found, at_rest = in_a_process(self._settle_after_stop)
        self._report(*found)
        return at_rest

    def _settle_after_stop(self) -> tuple[tuple[Finding, ...], bool]:
        return self.world.observe(without_holder), settle_alone(self.world)

    def _ask_again(self) -> None:
        """A caller that was not disturbed has its answer: repeating it pays nothing more."""
        paid = self.world.bill.paid().total()
        in_a_process(partial(act_once, self.world, self.story.act, self.versions, touch_nothing))
        in_a_process(partial(settle_alone, self.world))
        if not self.was_disturbed and self.world.bill.paid().total() > paid:
            self._report(Finding(Kind.PAID_TWICE, "it was paid for again when asked for again"))

    def _recovers(self, act: Work[None]) -> bool:
        has_acted = bool(self.world.state.has_acted)
        if self.aftermath is Aftermath.LOST:
            if self.story.must_be_repeated:
                in_a_process(partial(act, touch_nothing))
            return in_a_process(partial(settle_alone, self.world))
        if not has_acted:
            self._by_two(act)
        return settle(self.world, self.post, self._by_two) is not None

    def _go_on_without(self, process: Child[bool]) -> None:
        self._disturb()
        others = deliver if self.aftermath is Aftermath.NAP else settle_quietly
        try:
            in_a_process(partial(others, self.world, self.post, touch_nothing))
        finally:
            process.go_on()

    def _stands_still(self) -> bool:
        return bool(self.world.state.stands_still)

    def _by_two(self, work: Work[T]) -> list[T]:
        children = [fork(partial(in_step, work, self.world, me)) for me in (0, 1)]
        return [child.join() for child in children]

    def _disturb(self) -> None:
        if not self._stands_still():
            raise ChildError("A process was killed that was not to be killed.")
        self._disturbed_at = self.world.clock.seconds
        self._witness.look()

    def _report(self, *findings: Finding) -> None:
        self.findings += findings
