"""A server for each test, on a port and a data folder of its own."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.launcher import free_port, launch


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
