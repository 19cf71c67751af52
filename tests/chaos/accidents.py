"""Runs stories whose processes survive a mishap: a full disk, a denied permission, a clock jump."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from random import Random
from typing import TypeVar
from unittest.mock import patch

from shared.domain.errors import ShowreelError
from tests.chaos.children import ChildError, KilledError, in_a_process
from tests.chaos.findings import Finding, Kind
from tests.chaos.local_part import local_matrix
from tests.chaos.matrix import Matrix
from tests.chaos.mishaps import MISHAPS, Mishap, Trouble
from tests.chaos.report import Row
from tests.chaos.rules import rules_broken_at
from tests.chaos.safeguards import Weaken
from tests.chaos.scenes import SetScene
from tests.chaos.sections import Tell
from tests.chaos.stories import CAMPAIGN, STORIES, Story
from tests.chaos.tripwire import Touch
from tests.chaos.witness import Witness
from tests.chaos.work import MOST_TICKS, act_once, settle

T = TypeVar("T")

_MOST_TRIES = 50
# In one round, the mishaps happen to stories that have little in common.
_APART = 10

# A caller frees the full disk, or gets the permission, and sends the request again.
_SAID_AGAIN = re.compile(r" answers (?:503|507) |\"code\":\"storage_error\"")


def run_mishaps(*, rounds: int, seed: int, tell: Tell, weaken: Weaken) -> list[Row]:
    """In each round, let each mishap happen to one story; all of them get their turn.

    Fork from no threads.
    """
    rows = {mishap.name: Row(what=mishap.name) for mishap in MISHAPS}
    with local_matrix(weaken) as matrix:
        accidents = Accidents(matrix)
        for turn, (first, mishap) in product(range(seed, seed + rounds), enumerate(MISHAPS)):
            story = STORIES[(turn + _APART * first) % len(STORIES)]
            row = rows[mishap.name]
            for at in accidents.some_point(story, mishap, turn):
                row.points += 1
                findings, ticks = accidents.tell(story, mishap, at)
                row.add(findings, ticks=ticks)
                for finding in findings:
                    tell(f"{mishap.name}, {story.name}, point {at}: {finding}")
    return list(rows.values())


@dataclass
class Accidents:
    """Runs stories with one mishap each, and caches how many points each story has."""

    matrix: Matrix
    _points: dict[tuple[str, object], int] = field(default_factory=dict)

    def points(self, story: Story, mishap: Mishap) -> int:
        """Return at how many points it can happen."""
        name = story.name, mishap.can_happen
        if name not in self._points:
            scene = self._begin(story)
            trouble = Trouble(mishap, scene.world.clock)
            self._points[name] = in_a_process(partial(_suffer, story, scene, trouble)).points
            scene.world.remove()
        return self._points[name]

    def some_point(self, story: Story, mishap: Mishap, seed: int) -> list[int]:
        """Choose one of them by the seed, if there is any."""
        points = self.points(story, mishap)
        chosen = Random(f"{seed}/{mishap.name}/{story.name}")  # noqa: S311
        return chosen.sample(range(points), k=min(1, points))

    def tell(self, story: Story, mishap: Mishap, at: int) -> tuple[tuple[Finding, ...], int]:
        """Return what was wrong, and how many ticks it took to come to rest."""
        scene = self._begin(story)
        world = scene.world
        trouble = Trouble(mishap, world.clock, at)
        witness = Witness(world, CAMPAIGN, story.shown)
        witness.begin()
        try:
            ended = in_a_process(partial(_suffer, story, scene, trouble))
            broken = partial(rules_broken_at, world.bill)
            findings = world.observe(broken) if ended.at_rest else (_restless(),)
        except (ChildError, KilledError, TimeoutError) as error:
            ended, findings = _Ended(), (Finding(Kind.FAILURE, str(error)),)
        findings += witness.end()
        world.remove()
        return findings, ended.ticks

    def _begin(self, story: Story) -> SetScene:
        scene = self.matrix.copy_of(story.scene)
        world = scene.world.with_faults(story.faults).with_rates(story.rates)
        return replace(scene, world=world)


@dataclass(frozen=True, kw_only=True)
class _Ended:
    points: int = 0
    at_rest: bool = False
    ticks: int = 0


def _suffer(story: Story, scene: SetScene, trouble: Trouble) -> _Ended:
    world = scene.world
    _insist(partial(act_once, world, story.act, scene.versions, trouble), trouble)
    ticks = -1

    def do(work: Callable[[Touch], T]) -> list[T]:
        nonlocal ticks
        ticks += 1
        return [_insist(partial(work, trouble), trouble)]

    at_rest = settle(world, scene.post, do) is not None
    return _Ended(points=trouble.points, at_rest=at_rest, ticks=ticks)


def _insist(act: Callable[[], T], touch: Touch) -> T:
    """Do it again where it fails in the way that asks for that."""
    for _ in range(_MOST_TRIES):
        try:
            with _touched_syncing(touch):
                return act()
        except ShowreelError:
            continue
        except AssertionError as error:
            if not _SAID_AGAIN.search(str(error)):
                raise
    raise AssertionError(f"It still fails after {_MOST_TRIES} tries.")


@contextmanager
def _touched_syncing(touch: Touch) -> Iterator[None]:
    """Data reaches a disk that is full no later than here."""
    fsync = os.fsync

    def touch_and_sync(file: int) -> None:
        touch("at os.fsync")
        fsync(file)

    with patch.object(os, "fsync", touch_and_sync):
        yield


def _restless() -> Finding:
    return Finding(Kind.RESTLESS, f"there is work left after {MOST_TICKS} ticks")
