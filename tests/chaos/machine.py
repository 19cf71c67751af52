"""The machine as tests start it: in a process of its own, which forks and has no threads."""

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_LONGEST_SECONDS = 900
# What lands is judged by the same sample each time; `make chaos` chooses another one.
_SEED = "20261107"


def run_chaos(*options: str) -> list[str]:
    """Return the lines that it prints. Fail with all that it says where a rule broke."""
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
