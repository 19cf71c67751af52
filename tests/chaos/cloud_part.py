"""The part of the machine that happens in the emulated cloud: to create and to regenerate."""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch
from uuid import uuid4

from tests.chaos import clips
from tests.chaos.cloud_contents import NOTHING
from tests.chaos.cloud_world import CloudWorld
from tests.chaos.matrix import Matrix
from tests.chaos.releases import RELEASES
from tests.chaos.run import Part
from tests.chaos.safeguards import Weaken
from tests.chaos.shared_state import shared_state
from tests.chaos.stories import STORIES, nothing
from tools.emulated_cloud.environment import keep_off_the_cloud
from tools.emulated_cloud.processes import ending_with_parent

_ROOT = Path(__file__).parents[2]
_FOLDER = "CHAOS_FOLDER"


_DISPATCHED = (
    "batch",
    "create",
    "create in a queue",
    "create with Omni",
    "change the prompt",
    "regenerate",
    "delete campaign",
    "tell a receiver",
)


@contextmanager
def cloud() -> Iterator[None]:
    """Start the emulators in a process of their own, and lead every process there."""
    keep_off_the_cloud()
    with TemporaryDirectory() as folder:
        servers = subprocess.Popen(
            ending_with_parent(sys.executable, "-m", "tests.chaos.cloud_servers", folder),
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with servers:
            assert servers.stdout is not None
            said = servers.stdout.readline()
            assert said, "The emulated cloud did not start."
            with patch.dict(os.environ, {**json.loads(said), _FOLDER: folder}):
                yield
            servers.communicate()


@contextmanager
def cloud_matrix(weaken: Weaken) -> Iterator[Matrix]:
    """Every one has projects of its own."""
    clips.warm_up()
    root = Path(os.environ[_FOLDER], f"showreel-{uuid4().hex[:8]}")
    root.mkdir()
    (root / "contents").write_bytes(pickle.dumps(NOTHING))
    world = CloudWorld(root, shared_state(), os.getpid())
    yield Matrix(world, root.with_name(f"{root.name}-notes"), weaken)


PART = Part(
    name="cloud",
    stories=(
        *(each for each in STORIES if each.name in _DISPATCHED),
        *(each for each in RELEASES if each.scene is not nothing),
    ),
    new_matrix=cloud_matrix,
    standing=cloud,
)
