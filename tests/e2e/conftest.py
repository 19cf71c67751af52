"""Servers on ports of their own: a local one for each test, an emulated cloud for all."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.launcher import EMULATED, SharedCloud, descendants, is_alive, launch, three_lines
from tools.emulated_cloud.emulators import FirestoreEmulator, MissingToolError, PubSubEmulator
from tools.emulated_cloud.processes import free_port
from tools.run_emulated import LAST_LINE

SECONDS_TO_END = 60


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
def emulators() -> None:
    """Skip what needs the emulators where they are not installed."""
    try:
        FirestoreEmulator()
        PubSubEmulator()
    except MissingToolError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def cloud_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cloud") / "stderr.log"


@pytest.fixture(scope="session")
def shared_cloud(emulators: None, cloud_log: Path) -> Iterator[SharedCloud]:
    """Logs everything that it may log. Interrupted, it leaves no process and no file behind."""
    port = free_port()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LOG_LEVEL", "DEBUG")
        environment.setenv("TMPDIR", str(cloud_log.parent))
        launched = launch(port, log=cloud_log, program=EMULATED)
    with launched as process:
        assert process.stdout is not None
        lines = three_lines(process)
        lines += iter(process.stdout.readline, f"{LAST_LINE}\n")
        yield SharedCloud(port, process.pid, lines)
        started = descendants(process.pid)
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS_TO_END) == 0
        assert [pid for pid in started if is_alive(pid)] == []
        assert [each.name for each in cloud_log.parent.iterdir()] == [cloud_log.name]


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
