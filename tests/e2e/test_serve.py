"""What `make run` starts: the real server, its three lines, and its end."""

import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_END = 30


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def launcher(
    port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[subprocess.Popen[str]]:
    monkeypatch.setenv("STORAGE_URL", tmp_path.as_uri())
    with launch(port) as process:
        yield process
        process.terminate()


def launch(port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tools.serve", "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def lines_of(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline() for _ in range(3)]


def test_it_says_where_it_is_where_the_data_lies_and_how_to_begin(
    launcher: subprocess.Popen[str], port: int, tmp_path: Path
) -> None:
    where, data, first_video = lines_of(launcher)

    assert f"http://localhost:{port}" in where
    assert str(tmp_path) in data
    assert f"curl http://localhost:{port}/v1/" in first_video


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_takes_the_server_with_it(
    launcher: subprocess.Popen[str], port: int, number: signal.Signals
) -> None:
    lines_of(launcher)

    launcher.send_signal(number)

    assert launcher.wait(SECONDS_TO_END) == 0
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)


def test_it_refuses_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupant:
        port = occupant.getsockname()[1]
        with launch(port) as refused:
            _, error = refused.communicate(timeout=SECONDS_TO_END)

    assert refused.returncode == 1
    assert error.startswith(f"Port {port} cannot be used: address already in use.")


def test_it_names_a_wrong_setting_instead_of_starting(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEEP_HISTORICAL", "many")

    with launch(port) as refused:
        _, error = refused.communicate(timeout=SECONDS_TO_END)

    assert refused.returncode == 1
    assert "KEEP_HISTORICAL='many'" in error
