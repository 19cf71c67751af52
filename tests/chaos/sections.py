"""Sections of the machine in which nobody is killed: races, mishaps, and callers of any kind."""

from dataclasses import dataclass
from typing import Protocol

from tests.chaos.accidents import run_mishaps
from tests.chaos.callers import run_callers
from tests.chaos.racing import run_races
from tests.chaos.report import Row
from tests.chaos.safeguards import Weaken
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
