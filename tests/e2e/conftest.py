"""Servers on ports of their own: local ones, and an emulated cloud for all tests."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.launcher import FEW_FRAMES, SharedServer, launch, three_lines
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
    with launch(port, log=log) as process:
        yield process
        process.terminate()


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedServer]:
    """What `launcher` starts, once for all tests that have campaigns of their own.

    None of them looks at the frames of its clips.
    """
    folder = tmp_path_factory.mktemp("local")
    log, data_folder, port = folder / "stderr.log", folder / "data", free_port()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("STORAGE_URL", data_folder.as_uri())
        environment.setenv("SYNTHETIC_SECONDS", "0")
        environment.setenv("FUNCTION_SOURCE", str(FEW_FRAMES))
        # It is named, and changes nothing.
        environment.setenv("MAX_VIDEO_PER_CAMPAIGN", "3")
        launched = launch(port, log=log)
    with launched as process:
        yield SharedServer(port, three_lines(process), log, data_folder)
        process.terminate()


@pytest.fixture(scope="session")
def cloud_port(shared_cloud: SharedCloud) -> int:
    return shared_cloud.port


@pytest.fixture(params=["local", "emulated"])
def serving_port(request: pytest.FixtureRequest) -> int:
    """Where the API of either family is."""
    if request.param == "emulated":
        return int(request.getfixturevalue("cloud_port"))
    server: SharedServer = request.getfixturevalue("shared_server")
    return server.port


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
