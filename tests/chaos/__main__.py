"""Kill processes at every point of every story, and look whether a rule breaks: `make chaos`."""

import argparse
import logging
import os
import secrets
import sys
import time
from collections.abc import Sequence

from tests.chaos import local_part
from tests.chaos.history import Aftermath
from tests.chaos.matrix import Trial
from tests.chaos.report import table
from tests.chaos.run import Part, rows_of, run_trials, sampled, say

PARTS = (local_part.PART,)


def main() -> int:
    options = _options()
    logging.disable()
    began = time.monotonic()
    seed = secrets.randbelow(10**6) if options.seed is None else options.seed
    results = []
    for part in PARTS:
        if options.part in (part.name, "all"):
            trials = _trials(part, options, seed)
            say(f"{part.name}: {len(trials)} histories, seed {seed}")
            results += run_trials(
                part, trials, jobs=options.jobs, stop_at_first=options.stop_at_first
            )
    sys.stdout.write(f"{table(rows_of(results))}\nSeed {seed}; {time.monotonic() - began:.0f} s.\n")
    return 1 if any(result.findings for result in results) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    names = [part.name for part in PARTS]
    stories = sorted({story.name for part in PARTS for story in part.stories})
    parser.add_argument("part", nargs="?", choices=[*names, "all"], default="all")
    parser.add_argument("--story", choices=stories, help="only this one")
    parser.add_argument("--point", type=int, help="only this one")
    parser.add_argument("--then", choices=list(Aftermath), type=Aftermath, help="only this")
    parser.add_argument("--sample", type=int, help="about how many histories; all by default")
    parser.add_argument("--seed", type=int, help="chooses the sample")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    parser.add_argument("--stop-at-first", action="store_true", help="stop at a broken rule")
    return parser.parse_args()


def _trials(part: Part, options: argparse.Namespace, seed: int) -> Sequence[Trial]:
    with part.new_matrix() as matrix:
        stories = [each for each in part.stories if options.story in (None, each.name)]
        trials = [
            trial
            for story in stories
            for trial in matrix.trials(story)
            if options.point in (None, trial.point) and options.then in (None, trial.aftermath)
        ]
    return trials if options.sample is None else sampled(trials, options.sample, seed)


if __name__ == "__main__":
    sys.exit(main())
