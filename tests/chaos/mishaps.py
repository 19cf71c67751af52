"""What goes wrong while a process lives on: a disk refuses, or the clock goes back."""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tests.chaos.shared_state import SharedClock

_HOUR = timedelta(hours=1)
_NOWHERE = 1 << 40
_WRITES = frozenset(f"at os.{name}" for name in ("fsync", "link", "mkdir", "replace"))
_CHANGES = _WRITES | {"at os.unlink", "at os.rmdir"}
_MANY = 12


@dataclass(frozen=True, kw_only=True)
class Mishap:
    """Happens at some points, `lasts` for so many of them, and is an error of the system or none.

    Where it is none, the clock goes back an hour.
    """

    name: str
    can_happen: Callable[[str], bool]
    lasts: int = 1
    error: int = 0

    def happen(self, clock: SharedClock) -> None:
        if self.error:
            raise OSError(self.error, os.strerror(self.error))
        clock.advance(-_HOUR)


MISHAPS = (
    Mishap(name="a full disk", can_happen=_WRITES.__contains__, error=errno.ENOSPC),
    Mishap(
        name="a disk that is full for a while",
        can_happen=_WRITES.__contains__,
        lasts=_MANY,
        error=errno.ENOSPC,
    ),
    Mishap(name="permission denied", can_happen=_CHANGES.__contains__, error=errno.EACCES),
    Mishap(name="a clock that goes back", can_happen=lambda name: name.startswith("before ")),
)


@dataclass
class Trouble:
    """Touches points, and at one of them, counted from 0, lets a mishap begin.

    What the generator does to its own is left alone: that is no promise of ours.
    """

    mishap: Mishap
    clock: SharedClock
    at: int = _NOWHERE
    points: int = 0
    _inside_generator: int = 0

    def __call__(self, name: str) -> None:
        moment, _, what = name.partition(" ")
        if what.startswith("generator."):
            self._inside_generator += {"before": 1, "after": -1}[moment]
        elif not self._inside_generator and self.mishap.can_happen(name):
            number, self.points = self.points, self.points + 1
            if self.at <= number < self.at + self.mishap.lasts:
                self.mishap.happen(self.clock)
