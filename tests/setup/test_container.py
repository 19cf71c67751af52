"""The Dockerfile's own instructions, and the container's process: what it serves, how it ends."""

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.eventually import eventually
from tests.setup.dockerfile import Image, instructions
from tests.setup.environments import BARE, installed, make_environment
from tests.setup.newer_index import NewerIndex
from tests.setup.test_lock import PIP_23_2, pinned
from tools.emulated_cloud.processes import free_port
from tools.package import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
# What .dockerignore allows.
CONTEXT = re.findall(r"^!/([\w.]+)/?$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE)
# One who reads everything, for this Python may be in a folder of root's, and writes where he may.
AS_ANOTHER_USER = (
    *("setpriv", "--reuid={user}", "--regid={user}", "--clear-groups"),
    *("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"),
)
# Docker ends a container by force when it has not ended by then.
SECONDS_TO_STOP = 10


pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="Only root can give a folder to the container's user."
)


@pytest.fixture(scope="module")
def image(newer_index: NewerIndex, tmp_path_factory: pytest.TempPathFactory) -> Image:
    """Made as the Dockerfile says, of this tree, but with packages that have no code."""
    folder = tmp_path_factory.mktemp("image")
    context = folder / "context"
    context.mkdir()
    for name in CONTEXT:
        (context / name).symlink_to(ROOT / name)
    (context / "requirements.txt").unlink()
    shutil.copy(newer_index.lock, context)
    environment = make_environment(folder / "environment", pip=PIP_23_2)
    path = f"{environment / 'bin'}:{os.environ['PATH']}"
    image = Image(
        root=folder / "root",
        context=context,
        environment={**BARE, "HOME": "/", "PATH": path, "PIP_INDEX_URL": newer_index.url},
    )
    image.build(DOCKERFILE)
    assert pinned() == installed(environment)
    return image


def test_the_image_has_the_python_of_the_deployed_functions(image: Image) -> None:
    functions = (ROOT / "infra" / "functions.tf").read_text("utf-8")
    [(major, minor)] = re.findall(r'runtime\s*=\s*"python(\d)(\d+)"', functions)

    assert image.base == f"python:{major}.{minor}-slim"


def test_the_user_of_the_container_owns_the_data_and_nothing_else(image: Image) -> None:
    uid = int(image.user.split(":")[0])

    assert uid != 0
    owned = {path.name for path in image.root.rglob("*") if path.stat().st_uid == uid}
    assert owned == {"data"}


def test_the_image_serves_as_its_user_and_stops_in_time(image: Image, tmp_path: Path) -> None:
    """With the packages of this environment, which have their code."""
    port = free_port()
    command = [*AS_ANOTHER_USER, *image.command[:-1], f"{image.command[-1]} --port={port}"]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    log = tmp_path / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [part.format(user=image.user.partition(":")[0]) for part in command],
            cwd=image.folder,
            env={**image.environment, "PATH": path},
            stdout=output,
            stderr=output,
        )
    try:
        eventually(lambda: "Showreel is at" in log.read_text())
        with urllib.request.urlopen(f"http://localhost:{port}/health", timeout=30) as answer:
            assert answer.status == 200
        # What does not harm the server, it only writes into its log.
        assert "denied" not in log.read_text().lower()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS_TO_STOP) == 0


def test_every_copied_source_is_in_the_build_context() -> None:
    copied = [rest.split()[0] for name, rest in instructions(DOCKERFILE) if name == "COPY"]

    assert sorted(CONTEXT) == sorted(copied)
