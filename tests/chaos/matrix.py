"""The crash matrix: every story, disturbed at each of its moments, with all that may follow."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from signal import Signals

from tests.chaos.aftermaths import Aftermath
from tests.chaos.findings import Finding, Kind
from tests.chaos.history import History
from tests.chaos.moments import in_their_calls, to_kill_at, to_pause_at
from tests.chaos.safeguards import Weaken
from tests.chaos.scenes import SetScene, set_scene
from tests.chaos.shared_state import shared_state
from tests.chaos.stories import Scene, Story, do_nothing
from tests.chaos.tripwire import Counter, Moment
from tests.chaos.worlds import World

Shape = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A story that is disturbed at `point`, counted from 0, and what follows."""

    story: Story
    point: int
    name: str
    aftermath: Aftermath

    def __str__(self) -> str:
        return f"{self.story.name}, disturbed {self.name} (point {self.point}), {self.aftermath}"


@dataclass(frozen=True, kw_only=True)
class Result:
    """`ticks` is how many it took from the disturbance until all was at rest.

    Of two equal processes one may need fewer calls: then it never comes to the last points.
    """

    story: str
    point: int
    findings: tuple[Finding, ...]
    ticks: int
    was_disturbed: bool


class BrokenPeaceError(Exception):
    """A story breaks a rule without any disturbance."""

    def __init__(self, story: Story, findings: Sequence[Finding]) -> None:
        super().__init__(f"{story.name}, undisturbed: {'; '.join(map(str, findings))}")
        self.findings = findings


@dataclass(frozen=True, kw_only=True)
class Peace:
    """An undisturbed run of a story: its points by name, and its result."""

    points: tuple[str, ...]
    shape: Shape
    paid: int
    inspections: int


class Matrix:
    """Sets scenes and runs stories in copies of the empty `world`.

    `weaken` takes a safeguard out of what the processes of a story act with.
    """

    def __init__(self, world: World, notes: Path, weaken: Weaken) -> None:
        self._world = world
        self._weaken = weaken
        self._notes = notes
        self._names: Iterator[str] = map(str, count())
        self._scenes: dict[Scene, SetScene] = {}
        self._peace: dict[str, Peace] = {}

    def new_world(self) -> World:
        """Return one in which nothing has happened yet."""
        return self._world.copy(next(self._names)).weakened(self._weaken)

    def copy_of(self, scene: Scene) -> SetScene:
        """Return the scene in a world of its own. It is set in peace, and once."""
        if scene not in self._scenes:
            self._scenes[scene] = set_scene(scene, self._world.copy(next(self._names)))
        found = self._scenes[scene]
        world = found.world.copy(next(self._names)).weakened(self._weaken)
        world.clock.set_to(found.seconds)
        return replace(found, world=world)

    def apart(self, name: str) -> "Matrix":
        """Return one that knows the same, for a process that runs trials at the same time."""
        state = shared_state()
        other = Matrix(self._world.apart(state), self._notes.with_name(name), self._weaken)
        other._names = (f"{name}-{number}" for number in count())
        other._scenes = {
            scene: replace(found, world=found.world.apart(state))
            for scene, found in self._scenes.items()
        }
        other._peace = dict(self._peace)
        return other

    def trials(self, story: Story) -> Iterator[Trial]:
        points = self.peace(story).points
        named = tuple(in_their_calls(points))
        for aftermath in Aftermath:
            for point in to_kill_at(points) if aftermath.is_deadly else to_pause_at(points):
                yield Trial(story=story, point=point, name=named[point], aftermath=aftermath)

    def peace(self, story: Story) -> Peace:
        """Tell the story once without any crash."""
        if story.name not in self._peace:
            self._peace[story.name] = self._tell_in_peace(story)
        return self._peace[story.name]

    def run(self, trial: Trial) -> Result:
        names = self.peace(trial.story).points
        name = names[trial.point]
        moment = Moment(name, before=names[: trial.point].count(name))
        signal = trial.aftermath.signal_at(trial.point)
        history = self._begin(trial.story, trial.aftermath, signal, at=moment)
        history.tell()
        findings = (*history.findings, *self._surprises(trial, history))
        return Result(
            story=trial.story.name,
            point=trial.point,
            findings=findings,
            ticks=history.ticks,
            was_disturbed=history.was_disturbed,
        )

    def _tell_in_peace(self, story: Story) -> Peace:
        self._notes.write_text("")
        history = self._begin(story, Aftermath.AGAIN, Signals.SIGKILL, notes=self._notes)
        history.tell()
        if history.findings:
            raise BrokenPeaceError(story, history.findings)
        return Peace(
            points=tuple(self._notes.read_text().splitlines()),
            shape=history.shape,
            paid=history.paid,
            inspections=history.inspections,
        )

    def _surprises(self, trial: Trial, history: History) -> Iterator[Finding]:
        """After a crash all is as without it, unless a submission is left of unknown outcome.

        Where a caller is lost, nothing may have happened instead. After a stop, neither may be.
        """
        expected = [self.peace(trial.story)]
        is_stop = trial.aftermath is Aftermath.STOPPED
        keeps_its_caller = is_stop or trial.aftermath is Aftermath.AGAIN
        if not keeps_its_caller and not trial.story.must_be_repeated:
            expected.append(self.peace(_unasked(trial.story)))
        if history.paid > (most := max(each.paid for each in expected)):
            yield Finding(Kind.PAID_TWICE, f"{history.paid} instead of {most} videos")
        looks = max(each.inspections for each in expected)
        if trial.aftermath is Aftermath.NAP and history.inspections > looks:
            yield Finding(Kind.WASTED, f"{history.inspections} looks into clips")
        is_unknown = any("outcome_unknown" in each for each in history.shape) and not is_stop
        is_open = is_unknown or trial.story.may_end_otherwise
        is_unexpected = history.shape not in [each.shape for each in expected]
        is_over = is_stop or trial.aftermath.is_deadly
        if is_over and is_unexpected and not history.findings and not is_open:
            yield Finding(Kind.OTHERWISE, f"{history.shape}")

    def _begin(
        self,
        story: Story,
        aftermath: Aftermath,
        signal: Signals,
        *,
        at: Moment | None = None,
        notes: Path | None = None,
    ) -> History:
        scene = self.copy_of(story.scene)
        world = scene.world.with_faults(story.faults).with_rates(story.rates)
        world = world.weakened(lambda ports: self._weaken(story.enter(ports)))
        world.state.races_to_lose = story.lost_races
        return History(
            world=world,
            story=story,
            versions=scene.versions,
            post=scene.post,
            touch=Counter(world.state, signal, at=at, notes=notes),
            aftermath=aftermath,
        )


def _unasked(story: Story) -> Story:
    """Return the story of the same scene without its action."""
    return replace(story, name=f"not {story.name}", act=do_nothing, faults="", rates="")
