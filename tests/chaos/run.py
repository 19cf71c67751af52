"""Runs the trials of a matrix on several cores, and prints how to repeat each failure."""

import random
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from math import ceil
from typing import TypeVar

from tests.chaos.children import fork
from tests.chaos.findings import Finding
from tests.chaos.matrix import BrokenPeaceError, Matrix, Result, Trial
from tests.chaos.releases import RELEASES
from tests.chaos.report import Row
from tests.chaos.safeguards import Safeguard, Weaken, Where
from tests.chaos.stories import STORIES, Story

_LONGEST_SECONDS = 24 * 3600.0
_FEWEST_OF_A_STORY = 1
_TELL_AFTER = 100

T = TypeVar("T")

NewMatrix = Callable[[Weaken], AbstractContextManager[Matrix]]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of the machine: its name on the command line, its stories, and where they happen.

    What all matrices need is `standing` meanwhile.
    """

    name: str
    stories: tuple[Story, ...]
    new_matrix: NewMatrix
    standing: Callable[[], AbstractContextManager[None]] = nullcontext


def few(stories: Sequence[Story], most: int, seed: int) -> list[Story]:
    """Choose some if there are more. The same seed chooses the same ones."""
    chosen = random.Random(seed)  # noqa: S311  # A sample, not a secret.
    return chosen.sample(stories, k=min(most, len(stories)))


def sampled(trials: Sequence[Trial], size: int, seed: int) -> list[Trial]:
    """Choose about `size` trials, some of every story. The same seed chooses the same ones."""
    chosen = random.Random(seed)  # noqa: S311  # A sample, not a secret.
    sample: list[Trial] = []
    for _, group in groupby(trials, key=lambda trial: trial.story.name):
        mine = list(group)
        share = max(_FEWEST_OF_A_STORY, ceil(size * len(mine) / len(trials)))
        sample += chosen.sample(mine, k=min(share, len(mine)))
    return sample


def drawn(trials: Sequence[Trial], seed: int) -> list[Trial]:
    """Keep each point at which a process is killed, and each at which it goes on, once.

    What follows there is drawn. The same seed draws the same.
    """
    chance = random.Random(seed)  # noqa: S311  # A sample, not a secret.
    ways: dict[tuple[str, int, bool], list[Trial]] = {}
    for trial in trials:
        where = trial.story.name, trial.point, trial.aftermath.is_deadly
        ways.setdefault(where, []).append(trial)
    return [chance.choice(each) for each in ways.values()]


def run_trials(part: Part, matrix: Matrix, trials: Sequence[Trial], *, jobs: int) -> list[Result]:
    """Run them all, in as many processes."""
    piles = [trials[first::jobs] for first in range(jobs)]
    work = [partial(_run_pile, part, matrix, number, pile) for number, pile in enumerate(piles)]
    return [result for results in at_once(work) for result in results]


def at_once(work: Sequence[Callable[[], T]]) -> list[T]:
    """Do each in a process of its own."""
    children = [fork(each) for each in work]
    return [each.join(within_seconds=_LONGEST_SECONDS) for each in children]


def rows_of(part: Part, results: Iterable[Result]) -> list[Row]:
    """One for each story."""
    rows: dict[str, Row] = {}
    points: dict[str, set[int]] = {}
    for result in results:
        if not result.was_disturbed and not result.findings:
            continue
        name = result.story
        row = rows.setdefault(name, Row(what=f"{part.name}: {name}"))
        row.add(result.findings, ticks=result.ticks)
        points.setdefault(name, set()).add(result.point)
        row.points = len(points[name])
    return list(rows.values())


def _run_pile(part: Part, matrix: Matrix, number: int, trials: Sequence[Trial]) -> list[Result]:
    mine = matrix.apart(f"job{number}")
    results: list[Result] = []
    for trial in trials:
        result = mine.run(trial)
        results.append(result)
        if result.findings:
            _tell(part, trial, result)
        if len(results) % _TELL_AFTER == 0:
            say(f"{part.name}: {len(results)} of {len(trials)} histories")
    return results


def _tell(part: Part, trial: Trial, result: Result) -> None:
    say(f"\n{trial}:")
    for finding in result.findings:
        say(f"  {finding}")
    options = f'{part.name} --story "{trial.story.name}" --point {trial.point}'
    say(f"  again: make chaos CHAOS_ARGS='{options} --then {trial.aftermath}'\n")


def say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)  # noqa: T201  # Somebody waits for it.


def catch(part: Part, safeguard: Safeguard) -> str | None:
    """Take `safeguard` out. Return what breaks where it has to, and None where nothing does."""
    story = next(each for each in (*STORIES, *RELEASES) if each.name == safeguard.at.story)
    with part.new_matrix(safeguard.take_out) as matrix:
        try:
            trials = [each for each in matrix.trials(story) if _is_at(safeguard.at, each)]
        except BrokenPeaceError as error:
            return _expected(safeguard, error.findings, f"{story.name}, undisturbed")
        for trial in trials:
            caught = _expected(safeguard, matrix.run(trial).findings, str(trial))
            if caught:
                return caught
    return None


def _is_at(where: Where, trial: Trial) -> bool:
    return where.words in trial.name and where.aftermath is trial.aftermath


def _expected(safeguard: Safeguard, findings: Iterable[Finding], where: str) -> str | None:
    found = next((each.kind for each in findings if each.kind in safeguard.breaks), None)
    return f"{found}: {where}" if found else None
