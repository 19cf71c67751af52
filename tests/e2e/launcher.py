"""The real servers, started as `make run` and `make run-emulated` start them."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.eventually import eventually

ROOT = Path(__file__).resolve().parents[2]

_HEARD = re.compile(r'(\S+) evt_\w+: the signature is right\n\{\n  "id": "(.*?)"')

FEW_FRAMES = ROOT / "tests" / "e2e" / "few_frames.py"
"""The functions of a server whose clips nobody looks at: FUNCTION_SOURCE names it."""

LOCAL = ("-m", "tools.serve")
EMULATED = ("-m", "tools.run_emulated")


class SharedServer(NamedTuple):
    """Where it is, the lines that it printed, its log and its data."""

    port: int
    lines: list[str]
    log: Path
    data_folder: Path


def launch(port: int, *, log: Path, program: Sequence[str] = LOCAL) -> subprocess.Popen[str]:
    """Start it with its standard error in a file: a full pipe would block it."""
    with log.open("w") as stderr:
        return subprocess.Popen(
            [sys.executable, *program, "--port", str(port)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )


def three_lines(launcher: subprocess.Popen[str]) -> list[str]:
    """Return what it says once the server is up."""
    assert launcher.stdout is not None
    lines = [launcher.stdout.readline() for _ in range(3)]
    assert all(lines), f"It ended with {launcher.wait()}; its log says why."
    return lines


@contextmanager
def listening(port: int, url: str, printed: Path) -> Iterator[None]:
    """Run `make listen` for the block; `printed` gets what it prints."""
    options = ["--port", str(port), "--url", url]
    with printed.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.listen", *options], cwd=ROOT, stdout=log, stderr=log
        )
    with process:
        try:
            eventually(lambda: process.poll() is not None or printed.stat().st_size)
            assert process.poll() is None, printed.read_text("utf-8")
            yield
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait() == 0, printed.read_text("utf-8")


def heard(printed: Path) -> list[tuple[str, str]]:
    """Return the type and the subject of each event whose signature `make listen` has verified."""
    return _HEARD.findall(printed.read_text("utf-8"))


def kill(launcher: subprocess.Popen[str]) -> None:
    """Kill the launcher and all processes of the server, and wait until they are gone."""
    pids = [launcher.pid, *descendants(launcher.pid)]
    for pid in reversed(pids):
        os.kill(pid, signal.SIGKILL)
    launcher.wait()
    eventually(lambda: not any(map(is_alive, pids)))


def is_alive(pid: int) -> bool:
    """A zombie holds nothing any more: it only waits for a parent to look at it."""
    state, _ = _state_and_parent(pid)
    return state not in ("", "Z")


def descendants(pid: int) -> list[int]:
    """Return the processes that `pid` started, each followed by its own."""
    everyone = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]
    children = [each for each in everyone if _state_and_parent(each)[1] == pid]
    return [each for child in children for each in (child, *descendants(child))]


def _state_and_parent(pid: int) -> tuple[str, int]:
    """Return an empty state for a process that has ended."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return "", 0
    return state, int(parent)
