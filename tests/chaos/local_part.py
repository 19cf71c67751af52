"""The part of the machine that needs nothing but this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos import clips
from tests.chaos.local_world import LocalWorld, copy_instead_of_rendering
from tests.chaos.matrix import Matrix
from tests.chaos.releases import RELEASES
from tests.chaos.run import Part
from tests.chaos.safeguards import Weaken
from tests.chaos.shared_state import shared_state
from tests.chaos.stories import STORIES
from tests.chaos.telling import TOLD

_MEMORY = Path("/dev/shm")  # noqa: S108  # Only a folder made in it is used.


@contextmanager
def local_matrix(weaken: Weaken) -> Iterator[Matrix]:
    """In memory where there is a folder for that: thousands of histories sync their files."""
    clips.warm_up()
    copy_instead_of_rendering()
    with TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        empty = Path(folder, "empty")
        for name in ("data", "elsewhere"):
            (empty / name).mkdir(parents=True)
        yield Matrix(LocalWorld(empty, shared_state()), Path(folder, "notes"), weaken)


PART = Part(name="local", stories=(*STORIES, TOLD, *RELEASES), new_matrix=local_matrix)
