"""Sections of the machine beside the matrix: races, mishaps, callers of any kind, and stops."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from tests.chaos.report import Row
from tests.chaos.safeguards import Weaken

Tell = Callable[[str], object]
"""Says what was wrong."""


class Run(Protocol):
    def __call__(self, *, rounds: int, seed: int, tell: Tell, weaken: Weaken) -> list[Row]:
        """Run so many rounds, and report every broken rule to `tell`."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """`function` of `module` is a Run, and `rounds` are those of a whole run."""

    module: str
    function: str
    rounds: int

    @property
    def run(self) -> Run:
        """Import it when it is its turn: the less a process has imported, the sooner it forks."""
        run: Run = getattr(import_module(f"tests.chaos.{self.module}"), self.function)
        return run


SECTIONS = {
    "races": Section(module="racing", function="run_races", rounds=10),
    "mishaps": Section(module="accidents", function="run_mishaps", rounds=600),
    "callers": Section(module="callers", function="run_callers", rounds=50),
    "histories": Section(module="sequences", function="run_sequences", rounds=10),
    "stops": Section(module="stops", function="run_stops", rounds=10),
    "cloud-stops": Section(module="stops", function="run_cloud_stops", rounds=10),
    "cloud-races": Section(module="cloud_racing", function="run_cloud_races", rounds=5),
}
