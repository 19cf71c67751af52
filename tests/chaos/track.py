"""Empty worlds of the local family, one after the other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos import clips
from tests.chaos.local_world import LocalWorld, copy_instead_of_rendering
from tests.chaos.safeguards import Weaken
from tests.chaos.shared_state import shared_state

_MEMORY = Path("/dev/shm")  # noqa: S108  # Only a folder made in it is used.

Tell = Callable[[str], object]
"""Tells of what was wrong."""


@dataclass(frozen=True)
class Track:
    """Runs races in copies of the empty `world`."""

    world: LocalWorld
    names: Iterator[str]

    def new_world(self) -> LocalWorld:
        return self.world.copy(next(self.names))


@contextmanager
def track(weaken: Weaken) -> Iterator[Track]:
    clips.warm_up()
    copy_instead_of_rendering()
    with TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        empty = Path(folder, "empty")
        for name in ("data", "elsewhere"):
            (empty / name).mkdir(parents=True)
        yield Track(LocalWorld(empty, shared_state(), weaken), map(str, count()))
