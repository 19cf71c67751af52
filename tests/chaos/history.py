"""One history: a story is told, a process dies at one point of it, and others go on."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TypeVar

from tests.chaos.children import ChildError, KilledError, fork, in_a_process
from tests.chaos.findings import Finding, Kind
from tests.chaos.rules import broken_rules, shape_of
from tests.chaos.shared_state import NOWHERE
from tests.chaos.stories import CAMPAIGN, Story, Versions
from tests.chaos.tripwire import Touch, touch_nothing
from tests.chaos.witness import Witness
from tests.chaos.work import (
    MOST_TICKS,
    TICK,
    Post,
    Work,
    act_once,
    in_step,
    live,
    settle,
    settle_alone,
)
from tests.chaos.worlds import World

T = TypeVar("T")


class Aftermath(StrEnum):
    """What follows a crash.

    AGAIN: two others go on at the same time. They do again what it had not finished, and get all
    messages again. LOST: its caller is gone, as are all messages; there is only the tick.
    """

    AGAIN = "again"
    LOST = "lost"


@dataclass(kw_only=True)
class History:
    """Tells `story` in `world`, where nothing has happened yet but its scene.

    `touch` is what the processes do at every point, until one of them is killed there.
    `shape` is what became of all videos in the end.
    """

    world: World
    story: Story
    versions: Versions
    post: Post
    touch: Touch
    aftermath: Aftermath
    findings: list[Finding] = field(default_factory=list)
    shape: tuple[str, ...] = ()
    _crashed_at: float | None = None

    def __post_init__(self) -> None:
        self._witness = Witness(self.world, CAMPAIGN, self.story.shown)

    @property
    def ticks(self) -> int:
        """How many there were from the crash to the end."""
        if self._crashed_at is None:
            return 0
        return round((self.world.clock.seconds - self._crashed_at) / TICK.total_seconds())

    def tell(self) -> None:
        """Find all that is wrong with it."""
        self.world.state.stopped = 0
        self.world.state.has_acted = 0
        watcher = fork(self._witness.watch)
        try:
            self._live()
        except (ChildError, KilledError, TimeoutError) as error:
            self._report(Finding(Kind.FAILURE, str(error)))
        finally:
            self.world.state.deadly = NOWHERE
            self.world.state.stopped = 1
            self._report(*watcher.join())

    def _live(self) -> None:
        if not self._comes_to_rest():
            self._report(Finding(Kind.RESTLESS, f"there is work left after {MOST_TICKS} ticks"))
            return
        self._report(*self._witness.look())
        self._report(*self.world.observe(partial(broken_rules, bill=self.world.bill)))
        self.shape = self.world.observe(shape_of)

    def _comes_to_rest(self) -> bool:
        act = partial(act_once, self.world, self.story.act, self.versions)
        try:
            return fork(partial(live, self.world, act, self.post, self.touch)).join()
        except KilledError:
            self._crash()
        has_acted = bool(self.world.state.has_acted)
        if self.aftermath is Aftermath.LOST:
            if self.story.must_be_repeated:
                in_a_process(partial(act, touch_nothing))
            return in_a_process(partial(settle_alone, self.world))
        if not has_acted:
            self._by_two(act)
        return settle(self.world, self.post, self._by_two) is not None

    def _by_two(self, work: Work[T]) -> list[T]:
        children = [fork(partial(in_step, work, self.world, me)) for me in (0, 1)]
        return [child.join() for child in children]

    def _crash(self) -> None:
        if self.world.state.events <= self.world.state.deadly:
            raise ChildError("A process was killed that nobody meant to kill.")
        self.world.state.deadly = NOWHERE
        self._crashed_at = self.world.clock.seconds
        self._report(*self._witness.look())

    def _report(self, *findings: Finding) -> None:
        self.findings += findings
