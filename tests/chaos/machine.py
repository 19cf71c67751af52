"""Starts the machine for a test: in a process of its own, which forks and has no threads.

It uses the emulators whose hosts are in the environment, and starts the others.
"""

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_LONGEST_SECONDS = 900
# Every commit is judged by the same sample; `make chaos` draws another one each time.
_SEED = "20261107"


def run_chaos(*options: str) -> list[str]:
    """Return the lines that it prints. Fail with its whole output if a rule broke."""
    seed = () if "--seed" in options else ("--seed", _SEED)
    ended = subprocess.run(
        [sys.executable, "-m", "tests.chaos", *options, *seed],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=_LONGEST_SECONDS,
    )
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"
    return ended.stdout.splitlines()
