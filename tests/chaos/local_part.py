"""The part of the machine that needs nothing but this machine."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.chaos.local_world import empty_local_world
from tests.chaos.matrix import Matrix
from tests.chaos.releases import RELEASES
from tests.chaos.run import Part
from tests.chaos.safeguards import Weaken
from tests.chaos.stories import STORIES


@contextmanager
def local_matrix(weaken: Weaken) -> Iterator[Matrix]:
    with empty_local_world() as world:
        yield Matrix(world, world.root.with_name("notes"), weaken)


PART = Part(name="local", stories=(*STORIES, *RELEASES), new_matrix=local_matrix)
