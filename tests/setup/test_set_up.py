"""What make does first: an environment of what the lock says, or a sentence why not."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.archive import pins
from tests.setup.environments import BARE, installed
from tests.setup.newer_index import NewerIndex, make_newer_index
from tools.package import ROOT

# Two packages that need no other.
FEW = ("itsdangerous", "sniffio")
NOTHING_LISTENS = "http://127.0.0.1:9/simple"
MAKE = ("make", "--silent", f"PYTHON={sys.executable}", ".venv/runtime")


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> NewerIndex:
    chosen = [pin for pin in pins(ROOT / "requirements.txt") if pin.name in FEW]
    return make_newer_index(chosen, tmp_path_factory.mktemp("few"))


@pytest.fixture(scope="module")
def clone(few: NewerIndex, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree with a small lock, which nothing is set up for."""
    folder = tmp_path_factory.mktemp("clone")
    (folder / "tools").mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copy(ROOT / "tools" / "set_up.py", folder / "tools")
    shutil.copy(few.lock, folder)
    return folder


@pytest.fixture
def silent_index() -> Iterator[socket.socket]:
    """It accepts a request and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def make(clone: Path, index: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        MAKE,
        cwd=clone,
        env={**BARE, "PIP_INDEX_URL": index, "PIP_RETRIES": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_without_a_network_the_set_up_prints_what_it_needs(clone: Path) -> None:
    said, error = make(clone, NOTHING_LISTENS).communicate()

    assert "The package index does not answer. Retrying." in said
    assert "The package index cannot be reached." in error
    assert not (clone / ".venv" / "runtime").exists()


def test_an_interrupted_set_up_is_completed_by_the_one_that_waits_for_it(
    clone: Path, few: NewerIndex, silent_index: socket.socket
) -> None:
    interrupted = make(clone, f"http://127.0.0.1:{silent_index.getsockname()[1]}/simple")
    connection, _ = silent_index.accept()
    half_done = clone / ".venv" / "half-done"
    half_done.touch()
    waiting = make(clone, few.url)
    assert waiting.stdout is not None
    assert waiting.stdout.readline().startswith("Another set-up is working in this folder.")
    os.killpg(interrupted.pid, signal.SIGINT)
    _, error = interrupted.communicate()
    connection.close()
    assert "The set-up was interrupted. The next one starts from scratch." in error

    said, error = waiting.communicate()

    assert "2 packages" in said
    assert error == ""
    assert set(FEW) <= set(installed(clone / ".venv"))
    assert not half_done.exists()
    said, _ = make(clone, NOTHING_LISTENS).communicate()
    assert said == ""
