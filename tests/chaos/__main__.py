"""Kill processes at every point of every story, and look whether a rule breaks: `make chaos`."""

import argparse
import logging
import os
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import replace

from tests.chaos import local_part
from tests.chaos.aftermaths import Aftermath
from tests.chaos.matrix import BrokenPeaceError, Trial
from tests.chaos.report import Row, table
from tests.chaos.run import Part, catch, rows_of, run_trials, sampled, say
from tests.chaos.safeguards import SAFEGUARDS, take_nothing_out

PARTS = {part.name: part for part in (local_part.PART,)}
TAKEN_OUT = {each.name: each.take_out for each in SAFEGUARDS}


def main() -> int:
    options = _options()
    logging.disable()
    began = time.monotonic()
    parts = [PARTS[options.part]] if options.part else list(PARTS.values())
    try:
        all_is_well = _safeguards(parts) if options.safeguards else _matrix(parts, options)
    except BrokenPeaceError as error:
        say(str(error))
        all_is_well = False
    say(f"{time.monotonic() - began:.0f} s")
    return 0 if all_is_well else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    stories = sorted({story.name for part in PARTS.values() for story in part.stories})
    parser.add_argument("part", nargs="?", choices=list(PARTS), help="only this part")
    parser.add_argument("--story", choices=stories, help="only this one")
    parser.add_argument("--at", default="", metavar="WORDS", help="only points so named")
    parser.add_argument("--point", type=int, help="only this one")
    parser.add_argument("--then", choices=list(Aftermath), type=Aftermath, help="only this")
    parser.add_argument("--sample", type=int, help="about how many histories; all by default")
    parser.add_argument("--seed", type=int, help="chooses the sample")
    parser.add_argument("--without", choices=list(TAKEN_OUT), help="take a safeguard out")
    parser.add_argument("--safeguards", action="store_true", help="take out each, and tell")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    return parser.parse_args()


def _matrix(parts: Sequence[Part], options: argparse.Namespace) -> bool:
    seed = secrets.randbelow(10**6) if options.seed is None else options.seed
    rows: list[Row] = []
    for each in parts:
        part = replace(each, weaken=TAKEN_OUT.get(options.without, take_nothing_out))
        trials = _trials(part, options, seed)
        say(f"{part.name}: {len(trials)} histories, seed {seed}")
        rows += rows_of(part, run_trials(part, trials, jobs=options.jobs))
    sys.stdout.write(table(rows))
    return not any(row.broken for row in rows)


def _trials(part: Part, options: argparse.Namespace, seed: int) -> Sequence[Trial]:
    with part.new_matrix(part.weaken) as matrix:
        stories = [each for each in part.stories if options.story in (None, each.name)]
        trials = [
            trial
            for story in stories
            for trial in matrix.trials(story)
            if options.at in trial.name
            and options.point in (None, trial.point)
            and options.then in (None, trial.aftermath)
        ]
    return trials if options.sample is None else sampled(trials, options.sample, seed)


def _safeguards(parts: Sequence[Part]) -> bool:
    """Say of each on a line of its own what broke without it."""
    all_caught = True
    for part in parts:
        for safeguard in SAFEGUARDS:
            caught = catch(part, safeguard)
            what = caught or "NOTHING BREAKS"
            sys.stdout.write(f"{part.name}: without {safeguard.name}: {what}\n")
            sys.stdout.flush()
            all_caught &= caught is not None
    return all_caught


if __name__ == "__main__":
    sys.exit(main())
