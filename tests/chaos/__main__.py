"""Kill processes at each moment of every story, and look whether a rule breaks: `make chaos`.

Without arguments: the matrix on a folder and on the emulated cloud, and all sections. Each point of
each story is disturbed; what follows there is drawn by the seed, unless with --all. That takes
about 40 minutes on two quiet cores, and 90 with --all.
"""

import argparse
import logging
import os
import secrets
import sys
import time
from collections.abc import Sequence
from functools import partial
from importlib import import_module

from tests.chaos.aftermaths import Aftermath
from tests.chaos.matrix import BrokenPeaceError, Matrix, Trial
from tests.chaos.releases import RELEASES
from tests.chaos.report import Row, table
from tests.chaos.run import (
    Part,
    at_once,
    catch,
    drawn,
    few,
    rows_of,
    run_trials,
    sampled,
    say,
)
from tests.chaos.safeguards import SAFEGUARDS, Safeguard, take_nothing_out
from tests.chaos.sections import SECTIONS
from tests.chaos.stories import STORIES
from tools.emulated_cloud.environment import ignore_env_file

PARTS = ("local", "cloud")
TAKEN_OUT = {each.name: each.take_out for each in SAFEGUARDS}


def main() -> int:
    options = _options()
    logging.disable()
    ignore_env_file()
    began = time.monotonic()
    names = [name for name in PARTS if options.part in (None, name)]
    try:
        all_is_well = _safeguards(names) if options.safeguards else _all(names, options)
    except BrokenPeaceError as error:
        say(str(error))
        all_is_well = False
    say(f"{time.monotonic() - began:.0f} s")
    return 0 if all_is_well else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make chaos",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    stories = [story.name for story in (*STORIES, *RELEASES)]
    parser.add_argument("part", nargs="?", choices=[*PARTS, *SECTIONS], help="only this part")
    parser.add_argument("--story", choices=stories, help="only this one")
    parser.add_argument("--at", default="", metavar="WORDS", help="only points so named")
    parser.add_argument("--point", type=int, help="only this one")
    parser.add_argument("--then", choices=list(Aftermath), type=Aftermath, help="only this")
    parser.add_argument("--all", action="store_true", help="disturb each point in each way")
    parser.add_argument("--sample", type=int, help="about how many histories")
    parser.add_argument("--rounds", type=int, help="how often races and what follows happen")
    parser.add_argument("--seed", type=int, help="draws; a random one by default")
    parser.add_argument("--without", choices=list(TAKEN_OUT), help="take a safeguard out")
    parser.add_argument("--safeguards", action="store_true", help="take out each, and tell")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    return parser.parse_args()


def _part(name: str) -> Part:
    """Import it when it is its turn: the less a process has imported, the sooner it is forked."""
    part: Part = import_module(f"tests.chaos.{name}_part").PART
    return part


def _all(names: Sequence[str], options: argparse.Namespace) -> bool:
    seed = secrets.randbelow(10**6) if options.seed is None else options.seed
    rows = [*_matrix(names, options, seed), *_sections(options, seed)]
    sys.stdout.write(table(rows))
    return not any(row.broken for row in rows)


def _matrix(names: Sequence[str], options: argparse.Namespace, seed: int) -> list[Row]:
    weaken = TAKEN_OUT.get(options.without, take_nothing_out)
    rows: list[Row] = []
    for name in names:
        part = _part(name)
        with part.standing(), part.new_matrix(weaken) as matrix:
            trials = _trials(part, matrix, options, seed)
            say(f"{part.name}: {len(trials)} histories, seed {seed}")
            rows += rows_of(part, run_trials(part, matrix, trials, jobs=options.jobs))
    return rows


def _sections(options: argparse.Namespace, seed: int) -> list[Row]:
    """Run the sections, unless the options select a part of the matrix."""
    pieces = (options.story, options.at, options.point, options.then, options.sample)
    is_whole = options.part is None and all(each in (None, "") for each in pieces)
    if not is_whole:
        return _section(options.part, options, seed) if options.part in SECTIONS else []
    piles = [list(SECTIONS)[first :: options.jobs] for first in range(options.jobs)]
    work = [partial(_pile_of_sections, pile, options, seed) for pile in piles]
    return [row for rows in at_once(work) for row in rows]


def _pile_of_sections(names: Sequence[str], options: argparse.Namespace, seed: int) -> list[Row]:
    return [row for name in names for row in _section(name, options, seed)]


def _section(name: str, options: argparse.Namespace, seed: int) -> list[Row]:
    section = SECTIONS[name]
    rounds = options.rounds or section.rounds
    say(f"{name}: {rounds} rounds, seed {seed}")
    tell = say if options.without is None else _tell_and_end
    weaken = TAKEN_OUT.get(options.without, take_nothing_out)
    return section.run(rounds=rounds, seed=seed, tell=tell, weaken=weaken)


def _tell_and_end(what: str) -> None:
    """Without a safeguard, one broken rule is enough."""
    say(what)
    sys.exit(1)


def _trials(part: Part, matrix: Matrix, options: argparse.Namespace, seed: int) -> Sequence[Trial]:
    stories = [each for each in part.stories if options.story in (None, each.name)]
    if options.sample is not None:
        # To tell a story in peace takes as long as a history.
        stories = few(stories, options.sample, seed)
    trials = [
        trial
        for story in stories
        for trial in matrix.trials(story)
        if options.at in trial.name
        and options.point in (None, trial.point)
        and options.then in (None, trial.aftermath)
    ]
    if options.sample is not None:
        return sampled(trials, options.sample, seed)
    return trials if options.all else drawn(trials, seed)


def _safeguards(names: Sequence[str]) -> bool:
    """Say of each on a line of its own what broke without it."""
    caught = []
    for part in map(_part, names):
        with part.standing():
            caught += [
                _take_out(part, safeguard)
                for safeguard in SAFEGUARDS
                if part.name in safeguard.parts
            ]
    return all(caught)


def _take_out(part: Part, safeguard: Safeguard) -> bool:
    caught = catch(part, safeguard)
    what = caught or "NOTHING BREAKS"
    sys.stdout.write(f"{part.name}: without {safeguard.name}: {what}\n")
    sys.stdout.flush()
    return caught is not None


if __name__ == "__main__":
    sys.exit(main())
