"""Servers on ports of their own: a local one for each test, an emulated cloud for all."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.launcher import launch, three_lines
from tests.e2e.shared_cloud import SharedCloud
from tools.emulated_cloud.processes import free_port


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "stderr.log"


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def launcher(
    port: int, log: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[subprocess.Popen[str]]:
    monkeypatch.setenv("STORAGE_URL", data_folder.as_uri())
    monkeypatch.setenv("SYNTHETIC_SECONDS", "0")
    # It is named, and changes nothing.
    monkeypatch.setenv("MAX_VIDEO_PER_CAMPAIGN", "3")
    with launch(port, log=log) as process:
        yield process
        process.terminate()


@pytest.fixture(scope="session")
def cloud_port(shared_cloud: SharedCloud) -> int:
    return shared_cloud.port


@pytest.fixture(params=["local", "emulated"])
def serving_port(request: pytest.FixtureRequest) -> int:
    """Where the API of either family is."""
    if request.param == "emulated":
        return int(request.getfixturevalue("cloud_port"))
    three_lines(request.getfixturevalue("launcher"))
    return int(request.getfixturevalue("port"))


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        ["/bin/bash"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=dict(os.environ),
    ) as process:
        yield process
        process.terminate()
