"""The real servers, started as `make run` and `make run-emulated` start them."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

LOCAL = "tools.serve"
EMULATED = "tools.run_emulated"


def launch(port: int, *, log: Path, program: str = LOCAL) -> subprocess.Popen[str]:
    """Start it with its standard error in a file: a pipe that nobody reads would stall it."""
    with log.open("w") as stderr:
        return subprocess.Popen(
            [sys.executable, "-m", program, "--port", str(port)],
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
