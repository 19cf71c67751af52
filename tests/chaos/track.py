"""Empty worlds, one after the other."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Generic, TypeVar

from tests.chaos import clips
from tests.chaos.local_world import LocalWorld, copy_instead_of_rendering
from tests.chaos.safeguards import Weaken
from tests.chaos.shared_state import shared_state
from tests.chaos.worlds import World

_MEMORY = Path("/dev/shm")  # noqa: S108  # Only a folder made in it is used.

Tell = Callable[[str], object]
"""Says what was wrong."""


W = TypeVar("W", bound=World)

NewTrack = Callable[[Weaken], AbstractContextManager["Track[W]"]]


@dataclass(frozen=True)
class Track(Generic[W]):
    """Makes copies of the empty `world`."""

    world: W
    names: Iterator[str] = field(default_factory=lambda: map(str, count()))

    def new_world(self) -> W:
        return self.world.copy(next(self.names))


@contextmanager
def local_track(weaken: Weaken) -> Iterator[Track[LocalWorld]]:
    clips.warm_up()
    copy_instead_of_rendering()
    with TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        empty = Path(folder, "empty")
        for name in ("data", "elsewhere"):
            (empty / name).mkdir(parents=True)
        yield Track(LocalWorld(empty, shared_state(), weaken))
