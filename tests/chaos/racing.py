"""Runs races, and looks what is left of the rules."""

import multiprocessing
import random
import time
from collections.abc import Sequence
from functools import partial
from itertools import product

from tests.chaos.children import Child, ChildError, KilledError, fork
from tests.chaos.findings import Finding, Kind
from tests.chaos.local_part import local_matrix
from tests.chaos.matrix import Matrix
from tests.chaos.races import RACES, Line, Race
from tests.chaos.report import Row
from tests.chaos.rules import have_all_ended, rules_broken_at
from tests.chaos.safeguards import Weaken
from tests.chaos.scenes import SetScene, set_scene
from tests.chaos.sections import Tell
from tests.chaos.stories import CAMPAIGN
from tests.chaos.witness import Witness
from tests.chaos.work import MOST_TICKS, TICK, Round, Work, in_step, settle
from tests.chaos.worlds import World

_LONGEST_PAUSE_SECONDS = 0.002


def run_races(*, rounds: int, seed: int, tell: Tell, weaken: Weaken) -> list[Row]:
    """Run every race so many times. This process must have no threads."""
    with local_matrix(weaken) as matrix:
        return run_on(matrix, RACES, range(seed, seed + rounds), tell)


def run_on(matrix: Matrix, races: Sequence[Race], seeds: range, tell: Tell) -> list[Row]:
    rows = {race.name: Row(what=f"race: {race.name}", points=1) for race in races}
    for seed, race in product(seeds, races):
        findings, ticks = _run(race, matrix, seed)
        rows[race.name].add(findings, ticks=ticks)
        for finding in findings:
            tell(f"race: {race.name}, seed {seed}: {finding}")
    return list(rows.values())


def _run(race: Race, matrix: Matrix, seed: int) -> tuple[tuple[Finding, ...], int]:
    """Return what was wrong, and how many ticks it took to come to rest."""
    scene = set_scene(race.scene, matrix.new_world())
    world = scene.world
    paid_before = world.bill.paid().total()
    world.clock.advance(race.later)
    world.let_clips_appear()
    witness = Witness(world, CAMPAIGN, race.shown)
    began = world.clock.seconds
    witness.begin()
    try:
        findings = _to_the_end(race, scene, seed)
    except (ChildError, KilledError, TimeoutError) as error:
        findings = (Finding(Kind.FAILURE, str(error)),)
    findings += witness.end()
    paid = world.bill.paid().total() - paid_before
    if paid not in race.paid:
        findings += (Finding(Kind.PAID_TWICE, f"{paid} submissions"),)
    ticks = round((world.clock.seconds - began) / TICK.total_seconds())
    world.remove()
    return findings, ticks


def _to_the_end(race: Race, scene: SetScene, seed: int) -> tuple[Finding, ...]:
    world = scene.world
    taking_part = sum(runner.callers for runner in race.runners)
    barrier = multiprocessing.get_context("fork").Barrier(taking_part)
    runners: list[Child[None]] = []
    for number, runner in enumerate(race.runners):
        touch = Dawdling(f"{seed}/{number}")
        line = Line(world=world, scene=scene, start=barrier.wait, touch=touch)
        runners.append(fork(partial(runner.run, line)))
    for each in runners:
        each.join()
    if race.ends_at_once and not world.observe(have_all_ended):
        return (Finding(Kind.RESTLESS, "there is work left when all runners have ended"),)
    if settle(world, scene.post, partial(_by_two, world)) is None:
        return (Finding(Kind.RESTLESS, f"there is work left after {MOST_TICKS} ticks"),)
    return world.observe(partial(rules_broken_at, world.bill))


def _by_two(world: World, work: Work[Round]) -> list[Round]:
    children = [fork(partial(in_step, work, world, me)) for me in (0, 1)]
    return [child.join() for child in children]


class Dawdling:
    """Stands still for a moment at some points, so that no two races run alike."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)  # noqa: S311  # A race, not a secret.

    def __call__(self, name: str) -> None:
        pause = self._random.choice((0.0, 0.0, _LONGEST_PAUSE_SECONDS))
        if pause:
            time.sleep(self._random.uniform(0, pause))
