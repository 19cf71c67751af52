"""The crash matrix: every story, killed at every point, with all that may follow."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from tests.chaos.findings import Finding, Kind
from tests.chaos.history import Aftermath, History
from tests.chaos.scenes import SetScene, set_scene
from tests.chaos.stories import Scene, Story, do_nothing
from tests.chaos.tripwire import Counter
from tests.chaos.worlds import World

Shape = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A story of which a process dies at `point`, counted from 0, and what follows."""

    story: Story
    point: int
    name: str
    aftermath: Aftermath

    def __str__(self) -> str:
        return f"{self.story.name}, killed {self.name} (point {self.point}), {self.aftermath}"


@dataclass(frozen=True, kw_only=True)
class Result:
    """`ticks` is how many it took from the crash until all was at rest."""

    story: str
    point: int
    findings: tuple[Finding, ...]
    ticks: int


@dataclass(frozen=True, kw_only=True)
class Peace:
    """How a story goes that nobody disturbs: its points by name, and what is there in the end."""

    points: tuple[str, ...]
    shape: Shape


class Matrix:
    """Sets scenes and tells stories in worlds that are copies of the empty `world`."""

    def __init__(self, world: World, notes: Path) -> None:
        self._world = world
        self._notes = notes
        self._names = map(str, count())
        self._scenes: dict[Scene, SetScene] = {}
        self._peace: dict[str, Peace] = {}

    def trials(self, story: Story) -> Iterator[Trial]:
        for point, name in enumerate(self.peace(story).points):
            for aftermath in Aftermath:
                yield Trial(story=story, point=point, name=name, aftermath=aftermath)

    def peace(self, story: Story) -> Peace:
        """Tell the story once without any crash."""
        if story.name not in self._peace:
            self._peace[story.name] = self._tell_in_peace(story)
        return self._peace[story.name]

    def run(self, trial: Trial) -> Result:
        history = self._begin(trial.story, trial.aftermath)
        history.world.state.deadly = trial.point
        history.tell()
        history.world.remove()
        findings = (*history.findings, *self._surprises(trial, history))
        return Result(
            story=trial.story.name, point=trial.point, findings=findings, ticks=history.ticks
        )

    def _tell_in_peace(self, story: Story) -> Peace:
        self._notes.write_text("")
        history = self._begin(story, Aftermath.AGAIN, notes=self._notes)
        history.tell()
        history.world.remove()
        if history.findings:
            raise AssertionError(f"{story.name}, undisturbed: {history.findings}")
        return Peace(points=tuple(self._notes.read_text().splitlines()), shape=history.shape)

    def _surprises(self, trial: Trial, history: History) -> Iterator[Finding]:
        """All is as without the crash, unless nobody knows what became of a submission.

        Where a caller is lost, nothing may have happened instead.
        """
        if history.findings or any("outcome_unknown" in each for each in history.shape):
            return
        expected = {self.peace(trial.story).shape}
        if trial.aftermath is Aftermath.LOST and not trial.story.must_be_repeated:
            expected.add(self.peace(_unasked(trial.story)).shape)
        if history.shape not in expected:
            yield Finding(Kind.OTHERWISE, f"{history.shape}")

    def _begin(self, story: Story, aftermath: Aftermath, *, notes: Path | None = None) -> History:
        scene = self._scene(story.scene)
        world = scene.world.copy(next(self._names)).with_faults(story.faults)
        world.clock.set_to(scene.seconds)
        world.state.events = 0
        return History(
            world=world,
            story=story,
            versions=scene.versions,
            post=scene.post,
            touch=Counter(world.state, notes),
            aftermath=aftermath,
        )

    def _scene(self, scene: Scene) -> SetScene:
        if scene not in self._scenes:
            self._scenes[scene] = set_scene(scene, self._world.copy(next(self._names)))
        return self._scenes[scene]


def _unasked(story: Story) -> Story:
    """Return what becomes of its scene if nobody acts."""
    return replace(story, name=f"not {story.name}", act=do_nothing, faults="")
