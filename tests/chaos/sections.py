"""Sections of the machine in which nobody is killed: races, mishaps, and callers of any kind."""

import argparse
import logging
import secrets
import sys
from dataclasses import dataclass
from typing import Protocol

from tests.chaos.accidents import run_mishaps
from tests.chaos.callers import run_callers
from tests.chaos.racing import run_races
from tests.chaos.report import Row, table
from tests.chaos.run import say
from tests.chaos.safeguards import SAFEGUARDS, Weaken, take_nothing_out
from tests.chaos.track import Tell


class Run(Protocol):
    def __call__(self, *, rounds: int, seed: int, tell: Tell, weaken: Weaken) -> list[Row]:
        """Do it as thoroughly as `rounds` say, and tell of all that is wrong."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """`rounds` are those of a whole run."""

    run: Run
    rounds: int


SECTIONS = {
    "races": Section(run=run_races, rounds=25),
    "mishaps": Section(run=run_mishaps, rounds=15),
    "callers": Section(run=run_callers, rounds=50),
}


def main() -> int:
    options = _options()
    logging.disable()
    seed = secrets.randbelow(10**6) if options.seed is None else options.seed
    weaken = {each.name: each.take_out for each in SAFEGUARDS}.get(options.without)
    rows: list[Row] = []
    for name, section in SECTIONS.items():
        if options.section in (None, name):
            rounds = options.rounds or section.rounds
            say(f"{name}: {rounds} rounds, seed {seed}")
            rows += section.run(
                rounds=rounds,
                seed=seed,
                tell=say if weaken is None else _tell_and_end,
                weaken=weaken or take_nothing_out,
            )
    sys.stdout.write(table(rows))
    return 1 if any(row.broken for row in rows) else 0


def _tell_and_end(what: str) -> None:
    """Without a safeguard, one broken rule is enough."""
    say(what)
    sys.exit(1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("section", nargs="?", choices=SECTIONS, help="only this one")
    parser.add_argument("--rounds", type=int, help="how thoroughly")
    parser.add_argument("--seed", type=int, help="chooses what happens")
    parser.add_argument("--without", choices=[each.name for each in SAFEGUARDS], help="take it out")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
